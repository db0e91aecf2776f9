"""What a readable receipt and menu screen must say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind

from kaigo_subsidy.precheck._files import plain
from kaigo_subsidy.reasons import REASONS, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.results import Finding

    from kaigo_subsidy.rules import Rules

_NUMBER: Final = re.compile(r"[0-9](?:[0-9,]*[0-9])?")
_SUPPORT: Final = {ExpenseKind.CONNECTION_SUPPORT, ExpenseKind.CAREPLAN_SUPPORT}


def numbers_in(text: str) -> set[int]:
    """Every whole number in a text, grouping commas taken out."""
    return {int(found.replace(",", "")) for found in _NUMBER.findall(text)}


def squeezed(text: str) -> str:
    """Text without spaces, hyphens and case: ``CIR-315A`` and ``cir315a`` are one model."""
    return re.sub(r"[\s\-‐-―_]", "", plain(text)).casefold()


def judge_receipts(text: str, claim: Claim, rules: Rules) -> Iterator[Finding]:
    """The readable receipts together: amounts, model, number, no 一式."""
    readers = [line for line in claim.expenses if line.kind is ExpenseKind.CARD_READER]
    a = sum(line.amount for line in readers)
    b = sum(line.amount for line in claim.expenses if line.kind in _SUPPORT)
    found = numbers_in(text)
    if a + b not in found and not {amount for amount in (a, b) if amount} <= found:
        yield REASONS.finding("RECEIPT_AMOUNT_DIFFERS", seen=grouped({"readers": a, "support": b}))
    for line in readers:
        if line.model and squeezed(line.model) not in squeezed(text):
            yield REASONS.finding("RECEIPT_MODEL_MISSING", seen={"model": line.model})
        if line.quantity not in found:
            yield REASONS.finding("RECEIPT_QUANTITY_MISSING", seen={"quantity": line.quantity})
    if any(word in text for word in rules.words.lump):
        yield REASONS.finding("RECEIPT_LUMP")


def judge_menu(text: str, claim: Claim) -> Iterator[Finding]:
    """The menu screen must show office number and name (手引き)."""
    seen = squeezed(text)
    if claim.office.number.casefold() not in seen:
        yield REASONS.finding("MENU_NUMBER_MISSING", seen={"number": claim.office.number})
    if claim.office.name and squeezed(claim.office.name) not in seen:
        yield REASONS.finding("MENU_NAME_MISSING", seen={"name": claim.office.name})
