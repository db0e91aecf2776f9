"""Check one file from its name to its last byte, in one pass and constant memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._beginning import OLD, guessed_kind, is_header, is_old, plain, read_head
from kaigo_careplan_link.files._blocks import BlockReader
from kaigo_careplan_link.files._body import RecordCheck
from kaigo_careplan_link.files._encoding import Decoded
from kaigo_careplan_link.files._findings import Collector, Problem
from kaigo_careplan_link.files._name import Name, parse_name
from kaigo_careplan_link.files._report import FileReport
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._streams import Counted, Rest

if TYPE_CHECKING:
    from kaigo_careplan_link.files._blocks import Readable
    from kaigo_careplan_link.files._columns import Memories
    from kaigo_careplan_link.files._options import Options
    from kaigo_careplan_link.files._tokens import Record


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
    counted = Counted(stream)
    if name.kind is None and not name.text.upper().endswith(".CSV"):
        collector.add(Problem("INPUT_FOREIGN_FILE", 0, name.text))
    elif name.kind is not None and standard().kinds[name.kind].image:
        _check_picture(name, counted, collector)
    else:
        for problem in name.problems:
            collector.add(problem)
        records = RecordCheck(report, collector, alone=alone, memories=memories)
        _Check(report, collector, records).run(counted)
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

    def __init__(self, report: FileReport, collector: Collector, records: RecordCheck) -> None:
        self.report, self.collector, self.records = report, collector, records

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
        rest = Rest(head[start:], decoded)
        reader = BlockReader(rest, width, first.end or b"\r\n", row=row, position=start + decoded.offset)
        if is_old(first):
            self._count_only(reader, len(first.values))
        elif self.report.kind is None:
            self.collector.add(Problem("KIND_UNKNOWN", values={"found": width}))
            self._count_only(reader, width)
        else:
            self.records.run(reader, decoded)

    def _delimiter(self, first: Record) -> None:
        raw = b"".join(first.values)
        if len(first.values) == 1:
            for char, word in ((b"\t", "TAB"), (b";", ";")):
                if raw.count(char) > 1:
                    self.collector.add(Problem("CSV_DELIMITER", 0, word))

    def _kind(self, first: Record) -> None:
        """Compare the number of items with the kind of the name; a name that says nothing is guessed for."""
        spec, width = standard(), len(first.values)
        kind = self.report.name.kind
        fits = [k for k in spec.kinds if not spec.kinds[k].image and len(spec.fields(k)) == width]
        if is_old(first) or (kind in fits):
            return
        guess = guessed_kind(kind, fits)
        if guess is None:
            return
        code = "KIND_GUESSED" if kind is None else "KIND_CONTENT_DIFFERS"
        if kind is not None and kind.startswith("DLT"):
            code = "DELETE_NAME_ON_DATA"
        self.collector.add(Problem(code, 0, kind or "", {"guess": guess, "found": width}))
        self.report.kind = guess

    def _count_only(self, reader: BlockReader, width: int) -> None:
        """3.x and unknown kinds: rows are counted, items are not judged by the tables of 4.1."""
        reader.width = width
        version = ""
        for block in reader:
            if block.columns and not version:
                version = plain(block.columns[0][0]).decode("ascii", "replace")
        self.report.rows = reader.row - 1
        if version in OLD:
            self.report.version = version
            self.collector.add(Problem("VERSION_3", 0, version, {"version": standard().versions[version]}))

    def _say_encoding(self, found: str) -> None:
        codes = {"utf-8": "ENCODING_UTF8", "utf-8-sig": "ENCODING_UTF8_BOM", "utf-16": "ENCODING_UTF16"}
        if found != "cp932":
            self.collector.add(Problem(codes.get(found, "ENCODING_OTHER"), 0, found))
