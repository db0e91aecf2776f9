"""A driver that replays a recording: a bug report becomes a reader again, on any machine.

Answers come in the recorded order, per reader and call. Data that was redacted is made up: noughts, and for
the certificate an invented one of the same length that ends in the same month.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_card_reader.drivers._interface import DriverError, ReaderInfo, State
from kaigo_card_reader.drivers._mask import mask
from kaigo_card_reader.drivers._record import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DOMAIN: Final = "kaigo_card_reader"


def load_recording(path: Path) -> dict[str, Any]:
    """The document of a recording; :class:`InputError` where it is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no JSON"
        raise InputError(
            N_("The recording {path} cannot be read: {why}."),
            N_("Give a file that `kaigo-gateway reader check --record FILE` wrote."),
            domain=_DOMAIN,
            path=path,
            why=why,
        ) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(
            N_("{path} is not a reader recording (schema {schema})."),
            N_("Give a file that `kaigo-gateway reader check --record FILE` wrote."),
            domain=_DOMAIN,
            path=path,
            schema=SCHEMA,
        )
    return document


class ReplayDriver:
    """Replays a recording's document; ``DriverError`` REPLAY_DIFFERS when asked what was not recorded."""

    name = "replay"

    def __init__(self, document: dict[str, Any]) -> None:
        self._queues: dict[tuple[str, str], deque[dict[str, Any]]] = {}
        for event in document["events"]:
            self._queues.setdefault((event["call"], event.get("reader", "")), deque()).append(event)

    @classmethod
    def from_file(cls, path: Path) -> ReplayDriver:
        """Raises :class:`InputError` where the file is no recording."""
        return cls(load_recording(path))

    def readers(self) -> list[str]:
        """The recorded names."""
        return list(self._next("readers", "", keep=True))

    def state(self, reader: str) -> frozenset[State]:
        """The recorded states."""
        return frozenset(map(State, self._next("state", reader, keep=True)))

    def open(self, reader: str) -> _ReplaySession:
        """The next recorded session."""
        return _ReplaySession(self, reader, bytes.fromhex(self._next("open", reader) or ""))

    def info(self, reader: str) -> ReaderInfo:
        """What the reader told, without its serial number."""
        return ReaderInfo(**(self._next("info", reader, keep=True) or {}))

    def _next(self, call: str, reader: str, *, keep: bool = False) -> Any:
        """The next answer of this kind; with ``keep`` the last one is given again and again."""
        queue = self._queues.get((call, reader))
        if not queue:
            raise DriverError("REPLAY_DIFFERS", call)
        event = queue[0] if keep and len(queue) == 1 else queue.popleft()
        return _answer(event)

    def _command(self, reader: str, apdu: bytes) -> bytes:
        queue = self._queues.get(("transmit", reader))
        if not queue or queue[0]["command"] != mask(apdu):
            raise DriverError("REPLAY_DIFFERS", mask(apdu))
        answer = _answer(queue.popleft())
        return _data(answer) + bytes.fromhex(answer["word"])


class _ReplaySession:
    def __init__(self, driver: ReplayDriver, reader: str, atr: bytes) -> None:
        self._driver, self._reader, self.atr = driver, reader, atr

    def transmit(self, apdu: bytes) -> bytes:
        return self._driver._command(self._reader, apdu)  # noqa: SLF001 - one unit

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def close(self) -> None:
        """Nothing is held."""


def _answer(event: dict[str, Any]) -> Any:
    if error := event.get("error"):
        raise DriverError(error["reason"], error["where"], error["code"])
    return event["answer"]


def _data(answer: dict[str, Any]) -> bytes:
    if text := answer.get("text"):
        return str(text).encode("ascii")
    length = int(answer["length"])
    kept = answer.get("certificate")
    if not kept or not kept["length"]:
        return bytes(length)
    size = int(kept["length"])
    whole = _invented(size, kept["until"]) if kept["until"] else _head(size) + bytes(size - 4)
    return whole[answer["offset"] : answer["offset"] + length]


def _head(size: int) -> bytes:
    """The beginning of a certificate that could not be read to its end."""
    return b"\x30\x82" + (size - 4).to_bytes(2, "big")


@cache
def _invented(length: int, until: str) -> bytes:
    """A self-signed certificate of ``length`` bytes that ends within the month ``until`` (YYYY-MM)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.generate()  # its signatures all have one length
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "REDACTED")])
    end = dt.datetime.strptime(f"{until}-15", "%Y-%m-%d").replace(tzinfo=dt.UTC)

    def build(padding: int) -> bytes:
        filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), bytes(padding))
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(end - dt.timedelta(days=1))
            .not_valid_after(end)
            .add_extension(filler, critical=False)
        )
        return builder.sign(key, None).public_bytes(Encoding.DER)

    return build(300 + length - len(build(300)))
