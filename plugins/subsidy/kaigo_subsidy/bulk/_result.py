"""Judged offices: written to a file, or summed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_subsidy._calendar import business_days_left
from kaigo_subsidy.bulk import _files, _sql, _told
from kaigo_subsidy.bulk._prefectures import CODES, code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from kaigo_subsidy.bulk._careful import Trouble
    from kaigo_subsidy.rules import RuleSet

SCHEMA: Final = "kaigo-gateway/bulk/1"
_SUMS: Final = ("offices", "grant", "unclaimed", "unclaimed_grant")
Group = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums by prefecture, category and verdict in one list; how many offices have each reason."""

    groups: list[Group]
    reasons: list[Group]
    business_days_left: int


@dataclass(slots=True)
class BulkResult:
    """Judged offices in a private database; close it when done."""

    connection: Any
    ruleset: RuleSet
    readings: Mapping[str, str]
    today: date
    trouble: Trouble | None = None
    _sums: _Sums = field(init=False)

    def __post_init__(self) -> None:
        """Spell each combination of reasons that occurred; sum up meanwhile."""
        with ThreadPoolExecutor(1) as meanwhile:
            sums = meanwhile.submit(self._summed, self.connection.cursor())
            self.connection.execute(_told.TEXTS)
        self._sums = sums.result()

    def write(self, path: Path) -> None:
        """All offices as CSV (UTF-8 with byte-order mark) or Parquet, by suffix, whole or not at all.

        Raises :class:`InputError` for another suffix, :class:`CouldNotRun` where it cannot be written.
        """
        columns = _told.GUARDED if _files.form_of(path) == "CSV" else _told.RESULT
        _files.copy_out(self.connection, f"SELECT {columns} {_told.OFFICES}", path)

    def rows(self) -> list[dict[str, Any]]:
        """All offices as dictionaries (for tests and small files)."""
        return _rows(self.connection, f"SELECT {_told.RESULT} {_told.OFFICES}")

    def summary(self, *, unclaimed: int = 20) -> dict[str, Any]:
        """Totals by verdict, prefecture, category and reason; who has not claimed, largest first."""
        rules = self.ruleset.rules
        closes = rules.window.closes.value
        sums = self._sums
        by_verdict = _by("verdict", sums.groups)
        return {
            "schema": SCHEMA,
            "programme": rules.programme,
            "fiscal_year": rules.fiscal_year,
            "rule": {
                "id": rules.id,
                "version": rules.version,
                "hash": self.ruleset.hash,
                "readings": dict(self.readings),
                "unconfirmed": rules.overall_status == "unconfirmed",
            },
            "today": self.today.isoformat(),
            "offices": sum(row["offices"] for row in by_verdict),
            "bad_rows": self.trouble.bad if self.trouble else 0,
            "zeros_restored": self.trouble.zeros if self.trouble else 0,
            "grant": sum(row["grant"] for row in by_verdict),
            "unclaimed_offices": sum(row["unclaimed"] for row in by_verdict),
            "unclaimed_grant": sum(row["unclaimed_grant"] for row in by_verdict),
            "days_left": max(0, (closes - self.today).days),
            "business_days_left": sums.business_days_left,
            "window_closes": closes.isoformat(),
            "by_verdict": by_verdict,
            "by_prefecture": _by_prefecture(_by("prefecture", sums.groups)),
            "by_category": _by("category", sums.groups),
            "by_reason": sums.reasons,
            "unclaimed": [
                _named(row) for row in _rows(self.connection, _told.UNCLAIMED, {"limit": unclaimed})
            ],
        }

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def _summed(self, connection: Any) -> _Sums:
        connection.execute(_told.GROUPS)
        codes = list(_sql.BITS)
        counts = [(codes[row["bit"]], row["offices"]) for row in _rows(connection, _told.BY_REASON)]
        counts.sort(key=lambda count: (-count[1], count[0]))
        return _Sums(
            _rows(connection, "SELECT * FROM groups WHERE flags IS NULL"),
            [{"reason": code, "offices": offices} for code, offices in counts],
            business_days_left(self.today, self.ruleset.rules.window.closes.value),
        )


def _rows(connection: Any, sql: str, values: Mapping[str, Any] | None = None) -> list[Group]:
    cursor = connection.execute(sql, values or {})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _by(key: str, groups: Iterable[Group]) -> list[Group]:
    found = (
        {key: group[key], **{name: group[name] for name in _SUMS}}
        for group in groups
        if group[key] is not None
    )
    return sorted(found, key=lambda group: str(group[key]))


def _named(row: Group) -> Group:
    """A prefecture by its name, whether the file says 13, 東京 or 東京都."""
    code = code_of(row["prefecture"])
    return {**row, "prefecture": CODES[code] if code else row["prefecture"]}


def _by_prefecture(groups: Iterable[Group]) -> list[Group]:
    """In the official order, whatever is no prefecture last."""
    merged: dict[tuple[str, str], Group] = {}
    for group in groups:
        code = code_of(group["prefecture"])
        key = (code or "99", CODES[code] if code else group["prefecture"])
        row = merged.setdefault(key, {"code": code, "prefecture": key[1], **dict.fromkeys(_SUMS, 0)})
        for name in _SUMS:
            row[name] += group[name]
    return [merged[key] for key in sorted(merged)]
