"""What OpenSSL tells about a handshake: alerts, the request for a certificate, what we sent, tickets.

``SSLContext._msg_callback`` is a private door of CPython (3.8 to 3.14 have it). Where it is missing, the
probe still works; only "asked" and "sent" stay unknown and alerts are read from OpenSSL's error text.
"""

from __future__ import annotations

import ssl
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ALERTS: Final = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
    40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate",
    44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
    51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 109: "missing_extension", 112: "unrecognized_name",
    116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
"""TLS alert descriptions (RFC 8446, section 6; RFC 6066)."""

_ALERT_RECORD, _HANDSHAKE_RECORD = 21, 22
_NEW_TICKET, _CERTIFICATE, _CERTIFICATE_REQUEST = 4, 11, 13
_TLS13, _CERTIFICATE_AUTHORITIES = 0x0304, 47
_VERSIONS: Final = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
_ATTRIBUTE: Final = "_kaigo_trace"

# The C attribute below that of ssl.SSLContext, which makes an enum of each number, 40 times a handshake.
_DOOR: Any = getattr(ssl.SSLContext.__base__, "_msg_callback", None)
TRACING: Final = _DOOR is not None
"""Whether this Python reports TLS messages."""


@dataclass(slots=True)
class Trace:
    """One connection's trace, filled while the handshake runs."""

    asked: bool = False
    issuers: tuple[bytes, ...] = ()
    sent: tuple[bytes, ...] = ()
    tickets: int = 0
    alert_in: str | None = None
    alert_out: str | None = None
    version: str | None = None

    def message(self, direction: str, version: int, record: int, data: bytes) -> None:
        """One TLS message as OpenSSL reports it."""
        if record == _ALERT_RECORD and len(data) > 1:
            self._alert(direction, ALERTS.get(data[1], f"alert_{data[1]}"))
        elif record == _HANDSHAKE_RECORD and data:
            if direction == "read":
                self.version = _VERSIONS.get(version, self.version)
            self._handshake(direction, version, data[0], data[4:])

    def _alert(self, direction: str, name: str) -> None:
        if name == "close_notify":  # the proper end of a connection, no complaint
            return
        if direction == "read":
            self.alert_in = self.alert_in or name
        else:
            self.alert_out = self.alert_out or name

    def _handshake(self, direction: str, version: int, kind: int, body: bytes) -> None:
        if direction == "read" and kind == _CERTIFICATE_REQUEST:
            self.asked = True
            self.issuers = _whole(_issuers(body, version))
        elif direction == "read" and kind == _NEW_TICKET:
            self.tickets += 1
        elif direction == "write" and kind == _CERTIFICATE:
            self.sent = _whole(_certificates(body, version))


def _whole(items: Iterator[bytes]) -> tuple[bytes, ...]:
    """All items, or as many as a malformed message yields."""
    found: list[bytes] = []
    try:
        found.extend(items)
    except (struct.error, IndexError):
        return tuple(found)
    return tuple(found)


def _names(block: bytes) -> Iterator[bytes]:
    while block:
        (length,) = struct.unpack_from(">H", block)
        yield block[2 : 2 + length]
        block = block[2 + length :]


def _issuers(body: bytes, version: int) -> Iterator[bytes]:
    """DER names in a CertificateRequest (RFC 8446 4.3.2 and 4.2.4; RFC 5246 7.4.4)."""
    if version != _TLS13:
        body = body[1 + body[0] :]  # certificate types
        (length,) = struct.unpack_from(">H", body)
        yield from _names(body[2 + length + 2 :])  # signature algorithms, then the names' length
        return
    body = body[1 + body[0] + 2 :]  # request context, length of all extensions
    while body:
        kind, length = struct.unpack_from(">HH", body)
        if kind == _CERTIFICATE_AUTHORITIES:
            yield from _names(body[6 : 4 + length])
        body = body[4 + length :]


def _certificates(body: bytes, version: int) -> Iterator[bytes]:
    """DER certificates in a Certificate message (RFC 8446 4.4.2; RFC 5246 7.4.2)."""
    body = body[1 + body[0] + 3 :] if version == _TLS13 else body[3:]
    while body:
        end = 3 + int.from_bytes(body[:3], "big")
        yield body[3:end]
        body = body[end:]
        if version == _TLS13:
            (length,) = struct.unpack_from(">H", body)
            body = body[2 + length :]


def _dispatch(connection: Any, direction: str, version: int, record: int, _kind: int, data: bytes) -> None:
    trace = getattr(connection, _ATTRIBUTE, None)
    if trace is not None:
        trace.message(direction, version, record, data)


def listen(context: ssl.SSLContext) -> None:
    """Let ``context`` report its messages; connections are told apart by :func:`attach`."""
    inner = getattr(context, "_ctx", context)  # truststore wraps the real context
    if TRACING and isinstance(inner, ssl.SSLContext):
        _DOOR.__set__(inner, _dispatch)


def attach(connection: ssl.SSLObject) -> Trace:
    """A fresh trace for one connection."""
    trace = Trace()
    setattr(connection, _ATTRIBUTE, trace)
    return trace
