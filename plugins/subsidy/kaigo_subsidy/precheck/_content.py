"""What a readable receipt and menu screen must say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind

from kaigo_subsidy._registration import registration_number_ok
from kaigo_subsidy.precheck._text import dates_in, numbers_in, squeezed, total_of
from kaigo_subsidy.reasons import REASONS, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.results import Finding

    from kaigo_subsidy.rules import Rules

_SUPPORT: Final = {ExpenseKind.CONNECTION_SUPPORT, ExpenseKind.CAREPLAN_SUPPORT}
_REGISTRATION: Final = re.compile(r"(?<![A-Z0-9])T[- ]?([0-9]{13})(?![0-9])")


def judge_receipts(texts: Sequence[str], claim: Claim) -> Iterator[Finding]:
    """The readable receipts together: amounts, model, number of readers."""
    text = "\n".join(texts)
    readers = [line for line in claim.expenses if line.kind is ExpenseKind.CARD_READER]
    support = [line for line in claim.expenses if line.kind in _SUPPORT]
    found = numbers_in(text)
    if not _amounts_agree(texts, found, claim, readers, support):
        seen = {"readers": _sum(readers), "support": _sum(support)}
        yield REASONS.finding("RECEIPT_AMOUNT_DIFFERS", seen=grouped(seen))
    for line in readers:
        if line.model and squeezed(line.model) not in squeezed(text):
            yield REASONS.finding("RECEIPT_MODEL_MISSING", seen={"model": line.model})
        if line.amount > 0 and line.quantity not in found:
            yield REASONS.finding("RECEIPT_QUANTITY_MISSING", seen={"quantity": line.quantity})


def _sum(lines: Sequence[ExpenseLine]) -> int:
    return sum(line.amount for line in lines)


def _amounts_agree(
    texts: Sequence[str],
    found: set[int],
    claim: Claim,
    readers: Sequence[ExpenseLine],
    support: Sequence[ExpenseLine],
) -> bool:
    """The sum, each part, or each line stands there; or the receipts' own totals add up to it.

    Several receipts may split the work, or the payment (内金); a receipt may hold what is not claimed, too.
    """
    whole = _sum(readers) + _sum(support)
    if whole in found or all(_stands(part, found) for part in (readers, support)):
        return True
    totals = [total_of(text) for text in texts]
    return None not in totals and sum(total or 0 for total in totals) in {whole, _sum(claim.expenses)}


def _stands(part: Sequence[ExpenseLine], found: set[int]) -> bool:
    """The part's sum, or each of its lines; a discount is written without its sign."""
    return not _sum(part) or _sum(part) in found or all(abs(line.amount) in found for line in part)


def judge_receipt(name: str, text: str, claim: Claim, rules: Rules) -> Iterator[Finding]:
    """One readable receipt: no 一式, no terminal among the lines, its days, its registration number."""
    from kaigo_subsidy.assessing._lines import is_terminal

    if any(word in text for word in rules.words.lump):
        yield REASONS.finding("RECEIPT_LUMP")
    if any(is_terminal(line, rules) for line in text.splitlines()):
        yield REASONS.finding("RECEIPT_TERMINAL", seen={"file": name})
    days = sorted(dates_in(text))
    if days and days[-1] < rules.work_from.value:
        yield REASONS.finding(
            "RECEIPT_EARLY", seen={"file": name, "day": days[-1], "first": rules.work_from.value}
        )
    if days and days[0] > claim.applied_on:
        yield REASONS.finding(
            "RECEIPT_LATE", seen={"file": name, "day": days[0], "applied": claim.applied_on}
        )
    for number in _REGISTRATION.findall(text):
        if not registration_number_ok(f"T{number}"):
            yield REASONS.finding("RECEIPT_REGISTRATION_WRONG", seen={"number": f"T{number}"})


def judge_menu(text: str, claim: Claim) -> Iterator[Finding]:
    """The menu screen must show office number and name (手引き)."""
    seen = squeezed(text)
    if claim.office.number.casefold() not in seen:
        yield REASONS.finding("MENU_NUMBER_MISSING", seen={"number": claim.office.number})
    if claim.office.name and squeezed(claim.office.name) not in seen:
        yield REASONS.finding("MENU_NAME_MISSING", seen={"name": claim.office.name})
