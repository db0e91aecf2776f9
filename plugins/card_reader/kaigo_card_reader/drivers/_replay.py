"""A driver that replays a recording: a bug report becomes a reader again, on any machine.

Answers come in the recorded order, per reader and call. Data that was redacted is made up: noughts, and for
the certificate an invented one of the same length that ends in the same month.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_card_reader.drivers._interface import DriverError, ReaderInfo, State
from kaigo_card_reader.drivers._mask import mask
from kaigo_card_reader.drivers._recording import SCHEMA, Answer, Readers, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kaigo_card_reader.drivers._recording import Event

_HOW: Final = N_("Give a file that `kaigo-gateway reader check --record FILE` wrote.")


def load_recording(path: Path) -> Recording:
    """A recording from a file; :class:`InputError` where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "UTF-8"
        message = N_("The recording {path} cannot be read: {why}.")
        raise InputError(message, _HOW, domain="kaigo_card_reader", path=path, why=why) from None
    try:
        return Recording.model_validate_json(text)
    except ValueError:
        message = N_("{path} is not a reader recording (schema {schema}).")
        raise InputError(message, _HOW, domain="kaigo_card_reader", path=path, schema=SCHEMA) from None


class ReplayDriver:
    """Replays a recording; ``DriverError`` REPLAY_DIFFERS when asked what was not recorded."""

    name = "replay"

    def __init__(self, recording: Recording) -> None:
        self._queues: dict[tuple[str, str], deque[Event]] = {}
        for event in recording.events:
            self._queues.setdefault((event.call, event.reader), deque()).append(event)

    @classmethod
    def from_file(cls, path: Path) -> ReplayDriver:
        """Raises :class:`InputError` where the file is no recording."""
        return cls(load_recording(path))

    def readers(self) -> list[str]:
        """The recorded names; where only some readers were looked at, only those."""
        looks = self._queues.get(("readers", ""), deque())
        names = [name for look in looks if isinstance(look, Readers) for name in look.answer]
        if not names and looks:  # only troubles were seen: give the first again
            self._next("readers", "", keep=True)
        looked_at = {reader for call, reader in self._queues if call != "readers"}
        return [name for name in dict.fromkeys(names) if not looked_at or name in looked_at]

    def state(self, reader: str) -> frozenset[State]:
        """The recorded states."""
        return frozenset(state for state in State if state in self._next("state", reader, keep=True))

    def open(self, reader: str) -> _ReplaySession:
        """The next recorded session."""
        return _ReplaySession(self, reader, bytes.fromhex(self._next("open", reader) or ""))

    def info(self, reader: str) -> ReaderInfo:
        """What the reader told, without its serial number."""
        return ReaderInfo(**self._next("info", reader, keep=True))

    def _next(self, call: str, reader: str, *, keep: bool = False) -> Any:
        """The next answer of this kind; with ``keep`` the last one is given again and again."""
        queue = self._queues.get((call, reader))
        if not queue:
            raise DriverError("REPLAY_DIFFERS", call)
        event = queue[0] if keep and len(queue) == 1 else queue.popleft()
        if event.error is not None:
            raise DriverError(event.error.reason, event.error.where, event.error.code)
        return event.answer

    def _command(self, reader: str, apdu: bytes) -> bytes:
        queue = self._queues.get(("transmit", reader))
        if not queue or getattr(queue[0], "command", None) != mask(apdu):
            raise DriverError("REPLAY_DIFFERS", mask(apdu))
        answer = self._next("transmit", reader)
        if not isinstance(answer, Answer):
            raise DriverError("REPLAY_DIFFERS", mask(apdu))
        return _data(answer) + bytes.fromhex(answer.word)


class _ReplaySession:
    def __init__(self, driver: ReplayDriver, reader: str, atr: bytes) -> None:
        self._driver, self._reader, self.atr = driver, reader, atr

    def transmit(self, apdu: bytes) -> bytes:
        return self._driver._command(self._reader, apdu)  # noqa: SLF001 - one unit

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._driver._next("begin", self._reader)  # noqa: SLF001 - one unit
        yield

    def close(self) -> None:
        """Nothing is held."""


def _data(answer: Answer) -> bytes:
    if answer.text is not None:
        return answer.text.encode("ascii")
    kept = answer.certificate
    if kept is None or not kept.length:
        return bytes(answer.length)
    whole = _invented(kept.length, kept.until) if kept.until else _torn(kept.length)
    return whole[answer.offset : answer.offset + answer.length]


def _torn(size: int) -> bytes:
    """A certificate that could not be read to its end: its announced length, then noughts."""
    return b"\x30\x82" + (size - 4).to_bytes(2, "big") + bytes(size - 4)


@cache
def _invented(length: int, until: str) -> bytes:
    """A self-signed certificate of ``length`` bytes that ends within the month ``until`` (YYYY-MM)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.generate()  # its signatures all have one length
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "REDACTED")])
    year, month = map(int, until.split("-"))
    end = dt.datetime(year, month, 15, tzinfo=dt.UTC)

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

    return build(_FILLER + max(0, length - len(build(_FILLER))))


_FILLER: Final = 300
"""Bytes of padding from which on a byte more of it makes the certificate a byte longer."""
