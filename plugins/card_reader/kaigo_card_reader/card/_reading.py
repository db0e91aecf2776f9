"""Reading what a check needs from a card, inside a transaction: token kind, tries left, end of validity.

Nothing personal: no 基本4情報, no 個人番号, and of the certificate only the day on which it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from kaigo_card_reader.card._facts import AUTH_CERTIFICATE, JPKI, TOKEN, TOKENS, PinObject, Token

if TYPE_CHECKING:
    import datetime as dt

SUCCESS: Final = 0x9000
NOT_FOUND: Final = 0x6A82
NOT_ALLOWED: Final = 0x6982
BLOCKED: Final = 0x6984
_CHUNK: Final = 256
CERTIFICATE_LIMIT: Final = 8192
"""Bytes; a longer length field is garbage."""


class Channel(Protocol):
    """Something that answers commands."""

    def transmit(self, apdu: bytes) -> bytes:
        """Data and status word."""


class CardAnswer(Exception):
    """The card said something else than success; ``word`` is the status word, ``step`` what was asked."""

    def __init__(self, word: int, step: str) -> None:
        super().__init__(f"{step}: {word:04X}")
        self.word, self.step = word, step


class UnreadableCertificate(Exception):
    """The file is there but holds no certificate."""


def ask(channel: Channel, apdu: bytes, step: str) -> bytes:
    """The answer's data; :class:`CardAnswer` unless the card said 9000."""
    answer = channel.transmit(apdu)
    word = int.from_bytes(answer[-2:], "big")
    if word != SUCCESS:
        raise CardAnswer(word, step)
    return answer[:-2]


def select_application(channel: Channel, aid: bytes, step: str) -> None:
    """Select an application by its name; drops any login."""
    ask(channel, b"\x00\xa4\x04\x0c" + bytes([len(aid)]) + aid, step)


def select_file(channel: Channel, file: int, step: str) -> None:
    """Select a file below the application (works with P1=02 only)."""
    ask(channel, b"\x00\xa4\x02\x0c\x02" + file.to_bytes(2, "big"), step)


def read_token(channel: Channel) -> Token:
    """What answers as JPKI; the JPKI application must be selected."""
    select_file(channel, TOKEN, "token")
    label = ask(channel, b"\x00\xb0\x00\x00\x20", "token").rstrip(b"\0 ")
    return TOKENS.get(label, Token.OTHER)


def tries_left(channel: Channel, pin: PinObject) -> int | None:
    """Tries left of a PIN, at no cost; None where the card has no such PIN or does not say.

    The application of the PIN must be selected.
    """
    try:
        select_file(channel, pin.file, "pin")
    except CardAnswer as answer:
        if answer.word == NOT_FOUND:
            return None
        raise
    word = int.from_bytes(channel.transmit(b"\x00\x20\x00\x80")[-2:], "big")
    if word == BLOCKED:
        return 0
    return word & 0x0F if word & 0xFFF0 == 0x63C0 else None  # noqa: PLR2004 - 63Cx, x tries


def certificate_end(channel: Channel) -> dt.datetime:
    """End of validity (UTC) of the authentication certificate; the JPKI application must be selected.

    Raises :class:`CardAnswer` where it cannot be read and :class:`UnreadableCertificate`.
    """
    select_file(channel, AUTH_CERTIFICATE, "certificate")
    data = ask(channel, b"\x00\xb0\x00\x00\x04", "certificate")
    total = _length(data)
    data = b""
    while len(data) < total:
        count, offset = min(_CHUNK, total - len(data)), len(data)
        part = ask(channel, bytes([0, 0xB0, offset >> 8, offset & 0xFF, count & 0xFF]), "certificate")
        if not part:
            raise UnreadableCertificate
        data += part
    return end_of(data[:total])


def _length(head: bytes) -> int:
    """Whole length of a DER sequence of 256 bytes or more, as every certificate is."""
    total = 4 + int.from_bytes(head[2:4], "big")
    if head[:2] != b"\x30\x82" or total > CERTIFICATE_LIMIT:
        raise UnreadableCertificate
    return total


def end_of(certificate: bytes) -> dt.datetime:
    """End of validity (UTC) of a DER certificate; nothing else of it is kept."""
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(certificate).not_valid_after_utc
    except ValueError:
        raise UnreadableCertificate from None


def select_jpki(channel: Channel) -> None:
    """Select the JPKI application: this, not the answer to reset, tells a My Number card."""
    select_application(channel, JPKI, "select")
