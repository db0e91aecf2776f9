"""What the form of a new Setup already says about the grant: services to choose from, and an estimate.

Both come from the programmes that plugins contribute; where none is installed the form does without.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from kaigo_gateway.model.claims import Assessment, Claim, ClaimOffice
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.site import Site
from kaigo_gateway.plugins._isolation import guarded
from kaigo_gateway.plugins._programmes import grant_programmes
from kaigo_gateway.setup._state import JAPAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import GrantProgramme, GrantService

PROGRAMME: Final[str] = Site.model_fields["programme"].default
_NOBODY: Final = "0000000000"
_APRIL: Final = 4
_LIMIT: Final = 5.0


def fiscal_year(day: date) -> int:
    """年度: April to March."""
    return day.year if day.month >= _APRIL else day.year - 1


async def programme_of(gateway: Gateway, day: date | None = None) -> GrantProgramme | None:
    """The programme of a new Setup in the fiscal year of ``day`` (today in Japan), or None."""
    year = fiscal_year(day or datetime.now(UTC).astimezone(JAPAN).date())
    known = await grant_programmes(gateway)
    return next((each for each, _domain in known if (each.id, each.fiscal_year) == (PROGRAMME, year)), None)


def by_category(
    services: Sequence[GrantService], language: str
) -> Iterator[tuple[str, int, int, list[GrantService]]]:
    """Services of one category and its limits together: title, cap in yen, readers, services by code."""

    def category(each: GrantService) -> tuple[str, int, int]:
        return (each.category if language == "ja" else each.category_en, each.cap, each.readers)

    for (title, cap, readers), mine in groupby(services, category):
        yield title, cap, readers, sorted(mine, key=lambda each: each.code)


async def estimate(programme: GrantProgramme | None, document: Mapping[str, Any]) -> Assessment | None:
    """What the lines entered so far would bring, None where there is nothing to say yet.

    Lines that are not complete yet are left out; the support is taken as given in one engagement.
    """
    claim = None if programme is None else _claim(programme, document)
    if claim is None:
        return None
    try:
        found: Any = await guarded(lambda: programme.assess(claim), _LIMIT)  # type: ignore[union-attr]
    except Exception:  # noqa: BLE001 - a plugin's assessor may raise anything; the form goes on without it
        return None
    return found if isinstance(found, Assessment) else None


def _claim(programme: GrantProgramme, document: Mapping[str, Any]) -> Claim | None:
    office = document["office"]
    lines = tuple(_complete(document["expenses"]))
    if not lines or not office["services"]:
        return None
    try:
        return Claim(
            programme=programme.id,
            fiscal_year=programme.fiscal_year,
            applied_on=datetime.now(UTC).astimezone(JAPAN).date(),
            office=ClaimOffice(number=_NOBODY, services=office["services"], nonprofit=office["nonprofit"]),
            expenses=lines,
        )
    except ValidationError:
        return None


def _complete(lines: Iterable[Mapping[str, Any]]) -> Iterator[ExpenseLine]:
    for line in lines:
        try:
            yield ExpenseLine.model_validate_json(_json(line))
        except ValidationError:
            continue


def _json(line: Mapping[str, Any]) -> str:
    import json

    return json.dumps(line)


def total(document: Mapping[str, Any]) -> int:
    """Yen of all lines whose amount can be read."""
    return sum(line["amount"] for line in document["expenses"] if isinstance(line["amount"], int))
