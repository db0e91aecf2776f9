"""Reading a bulk file, judging it in DuckDB, and telling what came out."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from kaigo_subsidy.assessing._readings import chosen_readings
from kaigo_subsidy.bulk import _files, _sql
from kaigo_subsidy.bulk._figures import figures_of, named_in
from kaigo_subsidy.bulk._load import Load
from kaigo_subsidy.bulk._result import BulkResult

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from kaigo_subsidy.rules import RuleSet


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
    _files.refuse_unreadable(source)
    engine = _files.duckdb()
    connection = engine.connect(":memory:", config={"temp_directory": tempfile.gettempdir()})
    try:
        figures = figures_of(ruleset, chosen, today)
        load = Load(connection, source, ruleset, chosen, figures)
        trouble = None if load.at_once() else load.row_by_row(bad_rows)
        connection.execute("SET preserve_insertion_order = false")  # the place of an office is a column now
        connection.execute(_sql.JUDGED, named_in(_sql.JUDGED, figures))
        connection.execute("DROP TABLE lines")
        return BulkResult(connection, ruleset, chosen, today, trouble)
    except engine.Error as error:
        connection.close()
        raise _files.unreadable(source, _files.what_the_engine_said(error)) from None
    except BaseException:
        connection.close()
        raise
