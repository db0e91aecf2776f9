"""Which checks run at this moment, and what they say meanwhile (from progress events, not the ledger)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from kaigo_gateway.setup import Progress, ProgressHub
    from kaigo_gateway.web._tally import Tally


class Live:
    """Listens to all Setups while the application is up."""

    def __init__(self, hub: ProgressHub, tally: Tally) -> None:
        self._hub, self._tally = hub, tally
        self._running: dict[str, dict[str, str]] = {}
        self._changes: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def running(self, setup_id: str) -> dict[str, str]:
        """The running checks of a Setup and their last line."""
        return self._running.get(setup_id, {})

    def version(self, setup_id: str) -> int:
        """A number that grows whenever something is told about a Setup."""
        return self._changes.get(setup_id, 0)

    async def _listen(self) -> None:
        with self._hub.listen() as queue:
            while True:
                self._note(await queue.get())

    def _note(self, told: Progress) -> None:
        self._tally.note(told)
        self._changes[told.setup_id] = self._changes.get(told.setup_id, 0) + 1
        running = self._running.setdefault(told.setup_id, {})
        check_id = told.data.get("check_id", "")
        if told.kind == "started":
            running[check_id] = ""
        elif told.kind == "progress" and check_id in running:
            running[check_id] = told.data.get("text", "")
        elif told.kind in {"ended", "waiting"}:
            running.pop(check_id, None)
        elif told.kind == "finished":
            del self._running[told.setup_id]
