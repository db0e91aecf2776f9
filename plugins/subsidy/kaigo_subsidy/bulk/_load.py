"""Bringing a file into the table ``lines``, at once or row by row, with all that the judging looks up."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaigo_gateway.i18n import N_

from kaigo_subsidy.assessing._lines import is_terminal
from kaigo_subsidy.bulk import _files, _sql
from kaigo_subsidy.bulk._asked import are_proper, judged_texts, texts_asked
from kaigo_subsidy.bulk._columns import columns_of
from kaigo_subsidy.bulk._figures import named_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_subsidy.bulk._careful import Trouble
    from kaigo_subsidy.rules import RuleSet


@dataclass(slots=True)
class Load:
    """One file on its way into the database."""

    connection: Any
    source: Path
    ruleset: RuleSet
    chosen: Mapping[str, str]
    figures: Mapping[str, Any]

    def at_once(self) -> bool:
        """Whether the file was as it should be, so that nothing is left to say about it."""
        try:
            if _files.form_of(self.source) == "PARQUET":
                self._fill_from_parquet()
            elif not self._fill_from_csv():
                return False
        except _files.duckdb().IOException:
            raise
        except _files.duckdb().Error:
            return False
        return self._look_up()

    def row_by_row(self, bad_rows: Path | None) -> Trouble:
        """Read it as a person would. Raises :class:`InputError` for bad rows, unless they go to a file."""
        from kaigo_subsidy.bulk._careful import copy_clean

        with tempfile.TemporaryDirectory() as folder:
            clean = Path(folder) / "clean.csv"
            trouble = copy_clean(self.source, self.connection, columns_of(self.ruleset), clean, bad_rows)
            header = list(columns_of(self.ruleset))
            self._fill(header, _files.open_csv(self.connection, clean, header))
        if not self._look_up():
            raise _files.unreadable(self.source, N_("a value has a form that is not understood"))
        return trouble

    def _fill_from_parquet(self) -> None:
        header, loose = _files.open_parquet(self.connection, self.source)
        _files.check_columns(self.source, header, columns_of(self.ruleset))
        self._fill(header, loose)

    def _fill_from_csv(self) -> bool:
        """Whether the header could be understood."""
        header = _files.plain_header(self.source)
        known = columns_of(self.ruleset)
        if header is None or not set(header) <= set(known) or len(set(header)) < len(header):
            return False
        _files.check_columns(self.source, header, known)
        as_text = _files.numbers_in_doubt(self.source)
        self._fill(header, _files.open_csv(self.connection, self.source, header, as_text=as_text))
        return True

    def _fill(self, header: list[str], loose: list[str]) -> None:
        office = self.ruleset.rules.office is not None
        sql = _sql.lines(header, loose, columns_of(self.ruleset), office=office)
        self.connection.execute(sql, named_in(sql, self.figures))

    def _look_up(self) -> bool:
        """Judge what depends on texts while the rows are looked at: whether all are as they should be."""
        texts = texts_asked(self.connection)
        if not are_proper(texts, self.ruleset):
            return False
        with ThreadPoolExecutor(1) as meanwhile:
            rows = meanwhile.submit(self._look_at_rows, self.connection.cursor())
            judged_texts(self.connection, texts, self.ruleset, self.chosen)
        return rows.result()

    def _look_at_rows(self, connection: Any) -> bool:
        ((rows, bad, numbers),) = connection.execute(_sql.CHECKED).fetchall()
        if bad or numbers != rows:
            return False
        connection.execute(_sql.TYPES)
        models = connection.execute(
            "SELECT DISTINCT reader_model FROM lines WHERE reader_model <> ''"
        ).fetchall()
        terminals = [model for (model,) in models if is_terminal(f" {model}", self.ruleset.rules)]
        connection.execute(
            "CREATE TABLE models AS SELECT unnest(?::VARCHAR[]) AS model, true AS terminal", [terminals]
        )
        return True
