"""A thread that makes blocking calls under a time limit and frees its handle when it was given up."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from kaigo_card_reader.drivers._interface import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Worker:
    """Runs calls one after another in a daemon thread of its own.

    ``release`` runs in that thread at the end: on :meth:`close`, or, when a call outlived its limit, as soon
    as that call comes back. Without it a hung reader would stay occupied for every other program.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release
        self._jobs: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = False
        threading.Thread(target=self._run, name="card-reader", daemon=True).start()

    def call(self, function: Callable[[], T], limit: float, where: str) -> T:
        """The function's result; :class:`DriverError` READER_HUNG after ``limit`` seconds, for good."""
        with self._lock:
            if self._ended:
                raise DriverError("READER_HUNG", where)
            self._jobs.put(function)
            try:
                value, error = self._answers.get(timeout=limit)
            except queue.Empty:
                self._end()
                raise DriverError("READER_HUNG", where) from None
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the thread; the handle is freed in it."""
        with self._lock:
            if not self._ended:
                self._end()

    def _end(self) -> None:
        self._ended = True
        self._jobs.put(None)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                try:
                    answer: tuple[Any, BaseException | None] = (job(), None)
                except BaseException as error:  # noqa: BLE001 - handed to the caller
                    answer = (None, error)
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
