"""Recording what a driver saw, redacted at once, so that a bug report can be replayed.

Kept: reader names (without serial numbers), states, commands without data (SELECT with it), status words,
milliseconds, errors, the token label, and of the certificate its length and the month in which it ends. All
other data from the card is replaced by its length before it is kept.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kaigo_card_reader.card._atr import is_known
from kaigo_card_reader.card._facts import AUTH_CERTIFICATE, TOKEN, TOKENS
from kaigo_card_reader.card._reading import CERTIFICATE_LIMIT, UnreadableCertificate, end_of
from kaigo_card_reader.card._validity import last_day
from kaigo_card_reader.drivers._interface import DriverError, InformedDriver
from kaigo_card_reader.drivers._mask import mask
from kaigo_card_reader.drivers._recording import SCHEMA, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kaigo_card_reader.drivers._interface import Driver, ReaderInfo, Session, State

T = TypeVar("T")

_SERIAL: Final = re.compile(r"\([0-9A-Za-z]{6,}\)")
_SELECT_FILE: Final = bytes.fromhex("00A4020C02")
_READ: Final = b"\x00\xb0"
_LABELS: Final = frozenset(TOKENS)


def public_name(reader: str) -> str:
    """The reader's name without a serial number (libccid writes it in brackets)."""
    return _SERIAL.sub("(serial)", reader)


class RecordingDriver:
    """Behaves like ``driver`` and keeps a redacted account of it; :meth:`save` writes it."""

    def __init__(self, driver: Driver, events: list[dict[str, Any]] | None = None) -> None:
        """``events`` is given where several drivers share one account."""
        self._driver = driver
        self.name = driver.name
        self.events = [] if events is None else events

    def readers(self) -> Sequence[str]:
        """As the driver."""
        return self._noted(
            {"call": "readers"}, self._driver.readers, lambda names: list(map(public_name, names))
        )

    def state(self, reader: str) -> frozenset[State]:
        """As the driver."""
        event = {"call": "state", "reader": public_name(reader)}
        return self._noted(event, lambda: self._driver.state(reader), sorted)

    def open(self, reader: str) -> RecordingSession:
        """As the driver."""
        event = {"call": "open", "reader": public_name(reader)}
        session = self._noted(event, lambda: self._driver.open(reader), _known_atr)
        return RecordingSession(session, self, public_name(reader))

    def info(self, reader: str) -> ReaderInfo:
        """As the driver; without the serial number in the account."""
        from kaigo_card_reader.drivers._interface import ReaderInfo

        def told() -> ReaderInfo:
            return self._driver.info(reader) if isinstance(self._driver, InformedDriver) else ReaderInfo()

        event = {"call": "info", "reader": public_name(reader)}
        return self._noted(
            event, told, lambda info: {"vendor": info.vendor, "model": info.model, "firmware": info.firmware}
        )

    def document(self) -> dict[str, Any]:
        """The account as a JSON document; it goes through the model, which allows listed parts only."""
        return Recording.model_validate(
            {"schema": SCHEMA, "driver": self.name, "events": self.events}
        ).document()

    def save(self, path: Path) -> None:
        """Write the account as UTF-8 JSON; ``OSError`` where that fails."""
        path.write_text(json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _noted(self, event: dict[str, Any], call: Callable[[], T], show: Callable[[T], Any]) -> T:
        started = time.perf_counter()
        try:
            value = call()
        except DriverError as error:
            event["error"] = {"reason": error.reason, "where": error.where, "code": error.code}
            raise
        else:
            event["answer"] = show(value)
            return value
        finally:
            event["ms"] = round((time.perf_counter() - started) * 1000, 3)
            self.events.append(event)


class RecordingSession:
    """A session whose commands are kept in redacted form.

    It has no ``inside``: jobs run in the caller's thread, so that a call that hangs is kept as well.
    """

    def __init__(self, session: Session, driver: RecordingDriver, reader: str) -> None:
        self._session, self._driver, self._reader = session, driver, reader
        self.atr = session.atr
        self._file = 0
        self._certificate = b""
        self._certificate_events: list[dict[str, Any]] = []

    def transmit(self, apdu: bytes) -> bytes:
        """As the session below."""
        event: dict[str, Any] = {"call": "transmit", "reader": self._reader, "command": mask(apdu)}
        answer = self._driver._noted(event, lambda: self._session.transmit(apdu), lambda _: None)  # noqa: SLF001
        if apdu.startswith(_SELECT_FILE):
            self._file = int.from_bytes(apdu[5:7], "big")
        event["answer"] = self._redacted(apdu, answer)
        if apdu[:2] == _READ and self._file == AUTH_CERTIFICATE:
            self._keep_certificate(apdu, answer, event)
        return answer

    def _redacted(self, apdu: bytes, answer: bytes) -> dict[str, Any]:
        data, word = answer[:-2], answer[-2:].hex().upper()
        shown: dict[str, Any] = {"word": word, "length": len(data)}
        if apdu[:2] == _READ and self._file == TOKEN and data.rstrip(b"\0 ") in _LABELS:
            shown["text"] = data.decode("ascii")
        return shown

    def _keep_certificate(self, apdu: bytes, answer: bytes, event: dict[str, Any]) -> None:
        offset = apdu[2] << 8 | apdu[3]
        self._certificate = self._certificate[:offset] + answer[:-2]
        event["answer"]["offset"] = offset
        self._certificate_events.append(event)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """As the session below; the end of the certificate is worked out when it is over."""
        with ExitStack() as stack:
            transaction = self._session.transaction()
            event = {"call": "begin", "reader": self._reader}
            self._driver._noted(event, lambda: stack.enter_context(transaction), lambda _: None)  # noqa: SLF001
            try:
                yield
            finally:
                self._reduce_certificate()

    def _reduce_certificate(self) -> None:
        """Keep the announced length and the month; the certificate itself is dropped here."""
        head = self._certificate[:4]
        length = 4 + int.from_bytes(head[2:], "big") if head[:2] == b"\x30\x82" else 0
        length = 0 if length > CERTIFICATE_LIMIT else length
        try:
            until = f"{last_day(end_of(self._certificate)):%Y-%m}"
        except UnreadableCertificate:  # torn off half-way, or no certificate
            until = None
        for event in self._certificate_events:
            event["answer"]["certificate"] = {"length": length, "until": until}
        self._certificate, self._certificate_events = b"", []

    def close(self) -> None:
        """As the session below."""
        self._session.close()


def _known_atr(session: Session) -> str | None:
    """The answer to reset where it is one of a known kind; others can hold a card's own number."""
    return session.atr.hex().upper() if is_known(session.atr) else None
