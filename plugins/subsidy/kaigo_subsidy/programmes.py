"""Rule sets as programmes of the hook ``gateway_grant_programmes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.model.descriptors import GrantProgramme, GrantService

from kaigo_subsidy.assessing import assess
from kaigo_subsidy.casebook import life_cycle
from kaigo_subsidy.rules import RuleSet, bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway.model.claims import Assessment, Claim


def as_programme(ruleset: RuleSet) -> GrantProgramme:
    """A rule set with its assessor and the life of its claims; the rules as plain data for display."""

    def assess_claim(claim: Claim) -> Assessment:
        return assess(claim, ruleset)

    rules = ruleset.rules
    return GrantProgramme(
        id=rules.programme,
        fiscal_year=rules.fiscal_year,
        title=rules.title,
        assess=assess_claim,
        rules={**rules.model_dump(mode="json", by_alias=True), "hash": ruleset.hash},
        life=life_cycle(ruleset),
        services=tuple(_services(ruleset)),
    )


def _services(ruleset: RuleSet) -> Iterator[GrantService]:
    """The service types of the programme with the limits of their category (要綱 別表・別添)."""
    office = ruleset.rules.office
    if office is None:
        return
    for service in office.services:
        category = office.categories[service.category]
        yield GrantService(
            code=service.code,
            name=service.name,
            category=category.title,
            category_en=category.title_en,
            cap=category.cap.value,
            readers=category.readers.value,
        )


def bundled_programmes() -> list[GrantProgramme]:
    """All bundled programmes, by name and year."""
    return [as_programme(ruleset) for ruleset in bundled()]
