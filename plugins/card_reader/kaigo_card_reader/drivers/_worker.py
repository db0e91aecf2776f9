"""A thread that makes blocking calls under a time limit and frees its handle when it was given up."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from kaigo_card_reader.drivers._interface import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Worker:
    """Runs jobs one after another in a daemon thread of its own and limits each blocking call in them.

    ``release`` runs in that thread at the end: on :meth:`close`, or, when a call outlived its limit, as soon
    as that call comes back. Without it a hung reader would stay occupied for every other program.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release
        self._jobs: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = False
        self._call_began: tuple[float, str] | None = None
        self._thread = threading.Thread(target=self._run, name="card-reader", daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], T], limit: float, where: str) -> T:
        """One blocking call; :class:`DriverError` READER_HUNG after ``limit`` seconds, then and for good."""
        if threading.get_ident() == self._thread.ident:
            return self._step(function, where)
        return self.inside(lambda: self._step(function, where), limit)

    def inside(self, function: Callable[[], T], limit: float) -> T:
        """A whole job in this thread, so that its calls need no handing over; each has its own limit."""
        if threading.get_ident() == self._thread.ident:
            return function()
        with self._lock:
            if self._ended:
                raise DriverError("READER_HUNG", "closed")
            self._jobs.put(function)
            value, error = self._watched(limit)
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the thread; the handle is freed in it."""
        with self._lock:
            self._end()

    def _step(self, function: Callable[[], T], where: str) -> T:
        self._call_began = (time.monotonic(), where)
        value = function()
        self._call_began = None
        if self._ended:  # given up meanwhile: unwind the job, nobody listens any more
            raise DriverError("READER_HUNG", where)
        return value

    def _watched(self, limit: float) -> tuple[Any, BaseException | None]:
        wait = limit
        while True:
            with suppress(queue.Empty):
                return self._answers.get(timeout=wait)
            began = self._call_began
            wait = limit if began is None else began[0] + limit - time.monotonic()
            if began is not None and wait <= 0:
                self._end()
                raise DriverError("READER_HUNG", began[1])

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._jobs.put(None)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                try:
                    answer: tuple[Any, BaseException | None] = (job(), None)
                except BaseException as error:  # noqa: BLE001 - handed to the caller
                    answer = (None, error)
                self._call_began = None
                self._answers.put(answer)
        finally:
            self._release()


def limited(function: Callable[[], T], limit: float, where: str) -> T:
    """One call under a limit, in a thread of its own; what it holds it must free itself."""
    worker = Worker(lambda: None)
    try:
        return worker.call(function, limit, where)
    finally:
        worker.close()
