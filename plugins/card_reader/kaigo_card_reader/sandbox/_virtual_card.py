"""A virtual My Number card: a pure state machine from command to answer, without any input or output.

Behaviour follows the public clients named in ``card/_facts.py``. Seen on a real card: 6982 before a PIN, the
four-byte status query, 63Cx. Taken from ISO 7816-4 and not attested by a real card: 6986 with nothing
selected, 6A82 for a missing file.
"""

# ruff: noqa: PLR2004 - the numbers are those of ISO 7816-4 and say nothing more under a name

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

OK: Final = b"\x90\x00"
WRONG_LENGTH: Final = b"\x67\x00"
NOT_A_FILE_FOR_THIS: Final = b"\x69\x81"
NOT_ALLOWED: Final = b"\x69\x82"
BLOCKED: Final = b"\x69\x84"
NO_KEY: Final = b"\x69\x85"
NOTHING_SELECTED: Final = b"\x69\x86"
NO_FUNCTION: Final = b"\x6a\x81"
NOT_FOUND: Final = b"\x6a\x82"
WRONG_P1P2: Final = b"\x6a\x86"
WRONG_OFFSET: Final = b"\x6b\x00"
NO_INSTRUCTION: Final = b"\x6d\x00"
NO_CLASS: Final = b"\x6e\x00"
PIN_INSTRUCTIONS: Final = frozenset({0x20, 0x24, 0x2C})


@dataclass(slots=True)
class Pin:
    """A PIN object: its value, its limit and what is left."""

    value: bytes
    limit: int
    left: int


@dataclass(slots=True)
class File:
    """An elementary file: data, a PIN object or a key; ``needs`` is the PIN file to verify before use."""

    data: bytes = b""
    pin: Pin | None = None
    key: RSAPrivateKey | None = None
    needs: int | None = None


Application = dict[int, File]


@dataclass(slots=True)
class Command:
    """A parsed command; ``le`` is None where no answer length was given."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None


def parse(apdu: bytes) -> Command:
    """Short and extended length, all four cases; ``ValueError`` for a length that does not fit."""
    if len(apdu) < 4:
        raise ValueError("shorter than a header")
    body = apdu[4:]
    data, le = _extended(body) if len(body) > 1 and body[0] == 0 else _short(body)
    return Command(apdu[0], apdu[1], apdu[2], apdu[3], data, le)


def _short(body: bytes) -> tuple[bytes, int | None]:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or 256
    count, rest = body[0], body[1 + body[0] :]
    if len(body) < 1 + count or len(rest) > 1:
        raise ValueError("length does not fit")
    return body[1 : 1 + count], (rest[0] or 256) if rest else None


def _extended(body: bytes) -> tuple[bytes, int | None]:
    if len(body) == 3:
        return b"", int.from_bytes(body[1:3], "big") or 65536
    count = int.from_bytes(body[1:3], "big")
    rest = body[3 + count :]
    if not count or len(body) < 3 + count or len(rest) not in {0, 2}:
        raise ValueError("length does not fit")
    return body[3 : 3 + count], (int.from_bytes(rest, "big") or 65536) if rest else None


@dataclass(slots=True)
class VirtualCard:
    """The card. ``pins_received`` counts commands that carried a PIN: a diagnosis must leave it at nought."""

    applications: dict[bytes, Application]
    atr: bytes
    pins_received: int = 0
    wrong_pins: int = 0
    log: list[tuple[bytes, bytes]] = field(default_factory=list)
    _application: Application | None = None
    _file: File | None = None
    _file_id: int = 0
    _verified: set[int] = field(default_factory=set)

    def reset(self) -> None:
        """Power cycle or reset: nothing is selected, nobody is logged in."""
        self._application = self._file = None
        self._verified.clear()

    def process(self, apdu: bytes) -> bytes:
        """Answer one command. The log keeps the header of a command that carries a PIN, never the PIN."""
        try:
            command = parse(apdu)
        except ValueError:
            answer = WRONG_LENGTH
        else:
            answer = self._answer(command)
        carries_pin = len(apdu) > 5 and apdu[1] in PIN_INSTRUCTIONS
        self.pins_received += carries_pin
        self.log.append((apdu[:5] if carries_pin else apdu, answer))
        return answer

    def _answer(self, command: Command) -> bytes:
        if command.cla == 0xFF:
            return NO_FUNCTION  # for the reader's firmware, which a virtual reader does not have
        handlers: dict[tuple[int, int], Callable[[Command], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read,
            (0x00, 0x20): self._verify,
            (0x00, 0x24): self._change,
            (0x80, 0x2A): self._sign,
        }
        handler = handlers.get((command.cla, command.ins))
        if handler is None:
            return NO_INSTRUCTION if command.cla in {0x00, 0x80} else NO_CLASS
        if self._application is None and command.ins != 0xA4:
            return NOTHING_SELECTED
        return handler(command)

    def _select(self, command: Command) -> bytes:
        if command.p1 == 0x04:
            return self._select_application(command.data)
        if command.p1 != 0x02 or len(command.data) != 2:
            return WRONG_P1P2
        if self._application is None:
            return NOTHING_SELECTED
        file_id = int.from_bytes(command.data, "big")
        if file_id not in self._application:
            return NOT_FOUND
        self._file, self._file_id = self._application[file_id], file_id
        return OK

    def _select_application(self, aid: bytes) -> bytes:
        if aid not in self.applications:
            return NOT_FOUND
        self._application, self._file = self.applications[aid], None
        self._verified.clear()  # OpenSC's logout relies on it
        return OK

    def _read(self, command: Command) -> bytes:
        file, offset = self._file, command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            assert self._application is not None
            file, offset = self._application.get(command.p1 & 0x1F), command.p2
            if file is None:
                return NOT_FOUND
        if file is None:
            return NOTHING_SELECTED
        if file.pin or file.key:
            return NOT_A_FILE_FOR_THIS
        if not self._allowed(file):
            return NOT_ALLOWED
        if offset > len(file.data):
            return WRONG_OFFSET
        return file.data[offset : offset + (command.le or 256)] + OK

    def _allowed(self, file: File) -> bool:
        return file.needs is None or file.needs in self._verified

    def _verify(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0x00, 0x80):
            return WRONG_P1P2
        pin = self._file.pin if self._file else None
        if pin is None:
            return NOTHING_SELECTED
        if not command.data:
            return bytes([0x63, 0xC0 | pin.left])
        if pin.left == 0:
            return BLOCKED
        if command.data == pin.value:
            pin.left = pin.limit
            self._verified.add(self._file_id)
            return OK
        self.wrong_pins += 1
        pin.left -= 1
        self._verified.discard(self._file_id)
        return bytes([0x63, 0xC0 | pin.left])

    def _change(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0x01, 0x80):
            return WRONG_P1P2
        pin = self._file.pin if self._file else None
        if pin is None:
            return NOTHING_SELECTED
        if self._file_id not in self._verified:
            return NOT_ALLOWED
        pin.value = command.data
        return OK

    def _sign(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0x00, 0x80):
            return WRONG_P1P2
        key = self._file.key if self._file else None
        if key is None or self._file is None:
            return NO_KEY
        if not self._allowed(self._file):
            return NOT_ALLOWED
        numbers = key.private_numbers()
        modulus = numbers.public_numbers.n
        size = (modulus.bit_length() + 7) // 8
        if len(command.data) > size - 11:
            return WRONG_LENGTH
        padded = b"\x00\x01" + b"\xff" * (size - len(command.data) - 3) + b"\x00" + command.data
        return pow(int.from_bytes(padded, "big"), numbers.d, modulus).to_bytes(size, "big") + OK
