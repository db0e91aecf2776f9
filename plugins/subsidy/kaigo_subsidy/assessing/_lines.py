"""Each expense line on its own, and the rules that look across lines: readers, bundle, discounts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import Condition, ExpenseKind, SupportItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.expenses import ExpenseLine

    from kaigo_subsidy.rules import Rules, RuleSet

SUPPORT_KINDS: Final = (ExpenseKind.CONNECTION_SUPPORT, ExpenseKind.CAREPLAN_SUPPORT)


@dataclass(slots=True)
class Judged:
    """A line under judgement: ``amount`` is what counts so far, ``refused`` whether a rule shut it out."""

    index: int
    line: ExpenseLine
    amount: int = 0
    refused: bool = False
    codes: list[str] = field(default_factory=list)

    def refuse(self, code: str) -> None:
        """The line does not count, for this reason (there may be several)."""
        self.refused, self.amount = True, 0
        self.remark(code)

    def remark(self, code: str) -> None:
        """Note a reason code once."""
        if code not in self.codes:
            self.codes.append(code)


def is_careplan(line: ExpenseLine) -> bool:
    """CarePlan support, whether entered as kind or as item of the connection support."""
    return line.kind is ExpenseKind.CAREPLAN_SUPPORT or (
        line.kind is ExpenseKind.CONNECTION_SUPPORT and line.item is SupportItem.CAREPLAN_LINK
    )


def judge_common(judged: Judged, claim: Claim, rules: Rules, readings: Mapping[str, str]) -> set[str]:
    """What holds for every kind of cost: amount, dates, wording. Answers the readings that mattered."""
    line = judged.line
    judged.amount = max(0, line.amount)
    if line.amount < 0:
        judged.refuse("AMOUNT_NEGATIVE")
        return set()
    if line.amount == 0:
        judged.refuse("AMOUNT_ZERO")
    if line.incurred_on > claim.applied_on:
        judged.refuse("AFTER_APPLICATION")
    if any(word in line.description for word in rules.words.lump):
        judged.remark("DESCRIPTION_LUMP")
    return _judge_start(judged, rules, readings)


def _judge_start(judged: Judged, rules: Rules, readings: Mapping[str, str]) -> set[str]:
    """Work on or after the first day; days close to it depend on which date decides (not confirmed)."""
    start, day = rules.work_from.value, judged.line.incurred_on
    near = timedelta(days=rules.near_start_days)
    reading = readings.get("date_test", "as_entered")
    close = start - near <= day < start + near
    late_enough = {"earlier_counts": start - near, "later_required": start + near}.get(reading, start)
    if day < late_enough:
        judged.refuse("BEFORE_START")
    return {"date_test"} if close else set()


def is_terminal(text: str, rules: Rules) -> bool:
    """Whether a description names a computer, tablet or phone itself, not something made for one.

    ``ノートPC 1台`` does; ``PC・タブレット対応カードリーダー`` and ``PC/SCリーダー`` do not.
    """
    found = _terminals(rules.words.terminals, rules.words.terminals_unless)
    return found is not None and found.search(unicodedata.normalize("NFKC", text)) is not None


@lru_cache(maxsize=16)
def _terminals(words: tuple[str, ...], unless: tuple[str, ...]) -> re.Pattern[str] | None:
    """A word, not inside a longer Latin one, and not followed (after further such words) by ``unless``."""
    if not words:
        return None
    names = "|".join(
        f"(?<![A-Za-z0-9/-]){re.escape(w)}(?![A-Za-z/-])" if w.isascii() else re.escape(w) for w in words
    )
    ends = "|".join(re.escape(word) for word in unless) or "(?!)"
    made_for = rf"(?:{names}|及び|または|[\s・、,/やと端末本体])*(?:{ends})"
    return re.compile(f"(?:{names})(?!{made_for})", re.IGNORECASE)


def judge_reader(judged: Judged, rules: Rules) -> None:
    """要綱 第3条第1号: bought, new, compatible, and a reader at all."""
    line = judged.line
    if line.quantity < 1:
        judged.refuse("QUANTITY_NOT_POSITIVE")
    if line.condition is Condition.USED:
        judged.refuse("READER_USED")
    elif line.condition is Condition.LEASED:
        judged.refuse("READER_LEASED")
    elif line.condition is None:
        judged.remark("READER_CONDITION_NOT_STATED")
    if line.compatible is False:
        judged.refuse("READER_INCOMPATIBLE")
    elif line.compatible is None:
        judged.remark("READER_COMPATIBILITY_NOT_STATED")
    if not line.model:
        judged.remark("READER_MODEL_MISSING")
    if is_terminal(f"{line.description} {line.model or ''}", rules):
        judged.refuse("TERMINAL_NOT_ELIGIBLE")


def judge_support(judged: Judged, readings: Mapping[str, str]) -> set[str]:
    """要綱 第3条第2号: which of the six items it is."""
    line = judged.line
    if line.item is SupportItem.APPROVED_OTHER:
        if readings.get("approved_other") != "include":
            judged.refuse("APPROVED_OTHER_UNPROVED")
        return {"approved_other"}
    if line.item is None and line.kind is ExpenseKind.CONNECTION_SUPPORT:
        judged.remark("SUPPORT_ITEM_MISSING")
    return set()


def limit_readers(lines: Sequence[Judged], limit: int) -> None:
    """Let the dearest readers up to ``limit`` count, so that the order of lines does not matter."""
    readers = [j for j in lines if j.line.kind is ExpenseKind.CARD_READER and not j.refused]
    left = limit
    for judged in sorted(readers, key=lambda j: (-Fraction(j.amount, j.line.quantity), j.index)):
        counted = min(left, judged.line.quantity)
        left -= counted
        if counted < judged.line.quantity:
            judged.remark("READER_OVER_LIMIT")
            judged.amount = judged.amount * counted // judged.line.quantity


def judge_bundle(lines: Sequence[Judged], ruleset: RuleSet, proved: bool | None) -> None:
    """CarePlan support counts with the platform's support by the same supporter (一体的, 事務連絡 別添1 注2).

    ``proved`` is the verdict of a Setup's own evaluation; None where a plain file is assessed.
    """
    platform = [j for j in lines if j.line.kind is ExpenseKind.CONNECTION_SUPPORT and not is_careplan(j.line)]
    supporters = {j.line.supporter for j in platform if not j.refused}
    since = ruleset.office.bundling_from
    for judged in lines:
        if not is_careplan(judged.line) or judged.line.amount < 0:
            continue
        if since and judged.line.incurred_on < since.value:
            judged.refuse("CAREPLAN_BEFORE_BUNDLING")
        if not supporters:
            judged.refuse("CAREPLAN_WITHOUT_PLATFORM")
        elif proved is False:
            judged.refuse("CAREPLAN_BUNDLE_NOT_PROVED")
        elif judged.line.supporter is None or supporters == {None}:
            if not proved:
                judged.refuse("CAREPLAN_SUPPORTER_NOT_STATED")
        elif judged.line.supporter not in supporters:
            judged.refuse("CAREPLAN_OTHER_SUPPORTER")


def deduct_discounts(lines: Sequence[Judged], payable: frozenset[ExpenseKind]) -> None:
    """Take negative lines off what counts, lines of the same kind first: only what was paid is a cost.

    A discount on a kind that the programme never pays is absorbed by that kind's own cost first.
    """
    for kind in ExpenseKind:
        discount = -sum(j.line.amount for j in lines if j.line.kind is kind and j.line.amount < 0)
        if not discount:
            continue
        same = [j for j in lines if j.line.kind is kind]
        discount = _take(same, discount)
        if kind not in payable:
            discount -= min(discount, sum(max(0, j.line.amount) for j in same))
        _take(lines, discount)


def _take(lines: Sequence[Judged], discount: int) -> int:
    """Reduce the lines in turn; answer what is left of the discount."""
    for judged in lines:
        part = min(discount, judged.amount)
        if part > 0:
            judged.amount -= part
            discount -= part
            judged.remark("DISCOUNT_DEDUCTED")
    return discount
