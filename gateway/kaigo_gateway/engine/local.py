"""The default engine: in this process, no server. A sweep finds whatever a kick missed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import structlog

from kaigo_gateway.errors import CouldNotRun, GatewayError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kaigo_gateway.ledger import Ledger

log = structlog.get_logger(__name__)


class LocalEngine:
    """Advances due Setups, at most ``concurrency`` at a time; looks for due ones every ``poll`` seconds.

    Use as ``async with LocalEngine(...) as engine`` and call :meth:`kick` when a Setup became ready.
    """

    def __init__(
        self,
        ledger: Ledger,
        advance: Callable[[str], Awaitable[str]],
        *,
        concurrency: int = 8,
        poll: float = 10.0,
    ) -> None:
        self._ledger, self._advance, self._poll = ledger, advance, poll
        self._limit = asyncio.Semaphore(concurrency)
        self._wake = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self.troubles: dict[str, GatewayError] = {}

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._sweeper, *self._running.values()) if task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def kick(self, setup_id: str) -> None:
        """Advance this Setup soon."""
        self.troubles.pop(setup_id, None)
        self._start(setup_id)

    def _start(self, setup_id: str) -> None:
        if setup_id not in self._running:
            self._running[setup_id] = asyncio.create_task(self._one(setup_id))

    async def _one(self, setup_id: str) -> None:
        try:
            async with self._limit:
                while await self._advance(setup_id) == "ready":
                    log.debug("confirmation_came_meanwhile", setup_id=setup_id)
        except GatewayError as error:
            self.troubles[setup_id] = error
            log.warning("setup_not_advanced", setup_id=setup_id, code=error.code)
        except Exception as error:
            self.troubles[setup_id] = _mistake(error)
            log.exception("setup_not_advanced", setup_id=setup_id, code=type(error).__name__)
        finally:
            self._running.pop(setup_id, None)

    async def _sweep(self) -> None:
        while True:
            try:
                for setup_id in await self._ledger.due():
                    if setup_id not in self.troubles:
                        self._start(setup_id)
            except GatewayError as error:
                log.warning("sweep_failed", code=error.code)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._poll)


def _mistake(error: Exception) -> CouldNotRun:
    """What a mistake of ours looks like to a person: it stops one Setup, not the engine."""
    return CouldNotRun(
        N_("The Setup stopped by a mistake of the program ({kind}); what was recorded until then stays."),
        N_("Continue it once; if it stops again, send the diagnostics bundle to the vendor."),
        kind=type(error).__name__,
    )
