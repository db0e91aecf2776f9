"""A reader driver over a vendor's local HTTP service (the API is invented for this example).

``GET /readers`` lists readers, ``POST /sessions`` opens one, ``POST /sessions/ID/begin|end`` brackets a
transaction, ``POST /sessions/ID/apdu`` sends a command, ``DELETE /sessions/ID`` closes.
"""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kaigo_card_reader import DriverError, ReaderInfo, State

if TYPE_CHECKING:
    from collections.abc import Iterator

_REASONS = {
    404: "READER_GONE",
    409: "READER_IN_USE",
    410: "CARD_REMOVED",
    422: "CARD_MUTE",
    423: "READER_BUSY",
}


class AcmeFaceReader:
    """All readers of the vendor's service on this machine; ``limit`` is in seconds per call."""

    name = "acme-face"

    def __init__(self, port: int, limit: float = 5.0) -> None:
        self._port, self._limit = port, limit

    def readers(self) -> list[str]:
        """Names as the vendor's service gives them."""
        return [row["name"] for row in self.ask("GET", "/readers", "list")]

    def state(self, reader: str) -> frozenset[State]:
        """Empty, or present and perhaps in use."""
        row = self._row(reader, "state")
        found = {State.PRESENT if row["card"] else State.EMPTY}
        return frozenset(found | ({State.INUSE} if row["busy"] else set()))

    def open(self, reader: str) -> AcmeSession:
        """A shared session."""
        opened = self.ask("POST", "/sessions", "connect", {"reader": reader})
        return AcmeSession(self, f"/sessions/{opened['id']}", bytes.fromhex(opened["atr"]))

    def info(self, reader: str) -> ReaderInfo:
        """What the service tells about the reader."""
        row = self._row(reader, "info")
        return ReaderInfo("Acme", row["model"], row["serial"], row["firmware"])

    def _row(self, reader: str, where: str) -> dict[str, Any]:
        for row in self.ask("GET", "/readers", where):
            if row["name"] == reader:
                return dict(row)
        raise DriverError("READER_GONE", where)

    def ask(self, method: str, path: str, where: str, body: Any = None) -> Any:
        """One request; every trouble becomes a :class:`DriverError` with a reason code."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._limit)
        try:
            line.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = line.getresponse()
            text = answer.read()
        except TimeoutError:
            raise DriverError("READER_HUNG", where) from None
        except (OSError, http.client.HTTPException):
            raise DriverError("READER_SERVICE_DOWN", where) from None
        finally:
            line.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise DriverError(_REASONS.get(answer.status, "READER_TROUBLE"), where, answer.status)
        return json.loads(text)


class AcmeSession:
    """A session with the card on one reader."""

    def __init__(self, driver: AcmeFaceReader, path: str, atr: bytes) -> None:
        self._driver, self._path, self.atr = driver, path, atr

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command. The gateway's guard has looked at it before."""
        answer = self._driver.ask("POST", f"{self._path}/apdu", "transmit", {"apdu": apdu.hex()})
        return bytes.fromhex(answer["answer"])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nobody else reaches the card inside this block."""
        self._driver.ask("POST", f"{self._path}/begin", "begin")
        try:
            yield
        finally:
            with suppress(DriverError):
                self._driver.ask("POST", f"{self._path}/end", "end")

    def close(self) -> None:
        """Leave the card as it is."""
        with suppress(DriverError):
            self._driver.ask("DELETE", self._path, "close")
