"""A time limit on each call of somebody else's driver, in a thread of the session's own.

A vendor's library may hang, and some want all calls from one thread. What it raises besides
:class:`DriverError` becomes one, so that a mistake in a driver costs one reader its result and no more.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from kaigo_card_reader.drivers._interface import DriverError, InformedDriver
from kaigo_card_reader.drivers._worker import Worker, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kaigo_card_reader.drivers._interface import Driver, ReaderInfo, Session, State

T = TypeVar("T")


def limit_driver(driver: Driver, limit: float) -> Driver:
    """``driver`` with ``limit`` seconds for each call; it informs if the driver does."""
    return _InformedLimited(driver, limit) if isinstance(driver, InformedDriver) else _Limited(driver, limit)


def _own_errors(call: Callable[[], T], where: str) -> Callable[[], T]:
    def guarded() -> T:
        try:
            return call()
        except DriverError:
            raise
        except Exception as error:
            raise DriverError("READER_DRIVER_FAILED", f"{where}: {type(error).__name__}") from error

    return guarded


class _Limited:
    def __init__(self, inner: Driver, limit: float) -> None:
        self.inner, self._limit, self.name = inner, limit, inner.name

    def readers(self) -> list[str]:
        return self._call(lambda: list(self.inner.readers()), "list")

    def state(self, reader: str) -> frozenset[State]:
        return self._call(lambda: frozenset(self.inner.state(reader)), "state")

    def open(self, reader: str) -> _LimitedSession:
        return _LimitedSession(self.inner, reader, self._limit)

    def _call(self, call: Callable[[], T], where: str) -> T:
        return limited(_own_errors(call, where), self._limit, where)


class _InformedLimited(_Limited):
    def info(self, reader: str) -> ReaderInfo:
        inner = self.inner
        assert isinstance(inner, InformedDriver)
        return self._call(lambda: inner.info(reader), "info")


class _LimitedSession:
    def __init__(self, driver: Driver, reader: str, limit: float) -> None:
        self._session: Session | None = None
        self._limit = limit
        self._worker = Worker(self._release)

        def connect() -> bytes:
            self._session = driver.open(reader)
            return bytes(self._session.atr)

        try:
            self.atr = self._call(connect, "connect")
        except BaseException:
            self._worker.close()
            raise

    def transmit(self, apdu: bytes) -> bytes:
        return self._call(lambda: bytes(self._opened().transmit(apdu)), "transmit")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        stack = ExitStack()  # entered and left in the session's thread
        self._call(lambda: stack.enter_context(self._opened().transaction()), "begin")
        try:
            yield
        except BaseException:
            with suppress(DriverError):
                self._call(stack.close, "end")
            raise
        self._call(stack.close, "end")

    def inside(self, function: Callable[[], T]) -> T:
        """Run a whole job in the session's thread."""
        return self._worker.inside(function, self._limit)

    def close(self) -> None:
        self._worker.close()

    def _opened(self) -> Session:
        assert self._session is not None
        return self._session

    def _call(self, call: Callable[[], T], where: str) -> T:
        return self._worker.call(_own_errors(call, where), self._limit, where)

    def _release(self) -> None:
        if self._session is not None:
            self._session.close()
