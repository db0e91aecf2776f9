"""PC/SC result codes: their names and the reason code that a person is shown.

Numbers from ``winscard.h`` / ``pcsclite.h``. Which of them were provoked on the real stack is said in
``docs/card-readers.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaigo_card_reader.drivers._interface import DriverError


@dataclass(frozen=True, slots=True)
class Code:
    """One result code."""

    name: str
    reason: str


CANCELLED: Final = 0x80100002
TIMEOUT: Final = 0x8010000A
NO_READERS: Final = 0x8010002E
UNPOWERED: Final = 0x80100067
RESET: Final = 0x80100068
REMOVED: Final = 0x80100069

CODES: Final = {
    0x8010001D: Code("SCARD_E_NO_SERVICE", "READER_SERVICE_DOWN"),
    0x8010001E: Code("SCARD_E_SERVICE_STOPPED", "READER_SERVICE_DOWN"),
    0x80100013: Code("SCARD_F_COMM_ERROR", "READER_SERVICE_DOWN"),
    0x80100003: Code("SCARD_E_INVALID_HANDLE", "READER_SERVICE_DOWN"),
    0x00000109: Code("ERROR_BROKEN_PIPE", "READER_REMOTE_SESSION"),
    NO_READERS: Code("SCARD_E_NO_READERS_AVAILABLE", "READER_NONE"),
    0x80100009: Code("SCARD_E_UNKNOWN_READER", "READER_GONE"),
    0x80100017: Code("SCARD_E_READER_UNAVAILABLE", "READER_GONE"),
    0x8010000C: Code("SCARD_E_NO_SMARTCARD", "READER_NO_CARD"),
    0x8010000B: Code("SCARD_E_SHARING_VIOLATION", "READER_IN_USE"),
    TIMEOUT: Code("SCARD_E_TIMEOUT", "READER_HUNG"),
    CANCELLED: Code("SCARD_E_CANCELLED", "READER_HUNG"),
    0x8010000F: Code("SCARD_E_PROTO_MISMATCH", "CARD_PROTOCOL"),
    0x80100065: Code("SCARD_W_UNSUPPORTED_CARD", "CARD_PROTOCOL"),
    0x80100066: Code("SCARD_W_UNRESPONSIVE_CARD", "CARD_MUTE"),
    UNPOWERED: Code("SCARD_W_UNPOWERED_CARD", "CARD_MUTE"),
    RESET: Code("SCARD_W_RESET_CARD", "CARD_RESET"),
    REMOVED: Code("SCARD_W_REMOVED_CARD", "CARD_REMOVED"),
    0x80100016: Code("SCARD_E_NOT_TRANSACTED", "CARD_REMOVED"),
}


def error_of(result: int, where: str) -> DriverError:
    """The error of a result that is not success; an unlisted number becomes READER_TROUBLE."""
    number = result & 0xFFFFFFFF  # pyscard gives it signed on some platforms
    known = CODES.get(number)
    return DriverError(known.reason if known else "READER_TROUBLE", where, number)


def name_of(number: int) -> str:
    """The code's name, or its number where it has none here."""
    known = CODES.get(number)
    return known.name if known else f"0x{number:08X}"
