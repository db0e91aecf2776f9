"""Walking through the stages of one Setup: side by side what is ready, recorded as it ends."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from kaigo_gateway.i18n import translate
from kaigo_gateway.ledger import Entry, Record
from kaigo_gateway.model.descriptors import CheckContext, Waiting
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.setup._core_checks import EXPENSE_RECORDS
from kaigo_gateway.setup._expenses import expense_entries
from kaigo_gateway.setup._progress import Progress
from kaigo_gateway.setup._run_check import Outcome, run_check
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kaigo_certs import Identity

    from kaigo_gateway.model.results import Stage
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.setup._plan import Plan, Step
    from kaigo_gateway.setup._runner import Workshop
    from kaigo_gateway.setup._state import SetupState


class Book(Protocol):
    """Where results go: a claimed Setup of the ledger, or a scratch book for a check without a Setup."""

    @property
    def id(self) -> str:
        """The Setup's id."""
        ...

    async def append(
        self, entries: Sequence[Entry], messages: Mapping[str, Any] | None = None
    ) -> list[Record]:
        """Record entries (and outbox messages) in one transaction."""
        ...


class Walk:
    """One pass over a claimed Setup. ``waiting`` holds the questions that people still have to answer."""

    def __init__(self, workshop: Workshop, book: Book, state: SetupState, site: Site, plan: Plan) -> None:
        self.workshop, self.book, self.state, self.site, self.plan = workshop, book, state, site, plan
        self.waiting: dict[str, Waiting] = {}

    async def stage(self, stage: Stage) -> None:
        """Run the checks of a stage that have no result yet, as their needs allow."""
        pending = {step.check.id: step for step in self.plan.stage(stage) if self._open(step)}
        if pending:
            self._tell("stage", stage=stage.value)
        running: dict[asyncio.Task[Outcome], Step] = {}
        try:
            while pending or running:
                for step in self._ready(pending, running):
                    del pending[step.check.id]
                    running[asyncio.create_task(self._run(step))] = step
                if not running:
                    await self._leave(pending)
                    return
                ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    await self._commit(running.pop(task), task.result())
        finally:
            for task in running:
                task.cancel()

    async def _leave(self, pending: Mapping[str, Step]) -> None:
        """The rest waits for a person; or, where nobody is asked, its needs form a circle."""
        if not self.waiting:
            for step in pending.values():
                await self._commit(step, _not_run((*step.check.needs, *step.check.after)))

    def _open(self, step: Step) -> bool:
        return step.check.id not in self.state.results

    def _ready(self, pending: Mapping[str, Step], running: Mapping[Any, Step]) -> list[Step]:
        undecided = {*pending, *(step.check.id for step in running.values()), *self.waiting}
        return [step for step in pending.values() if not undecided & {*step.check.needs, *step.check.after}]

    def _unmet(self, step: Step) -> list[str]:
        results = self.state.results
        return [need for need in step.check.needs if need not in results or not results[need].passed]

    async def _run(self, step: Step) -> Outcome:
        unmet = self._unmet(step)
        if unmet:
            return _not_run(unmet)
        self._tell("started", check_id=step.check.id, stage=step.check.stage.value)
        return await run_check(step, self._context(step), self.workshop.redactor)

    def _context(self, step: Step) -> CheckContext:
        async def identity() -> Identity | None:
            return await self.workshop.identity(self.site.office.number)

        def confirmed(key: str) -> Mapping[str, Any]:
            if key not in self.state.confirmed:
                raise Waiting(key)
            return self.state.confirmed[key]

        return CheckContext(
            setup_id=self.book.id,
            site=self.site,
            simulated=self.site.simulated,
            today=self.state.today,
            settings=step.settings,
            results=dict(self.state.findings),
            identity=identity,
            progress=self._speaker(step),
            confirmed=confirmed,
            answered=frozenset(self.state.confirmed),
            offered=self._offered,
            rules_folder=self.workshop.rules_folder,
        )

    async def _offered(self, hook: str) -> Any:
        return await self.workshop.host.call_with_settings(
            hook, self.site.plugins, rules_folder=self.workshop.rules_folder
        )

    def _speaker(self, step: Step) -> Callable[[str], None]:
        """What a check calls to tell its progress, from the loop or from a thread of its own."""
        loop = asyncio.get_running_loop()

        def tell(text: str) -> None:
            self._tell("progress", check_id=step.check.id, text=self.workshop.redactor.text(str(text)))

        def speak(text: str) -> None:
            if threading.get_ident() == home:
                tell(text)
            else:
                with suppress(RuntimeError):  # the loop has closed: nobody listens any more
                    loop.call_soon_threadsafe(tell, text)

        home = threading.get_ident()
        return speak

    async def _commit(self, step: Step, outcome: Outcome) -> None:
        if outcome.waiting is not None:
            self.waiting[step.check.id] = outcome.waiting
            self._tell("waiting", check_id=step.check.id, key=outcome.waiting.key)
            return
        entries = [self._entry(step, outcome), *self._expense_entries(step, outcome)]
        records = await self.book.append(entries, self._messages(step, entries[0]))
        self.state.adopt(records)
        result = self.state.results[step.check.id]
        self._tell(
            "ended",
            seq=result.seq,
            check_id=step.check.id,
            stage=result.stage.value,
            status=result.status.value,
            codes=[finding.reason_code for finding in result.findings],
            duration_ms=result.duration_ms,
        )

    def _entry(self, step: Step, outcome: Outcome) -> Entry:
        attempt = self.state.attempts(step.check.id) + 1
        body = {
            "check_id": step.check.id,
            "stage": step.check.stage.value,
            "title": step.check.title,
            "title_domain": step.domain,
            "order": step.check.order,
            "attempt": attempt,
            "plugin": {"name": step.plugin, "version": step.version},
            "findings": [finding.model_dump(mode="json") for finding in outcome.findings],
            "duration_ms": outcome.duration_ms,
        }
        return Entry("check.result", f"{step.check.id}#{attempt}", body)

    def _expense_entries(self, step: Step, outcome: Outcome) -> list[Entry]:
        if step.check.id != EXPENSE_RECORDS:
            return []
        lines = next((each.evidence["lines"] for each in outcome.findings if "lines" in each.evidence), ())
        return expense_entries(self.state, [ExpenseLine.model_validate(line) for line in lines])

    def _messages(self, step: Step, entry: Entry) -> dict[str, Any]:
        key = f"{self.book.id}/{entry.key}"
        findings = [(each["status"], each["reason_code"]) for each in entry.body["findings"]]
        body = {"setup": self.book.id, "check_id": step.check.id, "findings": findings}
        return {key: {**body, "simulated": self.site.simulated}}

    async def enter_questions(self) -> None:
        """Record the questions that nobody has answered yet, once."""
        new: dict[str, Entry] = {}
        for check_id, asked in self.waiting.items():
            if asked.key not in self.state.questions:  # several checks may ask the same
                entry = Entry("question.asked", asked.key, self._question(check_id, asked))
                new.setdefault(asked.key, entry)
        if new:
            self.state.adopt(await self.book.append(list(new.values())))

    async def leave_questions_open(self) -> None:
        """Without a Setup nobody is asked: say for each check what a person would have to confirm."""
        for check_id, asked in self.waiting.items():
            step = self.plan.steps[check_id]
            seen = {"question": translate(asked.question, step.domain) or asked.key}
            await self._commit(step, Outcome((CORE_REASONS.finding("QUESTION_OPEN", seen=seen),), 0.0))

    def _question(self, check_id: str, asked: Waiting) -> dict[str, str]:
        domain = self.plan.steps[check_id].domain
        return {"check_id": check_id, "question": asked.question, "domain": domain}

    def _tell(self, kind: str, *, seq: int = 0, **data: Any) -> None:
        self.workshop.progress.tell(Progress(self.book.id, kind, seq, data))


def _not_run(needs: Sequence[str]) -> Outcome:
    return Outcome((CORE_REASONS.finding("NEED_NOT_MET", seen={"needs": list(needs)}),), 0.0)
