"""Check one file from its name to its last byte, in one pass and constant memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._blocks import BLOCK, BlockReader
from kaigo_careplan_link.files._columns import ColumnChecker, Memories
from kaigo_careplan_link.files._encoding import Decoded
from kaigo_careplan_link.files._findings import Collector, Problem
from kaigo_careplan_link.files._name import Name, parse_name
from kaigo_careplan_link.files._report import FileReport
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._tally import Tally
from kaigo_careplan_link.files._tokens import MAX_RECORD, Record, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_careplan_link.files._blocks import Block, Readable
    from kaigo_careplan_link.files._options import Options

_OLD = {"201910", "202003", "202208"}
_ONCE_ONLY = {"UP2KYO", "UP3KYO", "UPYOBO_SUB", "UPKIHON_SUB1", "UPKIHON_SUB2"}
"""Kinds in which two equal records may be meant."""


_FORM_6_HEAD = 14
"""第6表 No.1 to 14 differ from row to row; No.15 to 25 (service, goods, office) are few combinations."""


class _Rest:
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1, /) -> bytes:
        head, self._head = self._head, b""
        return head or self._stream.read(size)


class _Counted:
    """Counts the bytes that are read."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self.size = stream, 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self.size += len(data)
        return data


def check_stream(
    path: str, stream: Readable, options: Options, *, alone: bool = False, memories: Memories | None = None
) -> FileReport:
    """Check what ``stream`` holds as the file ``path`` (its last part is the name); may raise ``OSError``.

    ``alone``: no other file of its unit is there, so nothing is remembered for a comparison. ``memories``:
    judgements carried from file to file.
    """
    name = parse_name(re.split(r"[/\\]", path)[-1])
    report = FileReport(path, name, name.kind)
    collector = Collector(options.severities, kind=name.kind, show_values=options.show_values)
    counted = _Counted(stream)
    if name.kind is None and not name.text.upper().endswith(".CSV"):
        collector.add(Problem("INPUT_FOREIGN_FILE", 0, name.text))
    elif name.kind is not None and standard().kinds[name.kind].image:
        _check_picture(name, counted, collector)
    else:
        for problem in name.problems:
            collector.add(problem)
        _Check(report, collector, alone=alone, memories=memories).run(counted)
    report.size, report.findings, report.not_shown = counted.size, collector.sorted(), collector.not_shown()
    return report


def _check_picture(name: Name, stream: Readable, collector: Collector) -> None:
    for problem in name.problems:
        collector.add(problem)
    head = stream.read(3)
    if head != b"\xff\xd8\xff":
        collector.add(Problem("FILE_EMPTY" if not head else "PICTURE_NOT_JPEG"))


class _Check:
    """The course of one check; fills the report."""

    def __init__(
        self, report: FileReport, collector: Collector, *, alone: bool, memories: Memories | None
    ) -> None:
        self.alone, self.memories = alone, memories
        self.report, self.collector, self.name = report, collector, report.name

    def run(self, stream: Readable) -> None:
        decoded = Decoded(stream)
        head, first = read_head(decoded)
        if not head:
            self.collector.add(Problem("FILE_EMPTY"))
            return
        self._head(head, first, decoded)
        self.report.encoding = decoded.found
        self._say_encoding(decoded.found)

    def _head(self, head: bytes, first: Record | None, decoded: Decoded) -> None:
        if first is None:
            self.collector.add(Problem("CSV_RECORD_TOO_LONG"))
            return
        start, row = 0, 1
        if is_header(first, decoded.values):
            self.collector.add(Problem("CSV_HEADER_ROW"), row=1)
            start, row = first.next, 2
            head, first = read_head(decoded, head, start)
        if first is None:
            self.collector.add(Problem("CSV_NO_RECORDS"))
            return
        self._delimiter(first)
        self._kind(first)
        width = len(first.values) if self.report.kind is None else len(standard().fields(self.report.kind))
        rest = _Rest(head[start:], decoded)
        reader = BlockReader(rest, width, first.end or b"\r\n", row=row, position=start + decoded.offset)
        if self._is_old(first):
            self._count_only(reader, len(first.values))
        elif self.report.kind is None:
            self.collector.add(Problem("KIND_UNKNOWN", values={"found": width}))
            self._count_only(reader, width)
        else:
            self._records(reader, decoded)

    def _delimiter(self, first: Record) -> None:
        raw = b"".join(first.values)
        if len(first.values) == 1:
            for char, word in ((b"\t", "TAB"), (b";", ";")):
                if raw.count(char) > 1:
                    self.collector.add(Problem("CSV_DELIMITER", 0, word))

    def _kind(self, first: Record) -> None:
        """Compare the number of items with the kind of the name; a name that says nothing is guessed for."""
        spec, width = standard(), len(first.values)
        kind = self.name.kind
        fits = [k for k in spec.kinds if not spec.kinds[k].image and len(spec.fields(k)) == width]
        if self._is_old(first) or (kind in fits):
            return
        guess = _guess(kind, fits)
        if guess is None:
            return
        code = "KIND_GUESSED" if kind is None else "KIND_CONTENT_DIFFERS"
        if kind is not None and kind.startswith("DLT"):
            code = "DELETE_NAME_ON_DATA"
        self.collector.add(Problem(code, 0, kind or "", {"guess": guess, "found": width}))
        self.report.kind = guess

    def _is_old(self, first: Record) -> bool:
        return _plain(first.values[0]).decode("ascii", "replace") in _OLD

    def _count_only(self, reader: BlockReader, width: int) -> None:
        """3.x and unknown kinds: rows are counted, items are not judged by the tables of 4.1."""
        reader.width = width
        version = ""
        for block in reader:
            if block.columns and not version:
                version = _plain(block.columns[0][0]).decode("ascii", "replace")
        self.report.rows = reader.row - 1
        if version in _OLD:
            self.report.version = version
            self.collector.add(Problem("VERSION_3", 0, version, {"version": standard().versions[version]}))

    def _records(self, reader: BlockReader, decoded: Decoded) -> None:
        kind = self.report.kind
        assert kind is not None
        self.collector.kind = kind
        checker = ColumnChecker(kind, self.name, self.collector, self.memories)
        tally = Tally(kind, self.alone)
        if kind == "UPJSK" or (kind == "UPPLAN" and self.alone):
            reader.head = _FORM_6_HEAD
        for block in reader:
            if checker.encoding != decoded.values:
                checker.use(decoded.values)
            checker.take(block)
            tally.take(block.columns)
            self._within(block, tally, kind)
        self.report.rows = reader.row - 1
        self._after(reader, checker, tally)

    def _within(self, block: Block, tally: Tally, kind: str) -> None:
        if kind == "UP2KYO":
            for index, problem in tally.disorder(block.columns):
                self.collector.add(problem, row=block.rows[index])
        if kind not in _ONCE_ONLY and len(set(block.records)) != len(block.records):
            seen: set[object] = set()
            for row, record in zip(block.rows, block.records, strict=True):
                if record in seen:
                    self.collector.add(Problem("ROW_TWICE"), row=row)
                seen.add(record)

    def _after(self, reader: BlockReader, checker: ColumnChecker, tally: Tally) -> None:
        """What only the whole file can tell."""
        self._say_ends(reader)
        for field_, memory in zip(checker.fields, checker.memories, strict=True):
            if field_.type == "version":
                self.report.version = _only(memory.good, memory.bad)
            if memory.several and field_.key in {"csv_version", "service_month", "deleted_month"}:
                code = "VERSION_MIXED" if field_.key == "csv_version" else "MONTH_MIXED"
                self.collector.add(Problem(code, field_.no))
        for problem in (*tally.sums(), *tally.twice()):
            self.collector.add(problem)
        if tally.overflow:
            self.collector.add(Problem("FILE_TOO_MANY_USERS"))
            return
        self.report.keys, self.report.lines, self.report.pictures = (
            tally.bare_keys(),
            tally.lines,
            tally.pictures,
        )

    def _say_ends(self, reader: BlockReader) -> None:
        ends = reader.ends - {b""}
        if reader.too_long:
            self.collector.add(Problem("CSV_RECORD_TOO_LONG"), row=reader.row)
        if len(ends) > 1:
            self.collector.add(Problem("LINE_END_MIXED"))
        elif ends in ({b"\n"}, {b"\r"}):
            self.collector.add(Problem("LINE_END_LF" if ends == {b"\n"} else "LINE_END_CR"))
        if reader.last_end == b"":
            self.collector.add(Problem("LAST_LINE_OPEN"), row=reader.row - 1)

    def _say_encoding(self, found: str) -> None:
        codes = {"utf-8": "ENCODING_UTF8", "utf-8-sig": "ENCODING_UTF8_BOM", "utf-16": "ENCODING_UTF16"}
        if found != "cp932":
            self.collector.add(Problem(codes.get(found, "ENCODING_OTHER"), 0, found))


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


def _plain(raw: bytes) -> bytes:
    return raw.strip(b'" ')


def is_header(record: Record, encoding: str) -> bool:
    """True when the first record names columns: no version in front, but names of items or other words."""
    values = [_plain(raw).decode(encoding, "replace") for raw in record.values]
    if re.fullmatch("[0-9]{6}", values[0]):
        return False
    names = {name for kind in standard().kinds for f in standard().fields(kind) for name in (f.name, f.key)}
    if any(value in names for value in values):
        return True
    return len(values) > 1 and not any(char.isdigit() for char in "".join(values))


def _guess(kind: str | None, fits: list[str]) -> str | None:
    """The kind that the number of items speaks for; between 予定 and 実績 the name's direction decides."""
    if set(fits) == {"UPPLAN", "UPJSK"}:
        return "UPJSK" if kind == "DLTJSK" else "UPPLAN"
    return fits[0] if len(fits) == 1 else None


def _only(good: set[object], bad: Mapping[object, object]) -> str | None:
    values = [*good, *bad]
    return (
        _plain(values[0]).decode("ascii", "replace")
        if len(values) == 1 and isinstance(values[0], bytes)
        else None
    )
