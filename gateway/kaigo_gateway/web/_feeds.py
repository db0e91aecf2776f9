"""Feeds: one follower per Setup reads the ledger and hands ready-made SSE bytes to every client."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import structlog

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.web._setups import state_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import Record
    from kaigo_gateway.setup import Progress

log = structlog.get_logger(__name__)

LOOK_AGAIN: Final = 2.0
"""Seconds after which the ledger is looked at even if nothing was told (another process may work)."""
BACKLOG: Final = 500
"""Events that a slow client may fall behind before its stream is closed; it resumes from the ledger."""


def event_bytes(kind: str, data: Any, number: int | None = None) -> bytes:
    """One server-sent event; ``number`` becomes its id."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def record_bytes(record: Record) -> bytes:
    """A record of the ledger as an event whose id is the record's number."""
    data = {
        "seq": record.seq,
        "kind": record.kind,
        "key": record.key,
        "at": record.at,
        "hash": record.hash,
        "body": record.document,
    }
    return event_bytes("record", data, record.seq)


class Client:
    """One open stream: its queue of (record number or 0, bytes); None ends it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()

    def give(self, number: int, data: bytes) -> None:
        """Hand an event over, or end the stream of a client that is too slow."""
        if self.queue.qsize() < BACKLOG:
            self.queue.put_nowait((number, data))
        else:
            self.end()

    def end(self) -> None:
        """End the stream."""
        self.queue.put_nowait(None)


class Feed:
    """Follows one Setup while anyone listens."""

    def __init__(self, gateway: Gateway, setup_id: str) -> None:
        self._gateway, self._id = gateway, setup_id
        self.clients: set[Client] = set()
        self.records: list[tuple[int, bytes]] = []
        self.state: dict[str, Any] = {}
        self.loaded = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        """Number of the last record handed out."""
        return self.records[-1][0] if self.records else 0

    async def run(self) -> None:
        """Hand out records and progress until cancelled."""
        with self._gateway.progress.listen(self._id) as queue:
            await self._look()
            self.loaded.set()
            while True:
                told = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        told = await queue.get()
                if told is not None:
                    self._tell(told)
                if told is None or told.seq > self.last or told.kind in {"waiting", "finished"}:
                    await self._look()

    def over(self, task: asyncio.Task[None]) -> None:
        """End every client when the follower has ended: they resume with a new one."""
        self.loaded.set()
        for client in self.clients:
            client.end()
        if not task.cancelled() and task.exception() is not None:  # last: a log that fails holds nobody up
            log.error("feed_failed", setup_id=self._id, exc_info=task.exception())

    def _tell(self, told: Progress) -> None:
        self._give(0, event_bytes("progress", {"kind": told.kind, "seq": told.seq, **told.data}))

    async def _look(self) -> None:
        try:
            new = await self._gateway.ledger.records(self._id, after=self.last)
            row = await self._gateway.ledger.row(self._id)
        except GatewayError as error:
            log.warning("feed_could_not_read", setup_id=self._id, code=error.code)
            return
        for record in new:
            self.records.append((record.seq, record_bytes(record)))
            self._give(*self.records[-1])
        trouble = self._gateway.engine.troubles.get(self._id)
        state = {"state": state_word(row).value, "trouble": None if trouble is None else trouble.code}
        if state != self.state:
            self.state = state
            self._give(0, event_bytes("state", state))

    def _give(self, number: int, data: bytes) -> None:
        for client in self.clients:
            client.give(number, data)


class Feeds:
    """All feeds that someone listens to."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._feeds: dict[str, Feed] = {}

    @property
    def open(self) -> int:
        """Number of open streams."""
        return sum(len(feed.clients) for feed in self._feeds.values())

    @contextmanager
    def join(self, setup_id: str) -> Iterator[tuple[Feed, Client]]:
        """A client of the Setup's feed; the feed ends with its last client."""
        feed = self._feeds.get(setup_id)
        if feed is None or feed.task is None or feed.task.done():
            feed = self._feeds[setup_id] = Feed(self._gateway, setup_id)
            feed.task = asyncio.create_task(feed.run())
            feed.task.add_done_callback(feed.over)
        client = Client()
        feed.clients.add(client)
        try:
            yield feed, client
        finally:
            feed.clients.discard(client)
            if not feed.clients and self._feeds.get(setup_id) is feed:
                del self._feeds[setup_id]
                assert feed.task is not None
                feed.task.cancel()

    def end_all(self) -> None:
        """End every stream (the service stops)."""
        for feed in self._feeds.values():
            for client in feed.clients:
                client.end()
