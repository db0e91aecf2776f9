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
_NUMBER: Final = 10


def _json(status: int, **document: Any) -> Reply:
    body = json.dumps({"simulated": True, "note": _NOTE, **document}, ensure_ascii=False).encode()
    return Reply(status, body, "application/json; charset=utf-8")


MANNERS: Final = ("loses_a_file", "changes_a_byte", "changes_line_ends", "refuses_upload")
"""Faults of the exchange itself, on top of those of the connection."""


class SimulatedExchange:
    """Keeps sendings in memory, apart for each client certificate; a handler of the simulated counterpart.

    ``manner`` is a fault, or empty.
    """

    def __init__(self, manner: str = "") -> None:
        self._manner = manner
        self._sendings: dict[tuple[str, str], dict[str, bytes]] = {}
        self._lock = threading.Lock()
        self._acts = {"PUT": self._put, "GET": self._get, "DELETE": self._delete}

    def __call__(self, received: Received) -> Reply:
        """Answer one request of the rehearsal protocol; any other path shows what this is."""
        if not received.path.startswith(f"{ROOT}/"):
            return _json(200, protocol=ROOT)
        act = self._acts.get(received.method)
        if act is None:
            return _json(405, error="method")
        serial, _, name = unquote(received.path.removeprefix(f"{ROOT}/")).partition("/")
        with self._lock:
            return act((_office(received), serial), name, received.body)

    def _put(self, key: tuple[str, str], name: str, body: bytes) -> Reply:
        refusal = self._refusal(key[0], [part for part in name.split("_") if len(part) == _NUMBER])
        if refusal is not None:
            return refusal
        self._sendings.setdefault(key, {})[name] = body
        return _json(201, stored=name)

    def _refusal(self, office: str, numbers: list[str]) -> Reply | None:
        """Why a file is not taken; ``numbers`` are the office numbers in its name, sender first."""
        if self._manner == "refuses_upload":
            return _json(422, error="simulated refusal")
        if numbers and office and numbers[0] != office:
            return _json(403, error="the certificate belongs to another office than the sender")
        if len(numbers) > 1 and numbers[0] == numbers[1]:
            return _json(409, error="sender and receiver have the same office number")
        if sum(map(len, self._sendings.values())) >= _FILES_KEPT:
            return _json(507, error="full")
        return None

    def _get(self, key: tuple[str, str], name: str, _body: bytes) -> Reply:
        files = self._sendings.get(key)
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

    def _delete(self, key: tuple[str, str], _name: str, _body: bytes) -> Reply:
        self._sendings.pop(key, None)
        return Reply(204)


def _office(received: Received) -> str:
    """The office number that the demo authority writes into its certificates (as organizational unit)."""
    parts = [pair for group in (received.client or {}).get("subject", ()) for pair in group]
    return str(dict(parts).get("organizationalUnitName", ""))
