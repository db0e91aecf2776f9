"""The guard below every driver: an allow-list of commands. A diagnosis changes no card and spends no try.

Allowed: SELECT, READ BINARY, READ RECORD, the reader's GET DATA (card identifier), and the status query of a
PIN, which is exactly ``00 20 00 80`` and costs nothing. A PIN passes only with a :class:`Permit`, which names
the PIN and is good for one attempt.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeVar, cast

from kaigo_card_reader.card._facts import PINS, PinName
from kaigo_card_reader.drivers._interface import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kaigo_card_reader.drivers._interface import Session

T = TypeVar("T")

STATUS_QUERY: Final = b"\x00\x20\x00\x80"
_READING: Final = frozenset({(0x00, 0xA4), (0x00, 0xB0), (0x00, 0xB2)})
_CARD_IDENTIFIER: Final = b"\xff\xca\x00\x00\x00"
_HEADER: Final = 4
_STATUS_WORD: Final = 2
_SUCCESS: Final = b"\x90\x00"


class Refused(Exception):
    """The guard stopped a command; nothing was sent. The text names the header only, never data."""


class PinNotTried(Exception):
    """A permitted PIN was not sent; ``left`` tries remain (None where the card did not say)."""

    def __init__(self, name: PinName, left: int | None) -> None:
        super().__init__(f"the {name} PIN was not sent: {'unknown' if left is None else left} tries left")
        self.name, self.left = name, left


def allowed(apdu: bytes) -> bool:
    """Whether a command may pass without a permit."""
    if len(apdu) < _HEADER:
        return False
    return (apdu[0], apdu[1]) in _READING or apdu in {STATUS_QUERY, _CARD_IDENTIFIER}


def _select(aid: bytes) -> bytes:
    return b"\x00\xa4\x04\x0c" + bytes([len(aid)]) + aid


class Permit:
    """One attempt with one named PIN, given by a person. It cannot be copied, printed or used twice."""

    __slots__ = ("_lock", "_pin", "name")

    def __init__(self, name: PinName, pin: bytes) -> None:
        self.name, self._pin, self._lock = PinName(name), pin, threading.Lock()

    def __repr__(self) -> str:
        return f"Permit({self.name}, {'unused' if self._pin else 'used'})"

    def __reduce__(self) -> str:
        raise TypeError("a permit cannot be copied")

    def _take(self) -> bytes:
        with self._lock:
            pin, self._pin = self._pin, b""
        if not pin:
            raise Refused("the permit was used before")
        return pin


class GuardedSession:
    """A session behind the guard; the only kind that a check gets to see."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.atr = session.atr
        self._inside, self._login = False, b""

    def transmit(self, apdu: bytes) -> bytes:
        """Send an allowed command inside a transaction; :class:`Refused` for all else."""
        if not self._inside:
            raise Refused("a command outside a transaction")
        if not allowed(apdu):
            raise Refused(f"command {apdu[:_HEADER].hex()}, {len(apdu)} bytes")
        return self._answered(apdu)

    def _answered(self, apdu: bytes) -> bytes:
        answer = self._session.transmit(apdu)
        if len(answer) < _STATUS_WORD:  # "success" without a status word: the card was torn off
            raise DriverError("CARD_REMOVED", "transmit")
        return answer

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nobody else reaches the card inside this block."""
        with self._session.transaction():
            self._inside = True
            try:
                yield
            finally:
                self._inside = False
                self._log_out()

    def verify(self, permit: Permit) -> bool:
        """Try the permitted PIN once: True when right, False when wrong (one try lost).

        The tries are read in the same transaction; with one or none left, or when the card does not say, the
        PIN is not sent (:class:`PinNotTried`). The permit is used up before the PIN leaves, and nothing here
        ever tries again. On success the login lasts until the caller selects another application, at
        most until the transaction ends. Must be called inside :meth:`transaction`.
        """
        where = next(pin for pin in PINS if pin.name is permit.name)
        select = _select(where.application)
        file = b"\x00\xa4\x02\x0c\x02" + where.file.to_bytes(2, "big")
        if any(self.transmit(command)[-2:] != _SUCCESS for command in (select, file)):
            raise PinNotTried(permit.name, None)
        answer = self.transmit(STATUS_QUERY)[-2:]
        left = answer[1] & 0x0F if answer[0] == 0x63 and answer[1] & 0xF0 == 0xC0 else None  # noqa: PLR2004
        if left is None or left <= 1:
            raise PinNotTried(permit.name, left)
        pin = permit._take()  # noqa: SLF001 - the guard is the only reader of a permit
        self._login = select
        return self._answered(STATUS_QUERY + bytes([len(pin)]) + pin)[-2:] == _SUCCESS

    def _log_out(self) -> None:
        """Leave no login behind for other programs: selecting the application again drops it."""
        if self._login:
            login, self._login = self._login, b""
            with suppress(DriverError):  # a card that has gone has no login either
                self._session.transmit(login)

    def inside(self, function: Callable[[], T]) -> T:
        """Run a whole job where the session below works fastest (its own thread), or right here."""
        run = getattr(self._session, "inside", None)
        return function() if run is None else cast("T", run(function))

    def close(self) -> None:
        """Close the session below."""
        self._session.close()
