"""The expense lines that the exercise of the readers proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind, SupportItem
from kaigo_gateway.model.results import Status

from kaigo_card_reader.checks._purchase import allot
from kaigo_card_reader.data import find

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import SetupView
    from kaigo_gateway.model.expenses import ExpenseLine

    from kaigo_card_reader.checks._purchase import Purchase

READER_PROOF: Final = ("reader.service", "reader.exercise")


def expenses(setup: SetupView) -> list[ExpenseLine]:
    """Bought readers (as many as were exercised) and the reader check, if at least one was exercised.

    Keys are ``card_reader.N`` and ``reader_check.N``; N is the line's number in the site file, from 1.
    """
    exercised = setup.results.get("reader.exercise", ())
    if not any(finding.status in {Status.OK, Status.WARN} for finding in exercised):
        return []
    lines = setup.site.expenses
    bought = [_recorded(purchase) for purchase in allot(lines, exercised) if purchase.exercised]
    checked = [
        line.model_copy(update={"key": f"reader_check.{index}", "proof": READER_PROOF})
        for index, line in enumerate(lines, 1)
        if line.kind is ExpenseKind.CONNECTION_SUPPORT and line.item is SupportItem.READER_CHECK
    ]
    return [*bought, *checked]


def _recorded(purchase: Purchase) -> ExpenseLine:
    line = purchase.line
    serials = [serial for finding in purchase.readers for serial in finding.evidence.get("serials", ())]
    known = find(line.model) if line.model else None
    compatible = line.compatible
    if compatible is None and known is not None and known.compatible != "unknown":
        compatible = known.compatible == "yes"
    return line.model_copy(
        update={
            "key": f"card_reader.{purchase.index}",
            "proof": READER_PROOF,
            "quantity": purchase.exercised,
            "amount": purchase.recorded,
            "compatible": compatible,
            "serials": line.serials or tuple(serials),
        }
    )
