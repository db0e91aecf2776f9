"""A patient CSV reader: what is wrong with a record is said, and reading goes on at the next one."""

from __future__ import annotations

import re
from typing import NamedTuple

from kaigo_careplan_link.files._findings import Problem

_PLAIN = re.compile(rb"[^,\r\n]*")
_QUOTED = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"')
_NEXT_END = re.compile(rb"\r\n|\n|\r")
_TO_CLOSING = re.compile(rb'[^\r\n]*?"(?=,|\r|\n|$)|[^,\r\n]*')
_NEXT_RECORD = re.compile(rb'[\r\n]"?20[0-9]{4}"?,"?[0-9]{6}"?,')
"""Every record begins with version and insurer: inside quotes this means that a quote was not closed."""
MAX_RECORD = 1_000_000
"""Bytes of one record beyond which a file is not read on; no limit is printed in the standard."""


class Record(NamedTuple):
    """One record: raw values (quotes kept and made whole), its line end, where it begins and the next one."""

    offset: int
    next: int
    values: tuple[bytes, ...]
    end: bytes
    problems: tuple[Problem, ...]


def read_record(buffer: bytes, start: int, *, final: bool) -> Record | None:
    """The record that begins at ``start``; None when the buffer does not hold it whole and more will come."""
    values: list[bytes] = []
    problems: list[Problem] = []
    position = start
    while True:
        value, after, problem = _read_value(buffer, position, final=final)
        if value is None:
            return None
        if problem:
            problems.append(problem)
        values.append(value)
        if buffer[after : after + 1] == b",":
            position = after + 1
            continue
        end = _line_end(buffer, after)
        # a lone CR at the very end of the buffer may be the first half of CRLF
        if not final and (not end or (end == b"\r" and after + 1 == len(buffer))):
            return None
        return Record(start, after + len(end), tuple(values), end, tuple(problems))


def _line_end(buffer: bytes, at: int) -> bytes:
    found = _NEXT_END.match(buffer, at)
    return found.group() if found else b""


def _read_value(  # noqa: PLR0911 - one way out per form of a value
    buffer: bytes, at: int, *, final: bool
) -> tuple[bytes | None, int, Problem | None]:
    """One value with its quotes, where it ends, and what was wrong with its quotes."""
    if buffer[at : at + 1] != b'"':
        found = _PLAIN.match(buffer, at)
        assert found is not None
        raw = found.group()
        if b'"' in raw:
            return _whole(raw), found.end(), Problem("CSV_STRAY_QUOTE")
        return raw, found.end(), None
    quoted = _QUOTED.match(buffer, at)
    if _NEXT_RECORD.search(buffer, at, quoted.end() if quoted else len(buffer)):
        return _unclosed(buffer, at)
    if quoted is None:
        return _unclosed(buffer, at) if final or len(buffer) - at > MAX_RECORD else (None, at, None)
    after = quoted.end()
    if buffer[after : after + 1] in {b",", b"\r", b"\n"} or (after == len(buffer) and final):
        return quoted.group(), after, None
    if after == len(buffer):
        return None, at, None
    if buffer[after - 2 : after - 1] == b",":  # this quote opens the next text: ours was not closed
        return _unclosed(buffer, at)
    return _stray(buffer, at, after, final=final)


def _unclosed(buffer: bytes, at: int) -> tuple[bytes, int, Problem]:
    """A quote that is never closed: the value ends at the next comma or line end."""
    found = _PLAIN.match(buffer, at)
    assert found is not None
    return _whole(found.group()), found.end(), Problem("CSV_UNCLOSED_QUOTE")


def _stray(buffer: bytes, at: int, after: int, *, final: bool) -> tuple[bytes | None, int, Problem | None]:
    """A closing quote followed by more text: the value goes on to the next ``",`` or the end of its line."""
    found = _TO_CLOSING.match(buffer, after)
    assert found is not None
    if found.end() == len(buffer) and not final:
        return None, at, None
    return _whole(buffer[at : found.end()]), found.end(), Problem("CSV_STRAY_QUOTE")


def _whole(raw: bytes) -> bytes:
    """The same text with quotes that pair, so that the other checks can go on."""
    inner = raw.removeprefix(b'"').removesuffix(b'"').replace(b'""', b'"')
    return b'"' + inner.replace(b'"', b'""') + b'"'
