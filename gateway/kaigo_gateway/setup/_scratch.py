"""Checks without a Setup: one stage, nothing recorded (``check platform``, ``check careplan``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.ledger import GENESIS, Entry, Record, now
from kaigo_gateway.ledger._records import chain
from kaigo_gateway.setup._core_checks import problem_finding
from kaigo_gateway.setup._plan import Plan
from kaigo_gateway.setup._state import SetupState, StepResult
from kaigo_gateway.setup._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway.model.results import Finding, Stage
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.setup._runner import SetupRunner


_INSTALLS: Final = {"certificate.install"}
"""Left to a Setup: whoever looks at one stage has not asked for anything to be installed."""


@dataclass(slots=True)
class Scratch:
    """A book that nobody keeps."""

    id: str = "check"
    records: list[Record] = field(default_factory=list)

    async def append(
        self, entries: Sequence[Entry], messages: Mapping[str, Any] | None = None
    ) -> list[Record]:
        """Link the entries and give them back."""
        del messages
        head = self.records[-1].hash if self.records else GENESIS
        new = chain(self.id, list(entries), after=len(self.records), head=head, at=now())
        self.records.extend(new)
        return new


async def run_stage(runner: SetupRunner, site: Site, stage: Stage) -> tuple[list[StepResult], list[Finding]]:
    """Run the checks of one stage and what they directly need or look back on of earlier stages.

    Gives the results in the plan's order and the findings of plugins that failed. Nothing is recorded and
    nothing of an earlier stage installed: an earlier check runs for itself, without its own needs.
    """
    plan = await runner.plan(site)
    part = _part(plan, stage)
    state = SetupState(opened_at=now())
    walk = Walk(runner.workshop, Scratch(), state, site, part)
    for each in dict.fromkeys(step.check.stage for step in part.in_order()):
        await walk.stage(each)
    await walk.leave_questions_open()
    results = [state.results[step.check.id] for step in part.in_order() if step.check.id in state.results]
    return results, [problem_finding(problem) for problem in plan.problems]


def _part(plan: Plan, stage: Stage) -> Plan:
    from dataclasses import replace

    wanted = {step.check.id: step for step in plan.stage(stage)}
    earlier = {each for step in wanted.values() for each in (*step.check.needs, *step.check.after)}
    for check_id in (earlier - set(wanted) - _INSTALLS) & set(plan.steps):
        step = plan.steps[check_id]
        wanted[check_id] = replace(step, check=replace(step.check, needs=(), after=()))
    return Plan(steps=wanted)
