"""What a file has to remember across its rows: users and keys, lines of service, sums. All of it bounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._rows import TOTAL
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_KEYS = 20_000
MAX_LINES = 100_000
"""Users and lines of service remembered per file; one with more is not compared with others."""

Key = tuple[bytes, ...]


@dataclass(slots=True)
class Tally:
    """Collects over the blocks of one file of ``kind``."""

    kind: str
    alone: bool = False
    """True when there is no other file to compare with."""
    keys: set[Key] = field(default_factory=set)
    lines: Counter[Key] = field(default_factory=Counter)
    """第6表 and 第7表: user + office + service code + 回数 + units → rows."""
    repeated: Counter[Key] = field(default_factory=Counter)
    pictures: set[bytes] = field(default_factory=set)
    overflow: bool = False
    _last_need: tuple[Key, tuple[int, ...]] | None = None
    _key_columns: tuple[int, ...] = ()
    _line_columns: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        spec = standard()
        self._key_columns = tuple(no - 1 for no in spec.kinds[self.kind].key)
        if self.kind == "UPSIKYU" or (self.kind == "UPPLAN" and not self.alone):
            sums = ("times", "units") if self.kind == "UPPLAN" else ("times_or_days", "service_units_total")
            names = ("insurer_number", "insured_number", "service_office", "service_code", *sums)
            self._line_columns = tuple(spec.field_no(self.kind, name) - 1 for name in names)

    def take(self, columns: list[tuple[bytes, ...]]) -> None:
        """Remember the keys and lines of one block."""
        if self.overflow or not columns:
            return
        if self.kind in {"UPHOSOKU", "UP1KYO", "UPKIHON", "UPYOBO"}:
            self.repeated.update(zip(*(columns[i] for i in self._identity()), strict=True))
        if not self.alone:
            self.keys.update(zip(*(columns[i] for i in self._key_columns), strict=True))
        if self._line_columns:
            self.lines.update(zip(*(columns[i] for i in self._line_columns), strict=True))
        if self.kind == "UPKIHON":
            self.pictures.update(columns[61])
        if max(len(self.keys), len(self.repeated)) > MAX_KEYS or len(self.lines) > MAX_LINES:
            self.overflow = True
            for memory in (self.keys, self.lines, self.repeated):
                memory.clear()

    def _identity(self) -> tuple[int, ...]:
        return (1, 2, 3, 62) if self.kind == "UPHOSOKU" else self._key_columns

    def bare_keys(self) -> set[Key]:
        """The keys without quotes."""
        return {bare(key) for key in self.keys}

    def disorder(self, columns: list[tuple[bytes, ...]]) -> Iterator[tuple[int, Problem]]:
        """第2表: rows out of print order, and first rows of a need without its text; (index, problem)."""
        for index in range(len(columns[0]) if columns else 0):
            user = (columns[1][index], columns[2][index], columns[4][index])
            numbers = tuple(_number(columns[column][index]) for column in (5, 7, 12))
            before = self._last_need
            same_user = before is not None and before[0] == user
            if same_user and before is not None and numbers < before[1]:
                yield index, Problem("PLAN_ORDER", 6)
            new_need = not same_user or before is None or numbers[0] != before[1][0]
            if new_need and columns[6][index] in {b"", b'""'}:
                yield index, Problem("NEED_TEXT_MISSING", 7)
            self._last_need = (user, numbers)

    def sums(self) -> Iterator[Problem]:
        """第7表 No.9: every user has one total row, and a subtotal where a type has several codes."""
        if self.kind != "UPSIKYU" or self.overflow:
            return
        totals: Counter[Key] = Counter()
        codes: dict[tuple[Key, bytes, bytes], set[bytes]] = {}
        users: dict[Key, None] = {}
        for line, count in self.lines.items():
            insurer, insured, office, code, *_ = bare(line)
            user: Key = (insurer, insured)
            users[user] = None
            if code == TOTAL.encode():
                totals[user] += count
            else:
                codes.setdefault((user, office, code[:2]), set()).add(code[2:])
        yield from self._totals(users, totals)
        number = standard().field_no("UPSIKYU", "service_code")
        for (user, _, kind_of_service), items in codes.items():
            details = items - {b"AAAA", b"EEEE", b"ZZZZ"}
            if len(details) > 1 and b"AAAA" not in items:
                values = {"type": kind_of_service.decode("ascii", "replace"), "user": _nth(users, user)}
                yield Problem("SUBTOTAL_MISSING", number, values=values)

    def _totals(self, users: dict[Key, None], totals: Counter[Key]) -> Iterator[Problem]:
        number = standard().field_no("UPSIKYU", "service_code")
        for position, user in enumerate(users, start=1):
            if totals[user] != 1:
                code = "TOTAL_TWICE" if totals[user] else "TOTAL_MISSING"
                yield Problem(code, number, values={"user": position})

    def twice(self) -> Iterable[Problem]:
        """Users that stand twice in a file with one record per user."""
        count = sum(1 for times in self.repeated.values() if times > 1)
        if count:
            yield Problem("USER_TWICE", 3, values={"count": count})


def bare(key: Key) -> Key:
    """The key without quotes: one product quotes every item, another none."""
    return tuple(part.strip(b'"') for part in key)


def _nth(users: dict[Key, None], user: Key) -> int:
    return list(users).index(user) + 1


def _number(raw: bytes) -> int:
    plain = raw.strip(b'"')
    return int(plain) if plain.isdigit() else 0
