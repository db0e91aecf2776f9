"""What a reader driver implements, and the errors it raises.

A driver speaks for one kind of reader: ``pcsc`` (contact and contactless), ``replay`` (a recording), or a
vendor's own, given by the hook ``gateway_card_reader_drivers``. All calls may block; whoever calls gives each
a time limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager


class State(StrEnum):
    """What a reader says about itself; several can hold at once."""

    EMPTY = "empty"
    PRESENT = "present"
    MUTE = "mute"
    EXCLUSIVE = "exclusive"
    INUSE = "inuse"
    UNPOWERED = "unpowered"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """What a reader tells about itself; None where it does not."""

    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


class DriverError(Exception):
    """A reader or card could not be reached. ``reason`` is a code of ``kaigo_card_reader.reasons.REASONS``.

    ``code`` is the number that the layer below gave (for PC/SC the ``SCARD_…`` value), ``where`` the step.
    """

    def __init__(self, reason: str, where: str = "", code: int | None = None) -> None:
        shown = "" if code is None else f" (0x{code:08X})"
        super().__init__(f"{where or 'reader'}: {reason}{shown}")
        self.reason, self.where, self.code = reason, where, code


class Session(Protocol):
    """A shared connection to the card on one reader."""

    @property
    def atr(self) -> bytes:
        """The card's answer to reset; empty where the driver has none."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command; the answer ends in a status word (2 bytes). Raises :class:`DriverError`."""

    def transaction(self) -> AbstractContextManager[None]:
        """Nobody else reaches the card inside this block. Nothing is selected when it begins."""

    def close(self) -> None:
        """Leave the card as it is; safe to call twice."""


@runtime_checkable
class Driver(Protocol):
    """A reader driver. ``name`` is short and stable (``pcsc``, ``acme-face``)."""

    name: str

    def readers(self) -> Sequence[str]:
        """Names of the readers now present; empty when there is none. Raises :class:`DriverError`."""

    def state(self, reader: str) -> frozenset[State]:
        """The state of one reader, at once. Raises :class:`DriverError`."""

    def open(self, reader: str) -> Session:
        """A shared session with the card on ``reader``. Raises :class:`DriverError`."""


@runtime_checkable
class InformedDriver(Protocol):
    """A driver that can also say what a reader is."""

    def info(self, reader: str) -> ReaderInfo:
        """Vendor, model, serial, firmware, as far as the reader tells. Raises :class:`DriverError`."""


@dataclass(frozen=True, slots=True)
class Event:
    """A reader came, went or changed."""

    reader: str
    states: frozenset[State]


@runtime_checkable
class WatchingDriver(Protocol):
    """A driver that can report changes."""

    def watch(self, timeout: float) -> Iterator[Event]:
        """First the present states, then changes for ``timeout`` seconds. Raises :class:`DriverError`."""
