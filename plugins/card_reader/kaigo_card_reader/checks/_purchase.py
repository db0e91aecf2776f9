"""Bought readers against exercised readers: what this Setup can put on record as proved.

The rule: a line stands on record with as many readers as were exercised, never more. When all of a line's
readers were exercised, it is the line of the receipt, unchanged. When fewer were, its share of the amount
(rounded down to the yen) is recorded, and ``READER_PURCHASE_PARTLY`` tells what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind
from kaigo_gateway.model.results import Status

from kaigo_card_reader.data import find, models
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("bought", "exercised", "model", "compatible", "source")


@dataclass(slots=True)
class Purchase:
    """One bought line, its number in the site file (from 1) and the exercised readers allotted to it."""

    index: int
    line: ExpenseLine
    readers: list[Finding]

    @property
    def exercised(self) -> int:
        """How many of the line's readers were exercised."""
        return len(self.readers)

    @property
    def recorded(self) -> int:
        """The amount that was proved, in yen."""
        return self.line.amount * self.exercised // self.line.quantity if self.line.quantity > 0 else 0


def allot(lines: Sequence[ExpenseLine], exercised: Sequence[Finding]) -> list[Purchase]:
    """Give each exercised reader to one bought line.

    First to a line of the very model, then readers of a model that is not known here to lines with places
    left. A reader known to be another model than the line says never proves that line.
    """
    purchases = [
        Purchase(index, line, [])
        for index, line in enumerate(lines, 1)
        if line.kind is ExpenseKind.CARD_READER and line.quantity > 0
    ]
    left = [finding for finding in exercised if finding.status in {Status.OK, Status.WARN}]
    for fits in (_same_model, _may_be):
        for purchase in purchases:
            for finding in list(left):
                if purchase.exercised < purchase.line.quantity and fits(purchase.line, finding):
                    purchase.readers.append(finding)
                    left.remove(finding)
    return purchases


def _model_of(line: ExpenseLine) -> str | None:
    known = find(line.model) if line.model else None
    return known.name if known else None


def _same_model(line: ExpenseLine, finding: Finding) -> bool:
    if not line.model:
        return False
    wording = line.model.casefold()
    named = wording in (finding.subject or "").casefold()
    return named or (_model_of(line) is not None and _model_of(line) == finding.evidence.get("model"))


def _may_be(line: ExpenseLine, finding: Finding) -> bool:
    return not line.model or not finding.evidence.get("model_known")


def purchase_findings(lines: Sequence[ExpenseLine], exercised: Sequence[Finding]) -> list[Finding]:
    """One finding per bought line, more where a source speaks against the model."""
    purchases = allot(lines, exercised)
    if not purchases:
        return [REASONS.finding("READER_NO_PURCHASE")]
    return [finding for purchase in purchases for finding in _judge(purchase)]


def _judge(purchase: Purchase) -> list[Finding]:
    line = purchase.line
    complete = purchase.exercised == line.quantity
    subject = line.model or line.description or f"expenses[{purchase.index}]"
    counts = {"bought": line.quantity, "exercised": purchase.exercised}
    found = [
        REASONS.finding(
            "READER_PURCHASE_PROVED" if complete else "READER_PURCHASE_PARTLY",
            subject=subject,
            seen=counts | {"recorded": purchase.recorded, "paid": line.amount},
            evidence=counts,
        )
    ]
    name = _model_of(line)
    model = next((row for row in models() if row.name == name), None)
    if model is not None and model.compatible == "no":
        seen = {"model": model.name, "source": model.source}
        found.append(
            REASONS.finding(
                "READER_NOT_COMPATIBLE", subject=subject, seen=seen, evidence=seen | {"compatible": "no"}
            )
        )
    return found
