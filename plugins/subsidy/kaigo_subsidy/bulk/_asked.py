"""What the single function says of each distinct text: services, or kind and beds of an institution."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.plainwords import SERVICE_CODE

from kaigo_subsidy.assessing._medical import band_of, doubts_about
from kaigo_subsidy.assessing._services import limits_of
from kaigo_subsidy.bulk._sql import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_subsidy.rules import RuleSet

_SERVICES: Final = re.compile(rf"\s*(?:{SERVICE_CODE.strip('^$')}(?:\s+|$))*")
_BEDS: Final = re.compile(r"hospital [0-9]+|clinic [0-9]*")

Judged = tuple[int, int, str, int, int, int]
"""Cap, number of readers, category, numerator and denominator of the rate, bits of the reasons."""
_KEPT: Final = {
    "cap": "BIGINT",
    "readers": "INTEGER",
    "category": "category",
    "numerator": "BIGINT",
    "denominator": "BIGINT",
    "told": "INTEGER",
}


def texts_asked(connection: Any) -> list[str]:
    """Each distinct text once; the table ``asked`` keeps them in the same order."""
    connection.execute("CREATE OR REPLACE TABLE asked AS SELECT DISTINCT asked FROM lines")
    return [text or "" for (text,) in connection.execute("SELECT asked FROM asked").fetchall()]


def are_proper(texts: Iterable[str], ruleset: RuleSet) -> bool:
    """Whether the single function would take them all."""
    proper = _SERVICES if ruleset.rules.office else _BEDS
    return all(map(proper.fullmatch, texts))


def judged_texts(connection: Any, texts: list[str], ruleset: RuleSet, chosen: Mapping[str, str]) -> None:
    """The table ``limits``: one row for each of the ``texts`` that :func:`texts_asked` found."""
    judge = _of_services if ruleset.rules.office else _of_beds
    judged = [judge(text, ruleset, chosen) for text in texts]
    kinds = {kind: str(number) for number, kind in enumerate(dict.fromkeys(judged))}
    _keep_kinds(connection, kinds)
    # One text, in the order of ``asked``: handing over thousands of values one by one takes longer than
    # judging them.
    connection.execute(
        f"CREATE OR REPLACE TABLE limits AS SELECT asked, {', '.join(_KEPT)} FROM asked POSITIONAL JOIN"  # noqa: S608 - our own names
        " (SELECT unnest(string_split(nullif(?, ''), ' '))::INTEGER AS kind) JOIN kinds USING (kind)",
        [" ".join([kinds[kind] for kind in judged])],
    )


def _keep_kinds(connection: Any, kinds: Mapping[Judged, str]) -> None:
    """The table ``kinds`` and the type of its categories, which are few."""
    connection.execute("DROP TABLE IF EXISTS kinds; DROP TYPE IF EXISTS category")
    categories = list(dict.fromkeys(kind[2] for kind in kinds))
    connection.execute("CREATE TYPE category AS ENUM (SELECT unnest(?::VARCHAR[]))", [categories])
    lists = ", ".join(f"unnest(?::{form}[]) AS {name}" for name, form in _KEPT.items())
    connection.execute(
        f"CREATE TABLE kinds AS SELECT unnest(?::INTEGER[]) AS kind, {lists}",
        [list(kinds.values()), *([kind[place] for kind in kinds] for place in range(len(_KEPT)))],
    )


def _of_services(text: str, ruleset: RuleSet, chosen: Mapping[str, str]) -> Judged:
    limits = limits_of(text.split(), ruleset, chosen)
    categories = {ruleset.category_of[code] for code in limits.counted}
    told = sum({BITS[code] for code, _values in limits.notices}) if limits.notices else 0
    return limits.cap, limits.readers, "+".join(sorted(categories)), 1, 1, told


def _of_beds(text: str, ruleset: RuleSet, chosen: Mapping[str, str]) -> Judged:
    del chosen  # no reading changes rate or cap
    kind, _, beds = text.partition(" ")
    number = int(beds) if beds else None
    band = band_of(kind, number, ruleset)
    told = sum({BITS[code] for code, _values in doubts_about(kind, number, ruleset)})
    return band.cap.value, 0, band.id, *band.rate.value.as_integer_ratio(), told
