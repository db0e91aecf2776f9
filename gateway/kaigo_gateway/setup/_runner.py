"""The runner: claim a Setup, run what has not run, record each result before the next step, seal."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.ledger import LEASE, Claimed, Entry, Fenced, Ledger
from kaigo_gateway.model.results import STAGES, Stage
from kaigo_gateway.model.site import Site
from kaigo_gateway.setup._core_checks import EXPENSE_RECORDS, expense_records_check, problem_finding
from kaigo_gateway.setup._plan import Plan, core_steps, make_plan
from kaigo_gateway.setup._progress import Progress, ProgressHub
from kaigo_gateway.setup._secrets import secrets_of
from kaigo_gateway.setup._state import SetupState, read_state
from kaigo_gateway.setup._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from kaigo_certs import Identity

    from kaigo_gateway.model.descriptors import Check
    from kaigo_gateway.plugins import PluginHost, PluginProblem
    from kaigo_gateway.redaction import Redactor

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the runner works with. ``unlock`` opens the vault (or says clearly why not)."""

    host: PluginHost
    ledger: Ledger
    progress: ProgressHub
    redactor: Redactor
    version: str
    unlock: Callable[[], Awaitable[Any]]
    identity: Callable[[str], Awaitable[Identity | None]]
    seal_key: Callable[[], Awaitable[tuple[str, Ed25519PrivateKey]]]
    core_checks: Callable[[Site], list[Check] | Awaitable[list[Check]]]
    rules_folder: Path | None = None


class SetupRunner:
    """Advances Setups. ``advance`` may be called any number of times; the ledger decides what is left."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop

    async def plan(self, site: Site) -> Plan:
        """All checks for a site, the core's and the plugins'."""
        given = self.workshop.core_checks(site)
        checks = [
            *(await given if inspect.isawaitable(given) else given),
            expense_records_check(self.workshop.host),
        ]
        plan = await make_plan(self.workshop.host, site, core_steps(checks, self.workshop.version))
        plan.run_last(EXPENSE_RECORDS)  # what stands before it in its stage may decide what is recorded
        return plan

    async def advance(self, setup_id: str) -> str:
        """Carry a Setup on as far as it goes; gives its state afterwards.

        ``done`` (sealed), ``waiting`` (for a person), ``ready`` (a confirmation came meanwhile) or
        ``fenced`` (another process took it over). Raises :class:`kaigo_gateway.errors.GatewayError` where
        the vault or the ledger cannot be used; what was recorded until then stays.
        """
        await self.workshop.unlock()
        claimed = await self.workshop.ledger.claim(setup_id)
        if claimed is None:
            return (await self.workshop.ledger.row(setup_id)).state
        log.info("setup_claimed", setup_id=setup_id, epoch=claimed.row.epoch)
        work = asyncio.create_task(self._work(claimed))
        beat = asyncio.create_task(self._beat(claimed, work))
        try:
            return await work
        except Fenced:
            return "fenced"
        except asyncio.CancelledError:
            if beat.done() and not beat.cancelled():
                return "fenced"
            work.cancel()
            await asyncio.wait({work})
            with suppress(Fenced, GatewayError):
                await asyncio.shield(claimed.release("ready"))
            raise
        except Exception as error:
            code = getattr(error, "code", type(error).__name__)
            with suppress(Fenced, GatewayError):
                await claimed.release("ready", error=code)
            self.workshop.progress.tell(Progress(setup_id, "stopped", claimed.count, {"code": code}))
            raise
        finally:
            beat.cancel()

    async def _beat(self, claimed: Claimed, work: asyncio.Task[str]) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                await claimed.beat()
            except Fenced:
                work.cancel()
                return
            except GatewayError as error:  # the work itself will meet it, or the next beat will succeed
                log.warning("setup_beat_failed", setup_id=claimed.id, code=error.code)

    async def _work(self, claimed: Claimed) -> str:
        ledger = self.workshop.ledger
        state = read_state(await ledger.records(claimed.id))
        events = await ledger.events(claimed.id)
        await self._enter_answers(claimed, state, events)
        site = load_site(claimed.row.document)
        for secret in secrets_of(site):
            self.workshop.redactor.learn(secret)
        plan = await self.plan(site)
        await self._enter_problems(claimed, state, plan)
        walk = Walk(self.workshop, claimed, state, site, plan)
        for stage in STAGES:
            if stage is Stage.EXPENSE and walk.waiting:
                break  # it looks back on the whole Setup, so nothing may still be open
            await walk.stage(stage)
        if walk.waiting:
            await walk.enter_questions()
            return await claimed.release("waiting", seen_events=len(events))
        await self._seal(claimed, state)
        return "done"

    async def _enter_answers(self, claimed: Claimed, state: SetupState, events: Mapping[str, Any]) -> None:
        new = {key: body for key, body in events.items() if key not in state.confirmed}
        if new:
            await claimed.append([Entry("question.answered", key, body) for key, body in new.items()])
            state.confirmed.update(new)

    async def _enter_problems(self, claimed: Claimed, state: SetupState, plan: Plan) -> None:
        by_plugin: dict[str, list[PluginProblem]] = {}
        for problem in plan.problems:
            by_plugin.setdefault(problem.plugin, []).append(problem)
        for name, problems in by_plugin.items():
            if f"plugins.{name}" not in state.results:
                state.adopt(await claimed.append([self._problem_entry(name, problems, state)]))

    def _problem_entry(self, name: str, problems: list[PluginProblem], state: SetupState) -> Entry:
        check_id = f"plugins.{name}"
        attempt = state.attempts(check_id) + 1
        findings = [problem_finding(problem).model_dump(mode="json") for problem in problems]
        body = {
            "check_id": check_id,
            "stage": Stage.PLUGINS.value,
            "title": name,
            "title_domain": "",
            "order": 0,
            "attempt": attempt,
            "plugin": {"name": name, "version": problems[0].version},
            "findings": self.workshop.redactor.clean(findings),
            "duration_ms": 0.0,
        }
        return Entry("check.result", f"{check_id}#{attempt}", body)

    async def _seal(self, claimed: Claimed, state: SetupState) -> None:
        key_id, key = await self.workshop.seal_key()
        overall = state.overall().value
        results = {check_id: result.status.value for check_id, result in sorted(state.results.items())}
        body = {"overall": overall, "results": results, "simulated": claimed.row.simulated, "key_id": key_id}
        await claimed.seal(Entry("setup.sealed", str(state.seals + 1), body), key, key_id, overall)
        self.workshop.progress.tell(
            Progress(claimed.id, "finished", claimed.count, {"overall": overall, "head_hash": claimed.head})
        )
        log.info("setup_sealed", setup_id=claimed.id, overall=overall)


def load_site(document: Mapping[str, Any]) -> Site:
    """The site of a Setup from its row."""
    from pathlib import Path

    site = Site.model_validate(document["site"])
    return site.model_copy(update={"base": Path(document["base"])})
