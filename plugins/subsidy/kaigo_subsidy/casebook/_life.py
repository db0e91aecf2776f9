"""A rule set's life cycle of claims, as the core keeps them (hook ``gateway_grant_programmes``)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kaigo_gateway.model.cases import Attachment, LifeCycle
from kaigo_gateway.model.results import Status

from kaigo_subsidy._calendar import fiscal_year
from kaigo_subsidy.casebook._days import days_of
from kaigo_subsidy.casebook._readiness import examine
from kaigo_subsidy.casebook._states import MOVES, STATES, begin, judge
from kaigo_subsidy.intake import setup_claim
from kaigo_subsidy.settings import SubsidySettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.cases import Examination
    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.descriptors import SetupView

    from kaigo_subsidy.rules import RuleSet

BUNDLE = "careplan.bundle"


def life_cycle(ruleset: RuleSet) -> LifeCycle:
    """How the claims of one programme and year live."""
    rules = ruleset.rules
    return LifeCycle(
        states=STATES,
        moves=MOVES,
        begin=partial(begin, rules=rules),
        judge=partial(judge, rules=rules),
        examine=partial(_examine, ruleset),
        claim_of=claim_of_view,
        attachments=tuple(Attachment(d.code, d.title, d.max_files) for d in rules.documents),
        days=partial(days_of, rules=rules),
        domain="kaigo_subsidy",
    )


def claim_of_view(view: SetupView) -> Claim:
    """The claim that a Setup would make on its day. Raises :class:`InputError` for wrong settings."""
    settings = _settings(view)
    year = settings.fiscal_year or fiscal_year(view.today)
    return setup_claim(view.site, settings, year, view.today, _lines(view))


def _lines(view: SetupView) -> list[dict[str, Any]]:
    return [line.model_dump(mode="json") for line in view.expenses]


def _settings(view: SetupView) -> SubsidySettings:
    from kaigo_subsidy.intake import checked

    return checked(SubsidySettings, view.site.plugins.get("subsidy", {}), "[plugins.subsidy]")


def _examine(
    ruleset: RuleSet, claim: Claim, files: Mapping[str, Sequence[Path]], view: SetupView | None
) -> Examination:
    if view is None:
        return examine(claim, ruleset, files)
    return examine(claim, ruleset, files, _settings(view).readings, bundle=_bundle(view))


def _bundle(view: SetupView) -> bool | None:
    """Whether the Setup proved one engagement; None where nobody evaluated it."""
    found = view.results.get(BUNDLE, ())
    return all(each.status in {Status.OK, Status.WARN} for each in found) if found else None
