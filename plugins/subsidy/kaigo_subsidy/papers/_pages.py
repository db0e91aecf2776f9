"""Papers as HTML with print CSS; one file each, nothing from outside."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kaigo_subsidy._calendar import era_date, last_business_day
from kaigo_subsidy.papers._facts import BLOCKS
from kaigo_subsidy.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.claims import Notice

    from kaigo_subsidy.papers._facts import Facts

VERDICTS = {
    "eligible": "対象（入力した経費はすべて助成の対象と見込まれます）",
    "partly": "一部対象（対象にならない経費があります）",
    "ineligible": "対象外（このままでは助成の対象になりません）",
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kaigo_subsidy.papers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(yen=_yen, era=era_date, business=last_business_day, said=said)
    return environment


def _yen(amount: int) -> str:
    return f"{amount:,}"


def said(notice: Notice) -> str:
    """A notice in Japanese, whatever language it was stored in."""
    known = notice.code in REASONS
    return REASONS.message(notice.code, notice.values, "ja") if known else notice.message


def page(template: str, facts: Facts, extra: Mapping[str, Any] | None = None) -> bytes:
    """Render a template of this package over the facts."""
    text = (
        _environment()
        .get_template(template)
        .render(
            facts=facts,
            view=facts.view,
            site=facts.view.site,
            assessment=facts.assessment,
            blocks=BLOCKS,
            verdicts=VERDICTS,
            **(extra or {}),
        )
    )
    return text.encode()
