"""The assessor of care offices: 要綱 第3条, 第4条, 別表, 別添."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind

from kaigo_subsidy.assessing._lines import (
    SUPPORT_KINDS,
    Judged,
    deduct_discounts,
    is_terminal,
    judge_bundle,
    judge_common,
    judge_reader,
    judge_support,
    limit_readers,
)
from kaigo_subsidy.assessing._outcome import Outcome, in_window, settle
from kaigo_subsidy.assessing._services import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.rules import RuleSet

PAYABLE: Final = frozenset({ExpenseKind.CARD_READER, *SUPPORT_KINDS})


def assess_office(
    claim: Claim, ruleset: RuleSet, readings: Mapping[str, str], bundle: bool | None
) -> Outcome:
    """Judge every line, then income, cap and rounding."""
    limits = limits_of(claim.office.services, ruleset, readings)
    outcome = Outcome(cap=limits.cap, reader_limit=limits.readers, touched=limits.touched)
    outcome.notices += limits.notices
    if claim.office.kind is not None or claim.office.beds is not None:
        outcome.notices.append(("INSTITUTION_NOT_USED", {}))
    outcome.lines = [Judged(index, line) for index, line in enumerate(claim.expenses)]
    for judged in outcome.lines:
        outcome.touched |= _judge(judged, claim, ruleset, readings)
    if limits.counted:
        limit_readers(outcome.lines, limits.readers)
    judge_bundle(outcome.lines, ruleset, bundle)
    if not limits.counted:
        _refuse_all(outcome.lines)
    deduct_discounts(outcome.lines, PAYABLE)
    in_time, allowed = in_window(claim, ruleset.rules, outcome), _parts_allowed(outcome, readings)
    _settle(claim, ruleset, outcome, open_to_claims=in_time and allowed)
    return outcome


def _refuse_all(lines: Iterable[Judged]) -> None:
    """An office without any service of the list cannot apply: nothing of it counts (要綱 第2条, 別添)."""
    for judged in lines:
        if judged.amount:
            judged.refuse("NO_ELIGIBLE_SERVICE")


def _judge(judged: Judged, claim: Claim, ruleset: RuleSet, readings: Mapping[str, str]) -> set[str]:
    rules, kind = ruleset.rules, judged.line.kind
    touched = judge_common(judged, claim, rules, readings)
    if judged.line.amount < 0:
        return touched
    if kind is ExpenseKind.CARD_READER:
        judge_reader(judged, rules)
    elif kind in SUPPORT_KINDS:
        touched |= judge_support(judged, readings)
    elif kind is ExpenseKind.OPINION_TRANSMISSION:
        judged.refuse("OPINION_OTHER_PROGRAMME")
    else:
        terminal = is_terminal(judged.line.description, rules)
        judged.refuse("TERMINAL_NOT_ELIGIBLE" if terminal else "COST_NOT_LISTED")
    return touched


def _parts_allowed(outcome: Outcome, readings: Mapping[str, str]) -> bool:
    """Whether readers alone, or support alone, may be claimed (not confirmed)."""
    counted = {judged.line.kind is ExpenseKind.CARD_READER for judged in outcome.lines if judged.amount}
    if len(counted) != 1:
        return True
    outcome.touched.add("one_part_only")
    if readings.get("one_part_only") != "refused":
        return True
    outcome.notices.append(("ONE_PART_REFUSED", {}))
    return False


def _settle(claim: Claim, ruleset: RuleSet, outcome: Outcome, *, open_to_claims: bool) -> None:
    """第4条: cost less donations and other income (donations stay for a non-profit), cap, 1,000 yen."""
    donations = claim.donations
    if donations and claim.office.nonprofit:
        outcome.notices.append(("DONATIONS_NOT_DEDUCTED", {"donations": donations}))
        donations = 0
    rounding = ruleset.rules.rounding.value
    settle(outcome, donations + claim.other_income, rounding, ruleset.rules.rate.value, pays=open_to_claims)
