"""Expense records: what the plugins' hooks give, entered once; a changed line by reversal (赤黒)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.ledger import Entry
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.setup._state import SetupState


def expense_entries(state: SetupState, wanted: Iterable[ExpenseLine]) -> list[Entry]:
    """The entries that bring the recorded lines to ``wanted``; none when nothing changed."""
    new = {line.key: line for line in wanted}
    counts = dict(state.line_entries)
    entries: list[Entry] = []

    def enter(line: ExpenseLine, colour: str) -> None:
        counts[line.key] = counts.get(line.key, 0) + 1
        body = {"entry": colour, "line": line.model_dump(mode="json")}
        entries.append(Entry("expense.line", f"{line.key}#{counts[line.key]}", body))

    for key, old in state.lines.items():
        if new.get(key) != old:
            enter(old.model_copy(update={"amount": -old.amount}), "red")
    for key, line in new.items():
        if state.lines.get(key) != line:
            enter(line, "black")
    return entries


def unproved(site: Site, lines: Iterable[ExpenseLine]) -> list[str]:
    """What the site file prices and no line covers, in the words of its description."""
    covered = {(line.kind, line.item, line.description, line.model) for line in lines}
    return [
        line.description or line.model or str(line.item or line.kind)
        for line in site.expenses
        if (line.kind, line.item, line.description, line.model) not in covered
    ]


def expense_finding(site: Site, lines: list[ExpenseLine]) -> Finding:
    """The finding of the check ``expense.records``."""
    missing = unproved(site, lines)
    code = "EXPENSES_NONE" if not lines else "EXPENSES_UNPROVED" if missing else "EXPENSES_RECORDED"
    total = sum(line.amount for line in lines)
    return CORE_REASONS.finding(
        code,
        seen={"count": len(lines), "total": f"{total:,}", "unproved": missing},
        evidence={"lines": [line.model_dump(mode="json") for line in lines]},
    )
