"""The first record of a file: where it ends, whether it is a header, which kind its width speaks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._blocks import BLOCK
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._tokens import MAX_RECORD, Record, read_record

if TYPE_CHECKING:
    from kaigo_careplan_link.files._blocks import Readable


OLD = {"201910", "202003", "202208"}
"""Versions before 4.1."""


def read_head(stream: Readable, head: bytes = b"", start: int = 0) -> tuple[bytes, Record | None]:
    """The beginning of a file and its record at ``start``; None where there is none within the limit.

    ``head`` is what was read before.
    """
    while True:
        if len(head) > start and (first := read_record(head, start, final=False)):
            return head, first
        more = stream.read(BLOCK) if len(head) - start <= MAX_RECORD else b""
        if not more:
            break
        head += more
    whole = start < len(head) <= start + MAX_RECORD
    return head, read_record(head, start, final=True) if whole else None


def plain(raw: bytes) -> bytes:
    """A raw value without quotes and spaces around it."""
    return raw.strip(b'" ')


def is_header(record: Record, encoding: str) -> bool:
    """True when the first record names columns: no version in front, but names of items or other words."""
    values = [plain(raw).decode(encoding, "replace") for raw in record.values]
    if re.fullmatch("[0-9]{6}", values[0]):
        return False
    names = {name for kind in standard().kinds for f in standard().fields(kind) for name in (f.name, f.key)}
    if any(value in names for value in values):
        return True
    return len(values) > 1 and not any(char.isdigit() for char in "".join(values))


def is_old(first: Record) -> bool:
    """Whether the first item names a version before 4.1."""
    return plain(first.values[0]).decode("ascii", "replace") in OLD


def guessed_kind(kind: str | None, fits: list[str]) -> str | None:
    """The kind that the number of items speaks for; between 予定 and 実績 the name's direction decides."""
    if set(fits) == {"UPPLAN", "UPJSK"}:
        return "UPJSK" if kind == "DLTJSK" else "UPPLAN"
    return fits[0] if len(fits) == 1 else None
