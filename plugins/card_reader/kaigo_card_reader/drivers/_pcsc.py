"""The PC/SC driver: pyscard's low-level calls, always SHARED, always under a time limit.

A fresh context for each call, because an old one never recovers from a restarted service. Contact and
contactless readers differ in the answer to reset only, so one driver serves both.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kaigo_gateway.errors import NotInstalled

from kaigo_card_reader._guard import GuardedSession
from kaigo_card_reader.drivers._codes import NO_READERS, RESET, TIMEOUT, UNPOWERED, error_of
from kaigo_card_reader.drivers._interface import DriverError, Event, ReaderInfo, State
from kaigo_card_reader.drivers._worker import Worker, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

T = TypeVar("T")

CALL_LIMIT: Final = 5.0
"""Seconds for one call: PC/SC itself has no time limit for a command."""
_UNPOWERED_PAUSE: Final = 0.3
_UNPOWERED_RETRIES: Final = 4  # transient in pcsc-lite: another program has just powered the card down
_SERIAL_IN_NAME: Final = re.compile(r"\(([0-9A-Za-z]{6,})\)")
_ATTRIBUTES: Final = {"vendor": "VENDOR_NAME", "model": "VENDOR_IFD_TYPE", "serial": "VENDOR_IFD_SERIAL_NO"}


def scard() -> ModuleType:
    """Pyscard's low-level module; :class:`NotInstalled` where the extra is missing."""
    try:
        from smartcard import scard as module
    except ImportError:
        raise NotInstalled("pyscard", "pip install 'kaigo-gateway[card]'") from None
    return module  # type: ignore[no-any-return]


class PcscDriver:
    """All readers of the machine's PC/SC service. ``limit`` is in seconds per call."""

    name = "pcsc"

    def __init__(self, limit: float = CALL_LIMIT) -> None:
        self.limit = limit

    def readers(self) -> list[str]:
        """Names as PC/SC lists them. Raises :class:`DriverError`, :class:`NotInstalled`."""
        result, names = self._with_context(lambda api, context: api.SCardListReaders(context, []), "list")
        if result & 0xFFFFFFFF == NO_READERS:
            return []
        if result:
            raise error_of(result, "list")
        return list(names)

    def state(self, reader: str) -> frozenset[State]:
        """Flags of one reader as PC/SC knows them now."""
        result, states = self._with_context(
            lambda api, context: api.SCardGetStatusChange(context, 0, [(reader, api.SCARD_STATE_UNAWARE)]),
            "state",
        )
        if result:
            raise error_of(result, "state")
        return _flags(scard(), states[0][1])

    def open(self, reader: str) -> GuardedSession:
        """A shared, guarded session."""
        return GuardedSession(_PcscSession(scard(), reader, self.limit))

    def info(self, reader: str) -> ReaderInfo:
        """What the reader tells; needs a card in it, because a card-less connection would not be SHARED."""
        session = _PcscSession(scard(), reader, self.limit)
        try:
            told = session.inside(session.told)
        finally:
            session.close()
        if told["serial"] is None and (found := _SERIAL_IN_NAME.search(reader)):
            told["serial"] = found.group(1)  # libccid writes the USB serial number into the name
        return ReaderInfo(**told)

    def watch(self, timeout: float) -> Iterator[Event]:
        """States, then changes, for ``timeout`` seconds."""
        end = time.monotonic() + timeout
        known: dict[str, int] = {}
        while True:
            left = max(0.0, end - time.monotonic())
            for reader, value in self._changes(known, left).items():
                known[reader] = value
                yield Event(reader, _flags(scard(), value))
            if left == 0.0:
                return

    def _changes(self, known: dict[str, int], wait: float) -> dict[str, int]:
        names = self.readers()
        asked = [(name, known.get(name, scard().SCARD_STATE_UNAWARE)) for name in names]
        if not asked:
            time.sleep(min(wait, 0.2))
            return {}
        milliseconds = int(min(wait, 1.0) * 1000)
        result, states = self._with_context(
            lambda api, context: api.SCardGetStatusChange(context, milliseconds, asked), "watch", extra=1.0
        )
        if result and result & 0xFFFFFFFF != TIMEOUT:
            raise error_of(result, "watch")
        changed = {name: value for name, value, _ in states if value & scard().SCARD_STATE_CHANGED}
        return {name: value & ~scard().SCARD_STATE_CHANGED for name, value in changed.items()}

    def _with_context(self, call: Callable[[Any, Any], Any], where: str, extra: float = 0.0) -> Any:
        api = scard()

        def work() -> Any:
            context = _establish(api)
            try:
                return call(api, context)
            finally:
                api.SCardReleaseContext(context)

        return limited(work, self.limit + extra, where)


first_socket: str | None = None
"""What ``PCSCLITE_CSOCK_NAME`` was at the first call of this process; libpcsclite never looks again."""


def _establish(api: Any) -> Any:
    global first_socket  # noqa: PLW0603 - it describes the process, not an object
    if first_socket is None:
        first_socket = os.environ.get("PCSCLITE_CSOCK_NAME", "")
    result, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
    if result:
        raise error_of(result, "establish")
    return context


def _flags(api: Any, value: int) -> frozenset[State]:
    return frozenset(state for state in State if value & getattr(api, f"SCARD_STATE_{state.name}"))


class _PcscSession:
    """One shared connection; every call happens in its worker, which also frees the handle."""

    def __init__(self, api: Any, reader: str, limit: float) -> None:
        self._api, self._reader, self._limit = api, reader, limit
        self._context: Any = None
        self._handle: Any = None
        self._worker = Worker(self._free)
        try:
            self._call(self._connect, "connect")
        except BaseException:
            self._worker.close()
            raise

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        command = list(apdu)
        result, answer = self._call(
            lambda: self._api.SCardTransmit(self._handle, self._protocol, command), "transmit"
        )
        if result:
            raise error_of(result, "transmit")
        return bytes(answer)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._begin()
        try:
            yield
        finally:
            with suppress(DriverError):
                self._call(
                    lambda: self._api.SCardEndTransaction(self._handle, self._api.SCARD_LEAVE_CARD), "end"
                )

    def inside(self, function: Callable[[], T]) -> T:
        """Run a whole job next to the reader: the time limit still holds for each call in it."""
        return self._worker.inside(function, self._limit)

    def told(self) -> dict[str, str | None]:
        """What the reader tells about itself, by the names of :class:`ReaderInfo`."""
        version = self._attribute("VENDOR_IFD_VERSION", text=False)
        return {key: self._attribute(name) for key, name in _ATTRIBUTES.items()} | {"firmware": version}

    def _attribute(self, name: str, *, text: bool = True) -> str | None:
        """A reader attribute as text (or version number); None where the reader has none."""
        number = getattr(self._api, f"SCARD_ATTR_{name}")
        result, value = self._call(lambda: self._api.SCardGetAttrib(self._handle, number), "attribute")
        if result or not value:
            return None
        if text:
            return bytes(value).split(b"\0")[0].decode("utf-8", "replace").strip() or None
        return f"{value[3]}.{value[2]}.{value[1] << 8 | value[0]}" if len(value) == 4 else None  # noqa: PLR2004

    def close(self) -> None:
        self._worker.close()

    def _call(self, function: Callable[[], Any], where: str) -> Any:
        return self._worker.call(function, self._limit, where)

    def _connect(self) -> None:
        api = self._api
        self._context = _establish(api)
        for attempt in range(_UNPOWERED_RETRIES + 1):
            result, handle, protocol = api.SCardConnect(
                self._context,
                self._reader,
                api.SCARD_SHARE_SHARED,
                api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1,
            )
            if result & 0xFFFFFFFF != UNPOWERED or attempt == _UNPOWERED_RETRIES:
                break
            time.sleep(_UNPOWERED_PAUSE)
        if result:
            raise error_of(result, "connect")
        self._handle = handle
        self._use(protocol)
        # not SCardStatus: pcsc-lite makes that wait for another program's transaction
        result, states = api.SCardGetStatusChange(self._context, 0, [(self._reader, api.SCARD_STATE_UNAWARE)])
        self._atr = b"" if result else bytes(states[0][2])

    def _use(self, protocol: int) -> None:
        api = self._api
        self._protocol = api.SCARD_PCI_T1 if protocol == api.SCARD_PROTOCOL_T1 else api.SCARD_PCI_T0

    def _begin(self) -> None:
        result = self._call(lambda: self._api.SCardBeginTransaction(self._handle), "begin")
        number = result & 0xFFFFFFFF
        if number in {RESET, UNPOWERED}:  # another program did it; nothing of ours is lost yet
            self._reconnect(number)
            result = self._call(lambda: self._api.SCardBeginTransaction(self._handle), "begin")
        if result:
            raise error_of(result, "begin")

    def _reconnect(self, after: int) -> None:
        api = self._api
        how = api.SCARD_LEAVE_CARD if after == RESET else api.SCARD_RESET_CARD
        both = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
        result, protocol = self._call(
            lambda: api.SCardReconnect(self._handle, api.SCARD_SHARE_SHARED, both, how), "reconnect"
        )
        if result:
            raise error_of(result, "reconnect")
        self._use(protocol)

    def _free(self) -> None:
        if self._handle is not None:
            self._api.SCardDisconnect(self._handle, self._api.SCARD_LEAVE_CARD)
        if self._context is not None:
            self._api.SCardReleaseContext(self._context)
