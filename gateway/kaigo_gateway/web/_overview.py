"""One feed over all Setups, for a vendor's dashboard: what changed, as summaries with ids to resume by."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.web._feeds import LOOK_AGAIN, Client
from kaigo_gateway.web._fresh import Counter
from kaigo_gateway.web._setups import summary_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway._gateway import Gateway

log = structlog.get_logger(__name__)

MOST: Final = 1000
"""The newest Setups that the feed speaks of."""
_TOGETHER: Final = 0.2
"""Seconds in which changes are gathered before the ledger is looked at."""


class Overview:
    """Looks at the ledger while anyone listens.

    Every change of a Setup's summary gets a number; an event's id is ``<run>-<number>``, where ``run`` names
    this run of the service. Who comes back with an id of this run gets what changed behind it; anyone else
    gets every Setup once.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._run = secrets.token_hex(4)
        self._number = 0
        self._shown: dict[str, tuple[int, str]] = {}
        self._counter = Counter(gateway.ledger)
        self._version: int | None = None
        self._task: asyncio.Task[None] | None = None
        self.clients: set[Client] = set()
        self.loaded = asyncio.Event()

    @contextmanager
    def join(self) -> Iterator[Client]:
        """A client of the feed; it sleeps when the last one has gone."""
        if self._task is None or self._task.done():
            self.loaded.clear()
            self._task = asyncio.create_task(self._follow())
            self._task.add_done_callback(self._over)
        client = Client()
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.discard(client)
            if not self.clients and self._task is not None:
                self._task.cancel()
                self._task = None

    def behind(self, last_id: str) -> list[tuple[int, bytes]]:
        """The events behind an id, oldest first; of every Setup where the id is of no use."""
        run, _, number = last_id.partition("-")
        after = int(number) if run == self._run and number.isdecimal() else 0
        newer = sorted((n, text) for n, text in self._shown.values() if n > after)
        return [(n, self._bytes(n, text)) for n, text in newer]

    def end_all(self) -> None:
        """End every stream (the service stops)."""
        for client in self.clients:
            client.end()

    def close(self) -> None:
        """Let go of the ledger's file."""
        self._counter.close()

    async def _follow(self) -> None:
        with self._gateway.progress.listen() as queue:
            while True:
                await self._look()
                self.loaded.set()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await queue.get()
                        await asyncio.sleep(_TOGETHER)
                while not queue.empty():
                    queue.get_nowait()

    async def _look(self) -> None:
        version = self._counter.now()
        if version is not None and version == self._version:
            return
        try:
            rows = await self._gateway.setups(limit=MOST)
        except GatewayError as error:
            log.warning("overview_could_not_read", code=error.code)
            return
        self._version = version
        for row in reversed(rows):
            self._show(row.id, summary_of(row).model_dump_json(by_alias=True))
        here = {row.id for row in rows}
        self._shown = {key: value for key, value in self._shown.items() if key in here}

    def _show(self, setup_id: str, text: str) -> None:
        if self._shown.get(setup_id, (0, ""))[1] == text:
            return
        self._number += 1
        self._shown[setup_id] = (self._number, text)
        data = self._bytes(self._number, text)
        for client in self.clients:
            client.give(self._number, data)

    def _bytes(self, number: int, text: str) -> bytes:
        return f"id: {self._run}-{number}\nevent: setup\ndata: {text}\n\n".encode()

    def _over(self, task: asyncio.Task[None]) -> None:
        """End every client when the follower has ended by itself: they come back to a new one."""
        self.loaded.set()
        if not task.cancelled() and task.exception() is not None:
            self.end_all()
            log.error("overview_failed", exc_info=task.exception())
