"""The simulated exchange's memory and manners."""

from __future__ import annotations

import json
import threading
from typing import Any, Final
from urllib.parse import unquote

from kaigo_gateway.probe.counterpart import Received, Reply

from kaigo_careplan_link.link._exchange import ROOT

_NOTE: Final = "simulated exchange of kaigo-gateway; not ケアプランデータ連携システム"
_FILES_KEPT: Final = 1000


def _json(status: int, **document: Any) -> Reply:
    body = json.dumps({"simulated": True, "note": _NOTE, **document}, ensure_ascii=False).encode()
    return Reply(status, body, "application/json; charset=utf-8")


MANNERS: Final = ("loses_a_file", "changes_a_byte", "changes_line_ends", "refuses_upload")
"""Faults of the exchange itself, on top of those of the connection."""


class SimulatedExchange:
    """Keeps sendings in memory; a handler of the simulated counterpart. ``manner`` is a fault, or empty."""

    def __init__(self, manner: str = "") -> None:
        self._manner = manner
        self._sendings: dict[str, dict[str, bytes]] = {}
        self._lock = threading.Lock()

    def __call__(self, received: Received) -> Reply:
        """Answer one request of the rehearsal protocol; any other path shows what this is."""
        if not received.path.startswith(f"{ROOT}/"):
            return _json(200, protocol=ROOT)
        serial, _, name = unquote(received.path.removeprefix(f"{ROOT}/")).partition("/")
        with self._lock:
            act = getattr(self, f"_{received.method.lower()}", None)
            return act(serial, name, received.body) if act else _json(405, error="method")

    def _put(self, serial: str, name: str, body: bytes) -> Reply:
        parts = name.split("_")
        numbers = [part for part in parts if len(part) == 10]  # noqa: PLR2004 - office numbers
        if len(numbers) > 1 and numbers[0] == numbers[1]:
            return _json(409, error="sender and receiver have the same office number")
        if sum(map(len, self._sendings.values())) >= _FILES_KEPT:
            return _json(507, error="full")
        if self._manner == "refuses_upload":
            return _json(422, error="simulated refusal")
        self._sendings.setdefault(serial, {})[name] = body
        return _json(201, stored=name)

    def _get(self, serial: str, name: str, _body: bytes) -> Reply:
        files = self._sendings.get(serial)
        if files is None or (name and name not in files):
            return _json(404, error="unknown")
        if not name:
            listed = sorted(files)[1:] if self._manner == "loses_a_file" else sorted(files)
            return _json(200, files=listed)
        return Reply(200, self._spoiled(files[name]), "text/csv; charset=windows-31j")

    def _spoiled(self, data: bytes) -> bytes:
        """What comes back after the fault that is switched on."""
        if self._manner == "changes_a_byte":
            return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
        return data.replace(b"\r\n", b"\n") if self._manner == "changes_line_ends" else data

    def _delete(self, serial: str, _name: str, _body: bytes) -> Reply:
        self._sendings.pop(serial, None)
        return Reply(204)
