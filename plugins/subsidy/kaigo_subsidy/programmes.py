"""Rule sets as programmes of the hook ``gateway_grant_programmes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from kaigo_gateway.errors import InputError
from kaigo_gateway.model.descriptors import GrantProgramme, GrantService

from kaigo_subsidy.assessing import assess
from kaigo_subsidy.casebook import life_cycle
from kaigo_subsidy.rules import RuleSet, bundled, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kaigo_gateway.model.claims import Assessment, Claim

_log = structlog.get_logger(__name__)


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


def programmes_here(folder: Path | None = None) -> list[GrantProgramme]:
    """The bundled programmes and those of the rule files in ``folder``, by name and year.

    A folder that cannot be read is logged and leaves the bundled ones; ``grant programmes`` and each
    assessment name the mistake.
    """
    try:
        return [as_programme(ruleset) for ruleset in catalogue(folder).values()]
    except InputError as error:
        _log.warning("grant_rules_not_read", folder=str(folder), why=error.text("en"))
        return [as_programme(ruleset) for ruleset in bundled()]
