"""The core's own check of the last stage: collect the expense lines that the work gave rise to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Check, CheckContext, SetupView
from kaigo_gateway.model.expenses import ExpenseKind, ExpenseLine, SupportItem
from kaigo_gateway.model.results import Finding, Stage
from kaigo_gateway.setup._expenses import expense_finding
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.plugins import HookOutcome, PluginHost, PluginProblem

EXPENSE_RECORDS = "expense.records"


def view_of(context: CheckContext) -> SetupView:
    """The Setup as plugins see it that look back on it."""
    return SetupView(
        id=context.setup_id,
        site=context.site,
        simulated=context.simulated,
        today=context.today,
        results=context.results,
    )


def problem_finding(problem: PluginProblem) -> Finding:
    """A plugin's trouble as an ``error`` finding that names it."""
    return CORE_REASONS.finding(
        problem.kind,
        subject=problem.plugin,
        seen={
            "plugin": problem.plugin,
            "distribution": problem.distribution,
            "version": problem.version,
            "hook": problem.hook,
            "detail": problem.detail,
        },
    )


def expense_records_check(host: PluginHost) -> Check:
    """The check ``expense.records``: it gathers the lines of all plugins; the runner enters them."""

    async def run(context: CheckContext) -> list[Finding]:
        called = await host.call("gateway_expenses", expected=ExpenseLine, setup=view_of(context))
        lines, refused = _booked_once(called.outcomes, host)
        return [expense_finding(context.site, lines), *map(problem_finding, (*called.problems, *refused))]

    return Check(
        id=EXPENSE_RECORDS,
        stage=Stage.EXPENSE,
        title=N_("Expense records"),
        run=run,
        order=10,
        evidence=("lines",),
    )


def _booked_once(
    outcomes: Iterable[HookOutcome], host: PluginHost
) -> tuple[list[ExpenseLine], list[PluginProblem]]:
    """One line per key; a line without a key, or with one that is taken, is its plugin's mistake."""
    lines: dict[str, ExpenseLine] = {}
    refused: list[PluginProblem] = []
    for outcome in outcomes:
        for line in outcome.value:
            if not line.key or line.key in lines:
                detail = f"expense line with the key {line.key!r}, which must be given and be unique"
                problem = host.problem(outcome.plugin, "PLUGIN_HOOK_WRONG_TYPE", detail, "gateway_expenses")
                refused.append(problem)
            else:
                lines[line.key] = line
    return sorted(lines.values(), key=_place), refused


def _place(line: ExpenseLine) -> tuple[int, int]:
    """The order of 要綱 第3条: readers, then support by item. Which plugin answers first is chance."""
    items = list(SupportItem)
    return list(ExpenseKind).index(line.kind), items.index(line.item) if line.item else len(items)
