"""Records and the entries that become records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kaigo_gateway.ledger._chain import canonical, record_hash


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be recorded. ``kind`` and ``key`` together occur once in a Setup."""

    kind: str
    key: str
    body: Any


@dataclass(frozen=True, slots=True)
class Record:
    """One link of a Setup's chain. ``body`` is canonical JSON text; ``at`` UTC, ISO 8601."""

    setup_id: str
    seq: int
    kind: str
    key: str
    at: str
    body: str
    prev_hash: str
    hash: str

    @property
    def document(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    def row(self) -> dict[str, Any]:
        """The record as a table row."""
        return {name: getattr(self, name) for name in self.__slots__}


def chain(setup_id: str, entries: list[Entry], *, after: int, head: str, at: str) -> list[Record]:
    """Link ``entries`` behind record number ``after`` whose hash is ``head``."""
    records = []
    for seq, entry in enumerate(entries, after + 1):
        body = canonical(entry.body).decode()
        fields: dict[str, Any] = {
            "setup_id": setup_id, "seq": seq, "kind": entry.kind, "key": entry.key,
            "at": at, "body": body, "prev_hash": head,
        }  # fmt: skip
        head = record_hash(**fields)
        records.append(Record(**fields, hash=head))
    return records
