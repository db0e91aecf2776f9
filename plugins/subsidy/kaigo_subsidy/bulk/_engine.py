"""Reading a bulk file, judging it in DuckDB, and telling what came out."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.plainwords import SERVICE_CODE

from kaigo_subsidy.assessing._lines import is_terminal
from kaigo_subsidy.assessing._readings import chosen_readings
from kaigo_subsidy.bulk import _files, _sql
from kaigo_subsidy.bulk._asked import judged_texts
from kaigo_subsidy.bulk._columns import columns_of
from kaigo_subsidy.bulk._result import BulkResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_subsidy.bulk._careful import Trouble
    from kaigo_subsidy.rules import RuleSet

_SERVICES: Final = re.compile(rf"\s*(?:{SERVICE_CODE.strip('^$')}(?:\s+|$))*")


def assess_bulk(
    source: Path,
    ruleset: RuleSet,
    today: date,
    readings: Mapping[str, str] | None = None,
    *,
    bad_rows: Path | None = None,
) -> BulkResult:
    """Judge every office of a CSV or Parquet file; ``today`` is the day of application where none is given.

    A file as it should be is read at once; any other row by row, forgiving what has one meaning only.
    Rows that cannot be used are written to ``bad_rows`` and left out; without it the first is named by
    :class:`InputError`.
    """
    chosen = chosen_readings(ruleset.rules, readings)
    engine = _files.duckdb()
    connection = engine.connect(":memory:", config={"temp_directory": tempfile.gettempdir()})
    try:
        load = _Load(connection, source, ruleset, _figures(ruleset, chosen, today))
        trouble = None if load.at_once() else load.row_by_row(bad_rows)
        judged_texts(connection, ruleset, chosen)
        _mark_terminals(connection, ruleset)
        connection.execute("SET preserve_insertion_order = false")  # the place of an office is a column now
        connection.execute(_sql.JUDGED, _named_in(_sql.JUDGED, load.figures))
        connection.execute("DROP TABLE lines")
        return BulkResult(connection, ruleset, chosen, today, trouble)
    except engine.Error as error:
        connection.close()
        raise _files.unreadable(source, _files.what_the_engine_said(error)) from None
    except BaseException:
        connection.close()
        raise


@dataclass(slots=True)
class _Load:
    """Bringing the file into the table ``lines``, at once or row by row."""

    connection: Any
    source: Path
    ruleset: RuleSet
    figures: Mapping[str, Any]

    def at_once(self) -> bool:
        """Whether the file was as it should be, so that nothing is left to say about it."""
        try:
            header, loose = self._opened()
            if header is None:
                return False
            _files.check_columns(self.source, header, columns_of(self.ruleset))
            self._fill(header, loose)
        except _files.duckdb().IOException:
            raise
        except _files.duckdb().Error:
            return False
        return self._is_clean()

    def row_by_row(self, bad_rows: Path | None) -> Trouble:
        """Read it as a person would. Raises :class:`InputError` for bad rows, unless they go to a file."""
        from kaigo_subsidy.bulk._careful import copy_clean

        with tempfile.TemporaryDirectory() as folder:
            clean = Path(folder) / "clean.csv"
            trouble = copy_clean(self.source, self.connection, columns_of(self.ruleset), clean, bad_rows)
            header = list(columns_of(self.ruleset))
            self._fill(header, _files.open_csv(self.connection, clean, header))
        if not self._is_clean():
            raise _files.unreadable(self.source, N_("a value has a form that is not understood"))
        return trouble

    def _opened(self) -> tuple[list[str] | None, list[str]]:
        if _files.form_of(self.source) == "PARQUET":
            return _files.open_parquet(self.connection, self.source)
        header = _files.plain_header(self.source)
        if (
            header is None
            or not set(header) <= set(columns_of(self.ruleset))
            or len(set(header)) < len(header)
        ):
            return None, []
        return header, _files.open_csv(self.connection, self.source, header)

    def _fill(self, header: list[str], loose: list[str]) -> None:
        office = self.ruleset.rules.office is not None
        sql = _sql.lines(header, loose, columns_of(self.ruleset), office=office)
        self.connection.execute(sql, _named_in(sql, self.figures))

    def _is_clean(self) -> bool:
        rows, bad, numbers = self.connection.execute(_sql.CHECKED).fetchall()[0]
        if bad or numbers != rows:
            return False
        if self.ruleset.rules.office is None:
            return True
        asked = self.connection.execute("SELECT DISTINCT asked FROM lines").fetchall()
        return all(_SERVICES.fullmatch(text or "") for (text,) in asked)


def _figures(ruleset: RuleSet, chosen: Mapping[str, str], today: date) -> dict[str, Any]:
    rules = ruleset.rules
    near = timedelta(days=rules.near_start_days)
    start = rules.work_from.value
    shifted = {"earlier_counts": start - near, "later_required": start + near}
    bundling = ruleset.office.bundling_from if rules.office else None
    return {
        "today": today,
        "start": shifted.get(chosen.get("date_test", ""), start),
        "bundling": bundling.value if bundling else date.min,
        "opens": rules.window.opens.value,
        "closes": rules.window.closes.value,
        "keep_income": chosen.get("medical_income") == "kept",
        "refuse_one_part": chosen.get("one_part_only") == "refused",
        "unit": 1 if chosen.get("medical_rounding") == "none" else rules.rounding.value,
    }


def _named_in(sql: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """DuckDB refuses values that a query does not ask for."""
    return {name: value for name, value in figures.items() if f"${name}" in sql}


def _mark_terminals(connection: Any, ruleset: RuleSet) -> None:
    models = connection.execute("SELECT DISTINCT reader_model FROM lines WHERE reader_model <> ''").fetchall()
    terminals = [model for (model,) in models if is_terminal(f" {model}", ruleset.rules)]
    connection.execute(
        "CREATE TEMP TABLE models AS SELECT unnest(?::VARCHAR[]) AS model, true AS terminal", [terminals]
    )
