"""The records of a file of 4.1: block by block in constant memory, then what only the whole can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_careplan_link.files._beginning import plain
from kaigo_careplan_link.files._columns import ColumnChecker
from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_careplan_link.files._blocks import Block, BlockReader
    from kaigo_careplan_link.files._columns import Memories
    from kaigo_careplan_link.files._encoding import Decoded
    from kaigo_careplan_link.files._findings import Collector
    from kaigo_careplan_link.files._report import FileReport


_ONCE_ONLY: Final = {"UP2KYO", "UP3KYO", "UPYOBO_SUB", "UPKIHON_SUB1", "UPKIHON_SUB2"}
"""Kinds in which two equal records may be meant."""
FORM_6_HEAD: Final = 14
"""第6表 No.1 to 14 differ from row to row; No.15 to 25 (service, goods, office) are few combinations."""


class RecordCheck:
    """The course over the records; fills the report."""

    def __init__(
        self, report: FileReport, collector: Collector, *, alone: bool, memories: Memories | None
    ) -> None:
        self.alone, self.memories = alone, memories
        self.report, self.collector, self.name = report, collector, report.name

    def run(self, reader: BlockReader, decoded: Decoded) -> None:
        """Check what the reader gives as records of the report's kind."""
        kind = self.report.kind
        assert kind is not None
        self.collector.kind = kind
        checker = ColumnChecker(kind, self.name, self.collector, self.memories)
        tally = Tally(kind, self.alone)
        if kind == "UPJSK" or (kind == "UPPLAN" and self.alone):
            reader.head = FORM_6_HEAD
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


def _only(good: set[object], bad: Mapping[object, object]) -> str | None:
    values = [*good, *bad]
    return (
        plain(values[0]).decode("ascii", "replace")
        if len(values) == 1 and isinstance(values[0], bytes)
        else None
    )
