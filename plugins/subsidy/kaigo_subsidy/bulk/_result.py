"""Judged offices: written to a file, or summed up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_subsidy._calendar import business_days_left
from kaigo_subsidy.bulk import _files, _sql
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


@dataclass(slots=True)
class BulkResult:
    """Judged offices in a private database; close it when done."""

    connection: Any
    ruleset: RuleSet
    readings: Mapping[str, str]
    today: date
    trouble: Trouble | None = None
    _groups: list[Group] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sum up in one pass, and spell each combination of reasons that occurred."""
        self._groups = self._query(_sql.GROUPS)
        found = [group["flags"] for group in self._groups if group["flags"] is not None]
        texts = [" ".join(code for code, bit in _sql.BITS.items() if flags & bit) for flags in found]
        self.connection.execute(
            "CREATE TEMP TABLE texts AS"
            " SELECT unnest(?::INTEGER[]) AS flags, unnest(?::VARCHAR[]) AS reasons",
            [found, texts],
        )

    def write(self, path: Path) -> None:
        """All offices as CSV (UTF-8 with byte-order mark) or Parquet, by suffix, whole or not at all.

        Raises :class:`InputError` for another suffix, :class:`CouldNotRun` where it cannot be written.
        """
        columns = _sql.GUARDED if _files.form_of(path) == "CSV" else _sql.RESULT
        _files.copy_out(self.connection, f"SELECT {columns} {_sql.TOLD}", path)

    def rows(self) -> list[dict[str, Any]]:
        """All offices as dictionaries (for tests and small files)."""
        return self._query(f"SELECT {_sql.RESULT} {_sql.TOLD}")

    def summary(self, *, unclaimed: int = 20) -> dict[str, Any]:
        """Totals by verdict, prefecture, category and reason; who has not claimed, largest first."""
        rules = self.ruleset.rules
        closes = rules.window.closes.value
        by_verdict = self._by("verdict")
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
            "business_days_left": business_days_left(self.today, closes),
            "window_closes": closes.isoformat(),
            "by_verdict": by_verdict,
            "by_prefecture": _by_prefecture(self._by("prefecture")),
            "by_category": self._by("category"),
            "by_reason": self._by_reason(),
            "unclaimed": [_named(row) for row in self._query(_sql.UNCLAIMED, {"limit": unclaimed})],
        }

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def _by(self, key: str) -> list[Group]:
        groups = (group for group in self._groups if group[key] is not None)
        return sorted(
            ({key: g[key], **{name: g[name] for name in _SUMS}} for g in groups), key=lambda g: str(g[key])
        )

    def _by_reason(self) -> list[Group]:
        counts: Counter[str] = Counter()
        for group in self._groups:
            for code, bit in _sql.BITS.items() if group["flags"] else ():
                if group["flags"] & bit:
                    counts[code] += group["offices"]
        return [
            {"reason": code, "offices": offices}
            for code, offices in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ]

    def _query(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Group]:
        cursor = self.connection.execute(sql, values or {})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
