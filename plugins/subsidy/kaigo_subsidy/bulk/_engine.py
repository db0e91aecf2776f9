"""Reading a bulk file, judging it in DuckDB, and writing what came out."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError, NotInstalled
from kaigo_gateway.i18n import N_

from kaigo_subsidy._calendar import business_days_left
from kaigo_subsidy._writing import cannot_write
from kaigo_subsidy.assessing._lines import is_terminal
from kaigo_subsidy.assessing._readings import chosen_readings
from kaigo_subsidy.assessing._services import limits_of
from kaigo_subsidy.bulk import _sql
from kaigo_subsidy.bulk._rows import COLUMNS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    from kaigo_subsidy.rules import RuleSet

SCHEMA: Final = "kaigo-gateway/bulk/1"
_BELONGS: Final = {".csv": "CSV", ".parquet": "PARQUET"}


def duckdb() -> ModuleType:
    """The engine. Raises :class:`NotInstalled`."""
    try:
        import duckdb as engine
    except ImportError:
        raise NotInstalled("duckdb", "pip install kaigo-gateway[bulk]") from None
    module: ModuleType = engine
    return module


@dataclass(slots=True)
class BulkResult:
    """Judged offices in a private database; close it when done."""

    connection: Any
    ruleset: RuleSet
    today: date

    def write(self, path: Path) -> None:
        """All offices as CSV (UTF-8) or Parquet, by suffix, whole or not at all.

        Raises :class:`InputError` for another suffix, :class:`CouldNotRun` where it cannot be written.
        """
        form = _form_of(path)
        beside = path.with_name(f".{path.name}.part")
        options = "FORMAT CSV, HEADER" if form == "CSV" else "FORMAT PARQUET"
        columns = _sql.GUARDED if form == "CSV" else _sql.RESULT
        target = str(beside).replace("'", "''")
        try:
            sql = f"COPY (SELECT {columns} FROM told) TO '{target}' ({options})"  # noqa: S608 - our own column names, quoted path
            self.connection.execute(sql)
            beside.replace(path)
        except (duckdb().Error, OSError) as error:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise cannot_write(path, str(error).splitlines()[0]) from None

    def rows(self) -> list[dict[str, Any]]:
        """All offices as dictionaries (for tests and small files)."""
        return self._query(f"SELECT {_sql.RESULT} FROM told")  # noqa: S608 - our own column names

    def summary(self, *, unclaimed: int = 20) -> dict[str, Any]:
        """Totals by verdict, prefecture, category and reason; who has not claimed, largest first."""
        closes = self.ruleset.rules.window.closes.value
        by_verdict = self._query(_sql.BY_VERDICT)
        return {
            "schema": SCHEMA,
            "rule": {
                "id": self.ruleset.rules.id,
                "version": self.ruleset.rules.version,
                "hash": self.ruleset.hash,
            },
            "offices": sum(row["offices"] for row in by_verdict),
            "grant": sum(row["grant"] for row in by_verdict),
            "days_left": max(0, (closes - self.today).days),
            "business_days_left": business_days_left(self.today, closes),
            "window_closes": closes.isoformat(),
            "by_verdict": by_verdict,
            "by_prefecture": self._query(_sql.BY_PREFECTURE),
            "by_category": self._query(_sql.BY_CATEGORY),
            "by_reason": self._query(_sql.BY_REASON),
            "unclaimed": self._query(_sql.UNCLAIMED, {"limit": unclaimed}),
        }

    def close(self) -> None:
        """Free the memory."""
        self.connection.close()

    def _query(self, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        cursor = self.connection.execute(sql, values or {})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def assess_bulk(
    source: Path, ruleset: RuleSet, today: date, readings: Mapping[str, str] | None = None
) -> BulkResult:
    """Judge every office of a CSV or Parquet file; ``today`` is the day of application where none is given.

    Raises :class:`InputError` naming the file and the first bad column or office.
    """
    if ruleset.rules.office is None:
        raise InputError(
            N_("The programme {programme} cannot be assessed in bulk."),
            N_("Only programmes for care offices can, such as kiban-office."),
            domain="kaigo_subsidy",
            programme=ruleset.rules.programme,
        )
    connection = duckdb().connect(":memory:")
    chosen = chosen_readings(ruleset.rules, readings)
    try:
        _load(connection, source)
        _join_tables(connection, ruleset, chosen)
        connection.execute(_sql.JUDGED, _figures(ruleset, chosen, today))
        _spell_reasons(connection)
    except duckdb().Error as error:
        connection.close()
        raise _unreadable(source, _what(error)) from None
    except BaseException:
        connection.close()
        raise
    return BulkResult(connection, ruleset, today)


def _what(error: Exception) -> str:
    """The engine's message without its advice: kind, line and what could not be read."""
    told = [line.strip() for line in str(error).splitlines() if line.strip()]
    wanted = [line for line in told[1:] if line.startswith(("Error when", "Could not", "Expected"))]
    return " ".join([told[0], *wanted[:1]]).rstrip(". ")


def _figures(ruleset: RuleSet, chosen: Mapping[str, str], today: date) -> dict[str, Any]:
    rules = ruleset.rules
    near = timedelta(days=rules.near_start_days)
    start = rules.work_from.value
    shifted = {"earlier_counts": start - near, "later_required": start + near}
    bundling = ruleset.office.bundling_from
    return {
        "today": today,
        "start": shifted.get(chosen.get("date_test", ""), start),
        "bundling": bundling.value if bundling else date.min,
        "opens": rules.window.opens.value,
        "closes": rules.window.closes.value,
        "refuse_one_part": chosen.get("one_part_only") == "refused",
        "unit": rules.rounding.value,
    }


def _form_of(path: Path) -> str:
    form = _BELONGS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            N_("{path} is neither CSV nor Parquet."),
            N_("Use a file name that ends in .csv or .parquet."),
            domain="kaigo_subsidy",
            path=path,
        )
    return form


def _load(connection: Any, source: Path) -> None:
    """The file as table ``offices`` with every known column."""
    form, path = _form_of(source), str(source)
    if form == "CSV":
        header = _header(source)
        types = {name: COLUMNS.get(name, "VARCHAR") for name in header}
        relation = connection.read_csv(
            path, header=True, columns=types, auto_detect=False, delimiter=",", quotechar='"', escapechar='"'
        )
    else:
        relation = connection.read_parquet(path)
        header = relation.columns
    _check_columns(source, list(header))
    relation.create_view("raw")
    columns = ", ".join(
        f"CAST({name} AS {kind}) AS {name}" if name in header else f"CAST(NULL AS {kind}) AS {name}"
        for name, kind in COLUMNS.items()
    )
    connection.execute(f"CREATE TEMP TABLE offices AS SELECT {columns} FROM raw")  # noqa: S608 - our own column names
    bad = connection.execute(_sql.BAD_ROW).fetchone()
    if bad:
        raise _unreadable(source, f"office {bad[0]}: number, date, amounts or condition")
    twice = connection.execute(_sql.TWICE).fetchone()
    if twice:
        raise _unreadable(source, f"office {twice[0]} stands twice; one claim for each office number")


def _header(source: Path) -> list[str]:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(source, getattr(error, "strerror", None) or "not UTF-8") from None


def _check_columns(source: Path, header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in header]
    if unknown or missing or len(set(header)) != len(header):
        raise InputError(
            N_("{path} has unknown, missing or repeated columns: {columns}."),
            N_("Known columns: {known}."),
            domain="kaigo_subsidy",
            path=source,
            columns=unknown or missing or header,
            known=list(COLUMNS),
        )


def _unreadable(source: Path, why: str) -> InputError:
    return InputError(
        N_("{path} cannot be assessed: {why}."),
        N_("Correct the file; docs/grant.md describes its columns."),
        domain="kaigo_subsidy",
        path=source,
        why=why,
    )


def _join_tables(connection: Any, ruleset: RuleSet, chosen: Mapping[str, str]) -> None:
    """What the single function says of each distinct list of services and each distinct reader model."""
    connection.execute("CREATE TEMP TABLE asked AS SELECT DISTINCT services FROM offices")
    services = connection.execute("SELECT services FROM asked").fetchall()
    judged = [_limits(text, ruleset, chosen) for (text,) in services]
    kinds = {kind: str(number) for number, kind in enumerate(dict.fromkeys(judged))}
    connection.execute(
        "CREATE TEMP TABLE kinds AS SELECT unnest(?::INTEGER[]) AS kind, unnest(?::BIGINT[]) AS cap,"
        " unnest(?::BIGINT[]) AS readers, unnest(?::VARCHAR[]) AS category",
        [list(kinds.values()), *([kind[place] for kind in kinds] for place in range(3))],
    )
    # One text, in the order of ``asked``: handing over thousands of values one by one takes longer than
    # judging them.
    connection.execute(
        "CREATE TEMP TABLE limits AS SELECT services, cap, readers, category FROM asked POSITIONAL JOIN"
        " (SELECT unnest(string_split(nullif(?, ''), ' '))::INTEGER AS kind) JOIN kinds USING (kind)",
        [" ".join(kinds[kind] for kind in judged)],
    )
    models = connection.execute(
        "SELECT DISTINCT reader_model FROM offices WHERE reader_model <> ''"
    ).fetchall()
    terminals = [model for (model,) in models if is_terminal(f" {model}", ruleset.rules)]
    connection.execute(
        "CREATE TEMP TABLE models AS SELECT unnest(?::VARCHAR[]) AS model, true AS terminal", [terminals]
    )


def _spell_reasons(connection: Any) -> None:
    """The text of each combination of reasons that occurs, and the view that shows it."""
    found = [flags for (flags,) in connection.execute("SELECT DISTINCT flags FROM judged").fetchall()]
    texts = [" ".join(code for bit, code in enumerate(_sql.REASONS) if flags >> bit & 1) for flags in found]
    connection.execute(
        "CREATE TEMP TABLE texts AS SELECT unnest(?::INTEGER[]) AS flags, unnest(?::VARCHAR[]) AS reasons",
        [found, texts],
    )
    connection.execute(_sql.TOLD)


def _limits(text: str | None, ruleset: RuleSet, chosen: Mapping[str, str]) -> tuple[int, int, str]:
    limits = limits_of((text or "").split(), ruleset, chosen)
    categories = sorted({ruleset.services[code].category for code in limits.counted})
    return limits.cap, limits.readers, "+".join(categories)
