"""The demo: the real code path, with a ledger and a vault of its own that go when it ends."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from kaigo_gateway._gateway import Gateway
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.ledger import now
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.sandbox._sandbox import Sandbox
from kaigo_gateway.settings import LedgerSettings, Settings, VaultSettings, sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from kaigo_gateway.report.model import Report


def simulated_answer() -> dict[str, Any]:
    """What the sandbox answers to every question of the visit; marked, so that it proves nothing."""
    return {"answer": "yes", "by": N_("sandbox"), "at": now(), "simulated": True}


async def run_demo(
    out: Path | None,
    faults: Mapping[str, str],
    without: tuple[str, ...],
    *,
    say: Callable[[str], None],
) -> Report:
    """Run the whole job and give its report; papers go into ``out``. Everything else is removed again."""
    clock = _Clock()
    with tempfile.TemporaryDirectory(prefix="kaigo-demo-", ignore_cleanup_errors=True) as folder:
        passphrase = SecretStr(secrets.token_urlsafe(24))
        gateway = Gateway(demo_settings(Path(folder)), without=without, passphrase=lambda: passphrase)
        async with gateway, _unlocking(gateway), Sandbox(gateway.host, faults=faults) as sandbox:
            clock.sandbox_started()
            for missing in sandbox.missing:
                text = gettext("Not simulated here: {service}. Missing: {what}. {how}")
                say(fill(text, {"service": missing.service, "what": missing.what, "how": missing.how}))
            setup_id = await gateway.create(sandbox.site)
            await carry_out(gateway, setup_id)
            papers = await gateway.export(setup_id, out) if out else []
            report = await gateway.report(setup_id)
            clock.work_ended()
    update = {"papers": tuple(map(str, papers)), "timing": clock.timing(report)}
    return report.model_copy(update=update)


@asynccontextmanager
async def _unlocking(gateway: Gateway) -> AsyncIterator[None]:
    """Open the vault beside the start of the sandbox: its key derivation is slow on purpose."""
    opening = asyncio.create_task(gateway.vault.open())
    try:
        yield
    finally:
        await asyncio.wait({opening})


class _Clock:
    """Where the demo's time goes: starting and stopping the simulation, the checks, everything else."""

    def __init__(self) -> None:
        self._begin = self._started = self._ended = time.perf_counter()

    def sandbox_started(self) -> None:
        self._started = time.perf_counter()

    def work_ended(self) -> None:
        self._ended = time.perf_counter()

    def timing(self, report: Report) -> dict[str, float]:
        """Milliseconds; ``checks_ms`` is the sum of what the checks report, though some run side by side."""
        now = time.perf_counter()
        simulation = self._started - self._begin + now - self._ended
        checks = sum(result.duration_ms for result in report.results)
        return {
            "wall_ms": round((now - self._begin) * 1000, 1),
            "sandbox_ms": round(simulation * 1000, 1),
            "checks_ms": round(checks, 1),
        }


async def carry_out(gateway: Gateway, setup_id: str) -> None:
    """Advance to the end; the sandbox confirms what a person would confirm."""
    while await gateway.advance(setup_id) == "waiting":
        state = await gateway.state(setup_id)
        for key in state.questions.keys() - state.confirmed.keys():
            await gateway.confirm(setup_id, key, simulated_answer())


def demo_settings(folder: Path) -> Settings:
    """Settings that keep everything in one folder, whatever the user's own settings say."""
    return Settings.model_construct(
        vault=VaultSettings(folder=folder / "vault"),
        ledger=LedgerSettings(url=sqlite_url(folder / "ledger.db")),
        base=folder,
    )
