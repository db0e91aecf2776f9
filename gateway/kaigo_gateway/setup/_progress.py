"""Live progress of Setups: who listens gets small events; the truth stays in the ledger."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Progress:
    """One event.

    ``kind`` is ``stage``, ``started``, ``progress``, ``ended``, ``waiting``, ``finished`` or ``stopped``
    (vault or ledger could not be used). ``seq`` is the number of the record that the event goes with, 0
    when it goes with none.
    """

    setup_id: str
    kind: str
    seq: int = 0
    data: dict[str, Any] = field(default_factory=dict)


class ProgressHub:
    """Hands events to listeners of one Setup or of all; a slow listener loses the oldest, never blocks."""

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._listeners: dict[asyncio.Queue[Progress], str | None] = {}

    def tell(self, event: Progress) -> None:
        """Hand an event out."""
        for queue, wanted in self._listeners.items():
            if wanted is None or wanted == event.setup_id:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(event)

    @contextmanager
    def listen(self, setup_id: str | None = None) -> Iterator[asyncio.Queue[Progress]]:
        """A queue of the events that come while the block runs."""
        queue: asyncio.Queue[Progress] = asyncio.Queue(self._size)
        self._listeners[queue] = setup_id
        try:
            yield queue
        finally:
            del self._listeners[queue]
