"""Records of a file one after the other with their numbers: what read and fix are built on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._beginning import is_header, read_head
from kaigo_careplan_link.files._blocks import BLOCK
from kaigo_careplan_link.files._encoding import Decoded
from kaigo_careplan_link.files._name import Name, parse_name
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._tokens import Record, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_careplan_link.files._blocks import Readable


@dataclass(slots=True)
class Reading:
    """A file opened record by record: iterate over (row, record); ``kind`` None: not known."""

    name: Name
    decoded: Decoded
    kind: str | None
    header: bool = False
    ends: set[bytes] = field(default_factory=set)
    _rest: bytes = b""

    def __iter__(self) -> Iterator[tuple[int, Record]]:
        row, buffer, final = 1, self._rest, False
        while buffer or not final:
            at = 0
            while at < len(buffer) and (record := read_record(buffer, at, final=final)):
                at = record.next
                self.ends.add(record.end)
                if not (self.header and row == 1):
                    yield row, record
                row += 1
            buffer = buffer[at:]
            if final:
                return
            more = self.decoded.read(BLOCK)
            final = not more
            buffer += more


def open_records(path: str, stream: Readable) -> Reading:
    """Begin to read ``stream`` under the name ``path``; the kind comes from the name."""
    name = parse_name(re.split(r"[/\\]", path)[-1])
    decoded = Decoded(stream)
    head, first = read_head(decoded)
    header = first is not None and is_header(first, decoded.values)
    kind = name.kind if name.kind and not standard().kinds[name.kind].image else None
    return Reading(name, decoded, kind, header, _rest=head)
