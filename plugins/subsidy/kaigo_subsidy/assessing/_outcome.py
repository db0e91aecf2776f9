"""What an assessor works towards, and the arithmetic that all programmes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.assessing._lines import Judged
    from kaigo_subsidy.rules import Rules


@dataclass(slots=True)
class Outcome:
    """Amounts in yen; ``touched`` names the open readings that could change them."""

    cap: int = 0
    reader_limit: int = 0
    grant: int = 0
    eligible_cost: int = 0
    lines: list[Judged] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def in_window(claim: Claim, rules: Rules, outcome: Outcome) -> bool:
    """Whether the claim is made while applications are taken (要綱 第13条)."""
    day, opens, closes = claim.applied_on, rules.window.opens.value, rules.window.closes.value
    seen = {"applied_on": day.isoformat(), "opens": opens.isoformat(), "closes": closes.isoformat()}
    if day < opens:
        outcome.notices.append(("APPLIED_TOO_EARLY", seen))
    elif day > closes:
        outcome.notices.append(("APPLIED_TOO_LATE", seen))
    return opens <= day <= closes


def settle(outcome: Outcome, income: int, unit: int, rate: Fraction, *, pays: bool) -> None:
    """min((cost − income) × rate, cap), cut to ``unit`` yen; nothing where ``pays`` is false."""
    outcome.eligible_cost = sum(judged.amount for judged in outcome.lines)
    if income:
        outcome.notices.append(("INCOME_DEDUCTED", {"income": income}))
    base = max(0, outcome.eligible_cost - income)
    payable = base * rate.numerator // rate.denominator
    lower = min(payable, outcome.cap)
    if payable > outcome.cap > 0:
        outcome.notices.append(("OVER_CAP", {"eligible": payable, "cap": outcome.cap}))
    rounded = lower // unit * unit
    outcome.grant = rounded if pays else 0
    if not pays:
        return
    if lower and not rounded:
        outcome.notices.append(("BELOW_UNIT", {"unit": unit}))
    elif lower > rounded:
        outcome.notices.append(("ROUNDED_DOWN", {"lost": lower - rounded, "unit": unit}))
