"""A file as blocks of columns: fast where the text is regular, patient where it is not.

Three ways to cut the same bytes, tried in turn for each block. A comma, quote or line end is never the second
byte of a character in MS932 or UTF-8, so bytes can be cut before they are decoded.

1. *split*: every line has as many commas as the standard says (most of 第6表 and 第7表);
2. *pattern*: one regular expression per record, which knows quoted commas and line breaks;
3. *patient*: value by value (:mod:`._tokens`), which says what is wrong and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._tokens import MAX_RECORD, Record, read_record

BLOCK = 1 << 15
"""Bytes per block: the values of one block then stay in the processor's cache, twice as fast as 256 KB."""
Columns = list[tuple[bytes, ...]]
Cut = tuple[Columns, Sequence[object]]
Oddity = tuple[int, int, Problem]


class Readable(Protocol):
    """Anything with ``read(size) -> bytes``."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes, empty at the end."""


@dataclass(slots=True)
class Block:
    """Records with the right number of values, as columns of raw bytes.

    ``rows`` are row numbers from 1, ``offset`` the byte position of ``data``, ``offsets`` those of the
    records where it was read patiently. ``oddities`` are (row, offset, problem) of records that could not
    enter the columns or had broken quotes; ``count`` counts those records too.
    """

    data: bytes
    offset: int
    first_row: int
    width: int
    line_end: bytes
    columns: Columns
    """By item; where ``head`` is set, only so many items and then the uncut rest of every line."""
    count: int
    rows: Sequence[int]
    offsets: Sequence[int] | None = None
    oddities: list[Oddity] = field(default_factory=list)
    ends: set[bytes] = field(default_factory=set)
    used: int = 0
    head: int = 0
    records: Sequence[object] = ()
    """Something comparable per record, to find records that stand twice."""

    def read_patiently(self, *, final: bool = True) -> None:
        """Read ``data`` again value by value; ``used`` says how many bytes were whole records."""
        records: list[Record] = []
        rows: list[int] = []
        self.oddities, self.ends = [], set()
        at, row = 0, self.first_row
        while at < len(self.data) and (record := read_record(self.data, at, final=final)):
            self.oddities += [(row, self.offset + at, problem) for problem in record.problems]
            if wrong := _wrong_width(record, self.width):
                self.oddities.append((row, self.offset + at, wrong))
            else:
                records.append(record)
                rows.append(row)
            self.line_end = record.end
            self.ends.add(record.end)
            at, row = record.next, row + 1
        self.records, self.head = [record.values for record in records], 0
        self.columns = list(zip(*(record.values for record in records), strict=True))
        self.rows, self.offsets = rows, [self.offset + record.offset for record in records]
        self.count, self.used = row - self.first_row, at

    def cut_tails(self) -> None:
        """Cut the rest of every line into its items; the block is read patiently where that fails."""
        tails = self.columns.pop()
        columns = _cut_lines(tails, self.width - self.head)
        self.head = 0
        if columns:
            self.columns += columns
        else:
            self.read_patiently()

    def offset_of(self, index: int, number: int, inside: int) -> int:
        """The byte position of byte ``inside`` of field ``number`` in the record at ``index``."""
        if self.offsets is not None:
            start = self.offsets[index]
        else:
            lengths = sum(len(value) for column in self.columns for value in column[:index])
            start = self.offset + lengths + (len(self.columns) - 1 + len(self.line_end)) * index
        before = sum(len(self.columns[i][index]) + 1 for i in range(number - 1))
        quote = self.columns[number - 1][index][:1] == b'"'
        return start + before + inside + int(quote)


def _wrong_width(record: Record, width: int) -> Problem | None:
    if len(record.values) == width:
        return None
    if record.values == (b"",):
        return Problem("CSV_EMPTY_LINE")
    if record.values == (b"\x1a",):
        return Problem("CSV_EOF_MARK")
    if not record.end:
        return Problem("CSV_TRUNCATED", values={"found": len(record.values), "wanted": width})
    return Problem("CSV_FIELD_COUNT", values={"found": len(record.values), "wanted": width})


_VALUE = rb'("[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'


@lru_cache(maxsize=64)
def _pattern(width: int, line_end: bytes) -> re.Pattern[bytes]:
    return re.compile(b",".join([_VALUE] * width) + re.escape(line_end))


@lru_cache(maxsize=64)
def _only_records(width: int, line_end: bytes) -> re.Pattern[bytes]:
    value = _VALUE.replace(b"(", b"(?:", 1)
    return re.compile(b"(?:" + b",".join([value] * width) + re.escape(line_end) + b")*+")


def _by_split(block: bytes, width: int, line_end: bytes) -> Cut | None:
    lines = block.split(line_end)
    lines.pop()
    columns = _cut_lines(lines, width)
    return (columns, lines) if columns else None


def _by_head(block: bytes, head: int, line_end: bytes) -> Cut | None:
    """Only the first ``head`` items and the rest of the line: the rest of 第6表 repeats from row to row."""
    lines = block.split(line_end)
    lines.pop()
    try:
        columns = list(zip(*[line.split(b",", head) for line in lines], strict=True))
    except ValueError:
        return None
    return (columns, lines) if len(columns) == head + 1 else None


def _cut_lines(lines: Sequence[bytes], width: int) -> Columns:
    """Lines as columns; nothing if a line is no whole record of ``width`` values."""
    records: list[Sequence[bytes]] = [line.split(b",") for line in lines]
    try:
        columns = list(zip(*records, strict=True))
    except ValueError:
        columns = []
    return columns if len(columns) == width else _mend_ragged(lines, records, width)


def _mend_ragged(lines: Sequence[bytes], records: list[Sequence[bytes]], width: int) -> Columns:
    """Cut the few lines that hold commas inside quotes by pattern; nothing if a line is no whole record."""
    pattern = _pattern(width, b"")
    for index in [index for index, found in enumerate(map(len, records)) if found != width]:
        match = pattern.fullmatch(lines[index])
        if match is None:
            return []
        records[index] = match.groups()
    return list(zip(*records, strict=True))


def _by_pattern(block: bytes, width: int, line_end: bytes) -> Cut | None:
    if not _only_records(width, line_end).fullmatch(block):
        return None
    records = _pattern(width, line_end).findall(block)
    return list(zip(*records, strict=True)), records


class BlockReader:
    """Cuts a stream into blocks of records with ``width`` values.

    ``row`` is the number of the next record, ``last_end`` the line end of the last one (empty when the file
    stops without one), ``ends`` all kinds of line ends met, ``too_long`` says that reading was given up.
    ``head``: cut only so many items where that is possible (see :attr:`Block.columns`).
    """

    def __init__(
        self, stream: Readable, width: int, line_end: bytes, *, row: int = 1, position: int = 0
    ) -> None:
        self._stream, self._buffer, self.width, self.line_end = stream, b"", width, line_end
        self.row, self.position = row, position
        self.head = 0
        self.last_end = line_end
        self.ends: set[bytes] = set()
        self.too_long = False

    def __iter__(self) -> Iterator[Block]:
        while more := self._stream.read(BLOCK):
            self._buffer += more
            yield from self._whole_records()
            if len(self._buffer) > MAX_RECORD:
                self.too_long = True
                return
        if self._buffer:
            yield from self._patiently(final=True)

    def _whole_records(self) -> Iterator[Block]:
        cut, quotes_pair = self._cut()
        if cut == 0:
            return
        data = self._buffer[:cut]
        found, head = None, 0
        if quotes_pair and self.head and (found := _by_head(data, self.head, self.line_end)):
            head = self.head
        elif quotes_pair:
            found = _by_split(data, self.width, self.line_end)
        found = found or _by_pattern(data, self.width, self.line_end)
        if found is None:
            yield from self._patiently(final=False)
            return
        columns, records = found
        count = len(records)
        rows = range(self.row, self.row + count)
        block = Block(data, self.position, self.row, self.width, self.line_end, columns, count, rows)
        block.ends, block.used, block.records, block.head = {self.line_end}, cut, records, head
        yield from self._hand_out(block)

    def _patiently(self, *, final: bool) -> Iterator[Block]:
        block = Block(self._buffer, self.position, self.row, self.width, self.line_end, [], 0, ())
        block.read_patiently(final=final)
        if block.used:
            yield from self._hand_out(block)

    def _hand_out(self, block: Block) -> Iterator[Block]:
        yield block
        # whoever took the block may have read it again patiently: count only afterwards
        self._buffer = self._buffer[block.used :]
        self.position += block.used
        self.row += block.count
        self.last_end = block.line_end
        self.ends |= block.ends

    def _cut(self) -> tuple[int, bool]:
        """Behind the last line end that is not inside quotes, as far as counting quotes can tell."""
        found = last = self._buffer.rfind(self.line_end)
        for _ in range(64):
            if found < 0:
                return 0, True
            if self._buffer.count(b'"', 0, found) % 2 == 0:
                return found + len(self.line_end), True
            found = self._buffer.rfind(self.line_end, 0, found)
        return last + len(self.line_end), False
