"""Checks columns of raw values. Each distinct value, and each distinct combination, is judged once.

In care data values repeat: an office, a service code or a day stands in thousands of rows. So a column is
compared with the set of values already known to be good, in C, and only new ones are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._fields import BrokenQuotes, check_value, unquote
from kaigo_careplan_link.files._rows import ROW_RULES, USES_NAME, Row
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from kaigo_careplan_link.files._blocks import Block
    from kaigo_careplan_link.files._findings import Collector, Problem
    from kaigo_careplan_link.files._name import Name
    from kaigo_careplan_link.files._rows import RowCheck

_REMEMBER = 10_000

Judged = dict["Hashable", "tuple[Problem, ...]"]


class Memory:
    """Values judged so far: good ones as a set, bad ones with their problems; forgets when too many."""

    def __init__(self) -> None:
        self.good: set[Hashable] = set()
        self.bad: Judged = {}
        self.forgot = False

    def unknown(self, values: Iterable[Hashable]) -> set[Hashable]:
        """Distinct values that are not known to be good."""
        return set(values) - self.good

    def put(self, value: Hashable, problems: tuple[Problem, ...]) -> None:
        """Remember the judgement of one value."""
        if len(self.good) + len(self.bad) >= _REMEMBER:
            self.good.clear()
            self.bad.clear()
            self.forgot = True
        if problems:
            self.bad[value] = problems
        else:
            self.good.add(value)

    @property
    def several(self) -> bool:
        """True when more than one value was seen."""
        return self.forgot or len(self.good) + len(self.bad) > 1


_ONE_PER_FILE = {"csv_version", "service_month", "deleted_month"}
"""Items of which the file is asked afterwards whether it held several values."""


class Memories:
    """Judgements that hold beyond one file: of values and combinations that no file name has a say in.

    Kept for one run over many files; holds values of personal items in memory and nowhere else.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, object], Memory] = {}

    def of(self, kind: str, encoding: str, what: object) -> Memory:
        """The memory of a column (its index) or of a rule (its place in the list)."""
        return self._kept.setdefault((kind, encoding, what), Memory())


@dataclass(slots=True)
class _Combination:
    """One rule over several items and what it answered so far."""

    columns: tuple[int, ...]
    keys: tuple[str, ...]
    check: RowCheck
    memory: Memory


class ColumnChecker:
    """All checks of values and rows of one file."""

    def __init__(self, kind: str, name: Name, collector: Collector, memories: Memories | None = None) -> None:
        self.kind, self.name, self.collector = kind, name, collector
        self._shared = memories or Memories()
        self.fields = standard().fields(kind)
        self._index = {field.key: field.no - 1 for field in self.fields}
        self._single: dict[int, list[tuple[str, RowCheck]]] = {}
        for keys, check in ROW_RULES.get(kind, ()):
            if len(keys) == 1:
                self._single.setdefault(self._index[keys[0]], []).append((keys[0], check))
        self._own = {index: Memory() for index in range(len(self.fields)) if self._is_own(index)}
        self._good_tails: set[bytes] = set()
        self.use("cp932")

    def _is_own(self, index: int) -> bool:
        """True where judgements must not be carried to another file."""
        named = any(check in USES_NAME for _, check in self._single.get(index, ()))
        return named or self.fields[index].key in _ONE_PER_FILE

    def use(self, encoding: str) -> None:
        """Judge values in ``encoding`` from now on."""
        self.encoding = encoding
        self.memories = [
            self._own.get(index) or self._shared.of(self.kind, encoding, index)
            for index in range(len(self.fields))
        ]
        self._combinations = [
            _Combination(
                tuple(self._index[key] for key in keys),
                keys,
                check,
                Memory() if check in USES_NAME else self._shared.of(self.kind, encoding, keys),
            )
            for keys, check in ROW_RULES.get(self.kind, ())
            if len(keys) > 1
        ]

    def take(self, block: Block) -> None:
        """Check one block; it is read again patiently where a value's quotes do not pair."""
        tails: tuple[bytes, ...] = ()
        head = block.head
        if head and not self._good_tails.issuperset(block.columns[-1]):
            tails = block.columns[-1]
            block.cut_tails()
        try:
            bad = self._judge(block)
        except BrokenQuotes:
            block.read_patiently()
            bad = self._judge(block)
        for row, offset, problem in block.oddities:
            self.collector.add(problem, row=row, offset=offset)
        for index, judged in bad:
            self._report(block, block.columns[index], judged)
        width = block.head or len(block.columns)
        for combination in self._combinations:
            if combination.columns[0] < width:
                self._check_rows(block, combination)
        if tails and len(tails) == len(block.rows):
            self._learn_tails(block, tails, head)

    def _learn_tails(self, block: Block, tails: tuple[bytes, ...], head: int) -> None:
        """Remember the tails whose items and combinations are all good."""
        if len(self._good_tails) > _REMEMBER:
            self._good_tails.clear()
        seen: dict[bytes, int] = {}
        for position, tail in enumerate(tails):
            seen.setdefault(tail, position)
        for tail, position in seen.items():
            values = {index: block.columns[index][position] for index in range(head, block.width)}
            items = all(value in self.memories[index].good for index, value in values.items())
            if items and all(
                tuple(values[index] for index in one.columns) in one.memory.good
                for one in self._combinations
                if one.columns[0] >= head
            ):
                self._good_tails.add(tail)

    def _judge(self, block: Block) -> list[tuple[int, Judged]]:
        found = []
        for index, (column, memory) in enumerate(zip(block.columns, self.memories, strict=False)):
            if index == block.head > 0:
                break
            if memory.good.issuperset(column):
                continue
            judged: Judged = {}
            for raw in memory.unknown(column):
                problems = memory.bad.get(raw)
                if problems is None:
                    assert isinstance(raw, bytes)
                    problems = self._check_value(index, raw)
                    memory.put(raw, problems)
                if problems:
                    judged[raw] = problems
            if judged:
                found.append((index, judged))
        return found

    def _check_value(self, index: int, raw: bytes) -> tuple[Problem, ...]:
        problems = check_value(self.fields[index], raw, self.encoding)
        if index not in self._single:
            return problems
        text = self._text(raw)
        more = [
            p for key, check in self._single[index] for p in check(Row(self.kind, self.name, {key: text}))
        ]
        return (*problems, *more)

    def _text(self, raw: bytes) -> str:
        return unquote(raw)[0].decode(self.encoding, "replace").strip()

    def _check_rows(self, block: Block, rule: _Combination) -> None:
        picked = [block.columns[index] for index in rule.columns]
        memory = rule.memory
        if memory.good.issuperset(zip(*picked, strict=True)):
            return
        judged: Judged = {}
        for values in memory.unknown(zip(*picked, strict=True)):
            problems = memory.bad.get(values)
            if problems is None:
                assert isinstance(values, tuple)
                row = Row(self.kind, self.name, dict(zip(rule.keys, map(self._text, values), strict=True)))
                problems = tuple(rule.check(row))
                memory.put(values, problems)
            if problems:
                judged[values] = problems
        if judged:
            self._report(block, list(zip(*picked, strict=True)), judged)

    def _report(self, block: Block, column: Sequence[Hashable], judged: Judged) -> None:
        if all(self.collector.full(problem) for problems in judged.values() for problem in problems):
            for value, problems in judged.items():
                for problem in problems:
                    self.collector.add_many(problem, column.count(value))
            return
        for position, value in enumerate(column):
            for problem in judged.get(value, ()):
                offset = None
                if problem.at is not None and not self.collector.full(problem):
                    offset = block.offset_of(position, problem.field, problem.at)
                self.collector.add(problem, row=block.rows[position], offset=offset)
