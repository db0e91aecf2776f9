"""Bulk files: header and form, opened as the view ``raw``; results written whole or not at all."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError, NotInstalled
from kaigo_gateway.i18n import N_

from kaigo_subsidy._writing import cannot_write
from kaigo_subsidy.bulk._columns import COLUMNS, known_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    from kaigo_subsidy.bulk._columns import Column

_FORMS: Final = {".csv": "CSV", ".parquet": "PARQUET"}
_WHOLE: Final = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_NUMBERS: Final = ("yen", "count", "beds")
_DOUBTS: Final = {
    b".": re.compile(rb"\.[0-9]"),
    b"E": re.compile(rb"E[-+0-9]"),
    b"+": re.compile(rb"\+[0-9]"),
    b"x": re.compile(rb"0x[0-9A-Fa-f]"),
    b"X": re.compile(rb"0X[0-9A-Fa-f]"),
    b"b": re.compile(rb"0b[01]"),
    b"_": re.compile(rb"_[0-9]"),
}
"""By a sign that is looked for first, in a tenth of the time. 1e5 is left out: it is 100,000, as it says."""

_SAMPLE: Final = 1 << 16
BLOCK: Final = 1 << 17
_ROW_GROUP: Final = 122_880
_LEAST, _MOST = 1 << 22, 1 << 26
"""Bytes: above the longest line that the engine takes; what memory should hold for each thread."""


def duckdb() -> ModuleType:
    """The engine. Raises :class:`NotInstalled`."""
    try:
        import duckdb as engine
    except ImportError:
        raise NotInstalled("duckdb", "pip install kaigo-gateway[bulk]") from None
    module: ModuleType = engine
    return module


def form_of(path: Path) -> str:
    """``CSV`` or ``PARQUET`` by suffix. Raises :class:`InputError`."""
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            N_("{path} is neither CSV nor Parquet."),
            N_("Use a file name that ends in .csv or .parquet."),
            domain="kaigo_subsidy",
            path=path,
        )
    return form


def refuse_unreadable(source: Path) -> None:
    """Raises :class:`InputError` for another suffix, and for a file that the system does not give us."""
    form_of(source)
    try:
        with source.open("rb"):
            pass
    except OSError as error:
        raise not_read(source, error) from None


def plain_header(source: Path) -> list[str] | None:
    """The columns of a CSV file in UTF-8 with commas; None where it is something else."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            return [known_name(name) for name in next(csv.reader(file, strict=True), [])]
    except (UnicodeDecodeError, csv.Error):
        return None
    except OSError as error:
        raise not_read(source, error) from None


def open_csv(connection: Any, source: Path, header: list[str], *, as_text: bool = False) -> list[str]:
    """The file as view ``raw``. Answers the number columns that are text: all ``as_text``, else none."""
    kinds = {name: COLUMNS[name].kind if name in COLUMNS else "text" for name in header}
    numbers = [name for name, kind in kinds.items() if kind in _NUMBERS] if as_text else []
    types = {name: "VARCHAR" if name in numbers else _type(name) for name in header}
    stretch = _stretch(source, connection)
    connection.read_csv(
        str(source),
        **({"buffer_size": stretch} if stretch else {}),
        header=True,
        columns=types,
        auto_detect=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
    ).create_view("raw", replace=True)
    return numbers


def _stretch(source: Path, connection: Any) -> int | None:
    """Bytes of the file that one thread reads at a time; None: the engine's own choice, 8 MB.

    Rows that do not fill a row group are copied once more, in one thread.
    """
    size = source.stat().st_size
    with source.open("rb") as file:
        rows = file.read(_SAMPLE).count(b"\n") * size // max(1, min(size, _SAMPLE))
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    groups = rows // (_ROW_GROUP * threads)
    return min(max(size // (groups * threads) + 1, _LEAST), _MOST) if groups else None


def numbers_in_doubt(source: Path) -> bool:
    """Whether somewhere stands what DuckDB would take for a whole number and is none, such as 1.95E+04."""
    with source.open("rb") as file:
        tail = b""
        while block := file.read(BLOCK):
            text = tail + block
            if any(sign in text and form.search(text) for sign, form in _DOUBTS.items()):
                return True
            tail = text[-2:]
    return False


def open_parquet(connection: Any, source: Path) -> tuple[list[str], list[str]]:
    """The file as view ``raw``, headers in either language. Answers columns, and numbers not whole."""
    relation = connection.read_parquet(str(source))
    given = list(relation.columns)
    header = [known_name(name) for name in given]
    if len(set(header)) == len(header):
        quoted = (
            f'"{old.replace(chr(34), chr(34) * 2)}" AS "{new}"'
            for old, new in zip(given, header, strict=True)
        )
        relation.project(", ".join(quoted)).create_view("raw", replace=True)
    types = dict(zip(header, map(str, relation.types), strict=True))
    numbers = [name for name in header if name in COLUMNS and COLUMNS[name].kind in _NUMBERS]
    return header, [name for name in numbers if types[name] not in _WHOLE]


def _type(name: str) -> str:
    return COLUMNS[name].sql if name in COLUMNS else "VARCHAR"


def check_columns(source: Path, header: list[str], wanted: Mapping[str, Column]) -> None:
    """Raises :class:`InputError` for no, unknown, missing and repeated columns."""
    if not header:
        raise unreadable(source, N_("it is empty"))
    if not set(header) & set(wanted):
        raise unreadable(source, N_("its first row holds no names of columns"))
    unknown = [name for name in header if name not in wanted]
    missing = [name for name, column in wanted.items() if column.required and name not in header]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    for names, sentence in (
        (unknown, N_("{path} has columns that are not known here: {columns}.")),
        (twice, N_("{path} has columns that stand twice: {columns}.")),
        (missing, N_("{path} lacks columns: {columns}.")),
    ):
        if names:
            raise InputError(
                sentence,
                N_("Known columns, in either language: {known} (`grant assess --columns` explains them)."),
                domain="kaigo_subsidy",
                path=source,
                columns=names,
                known=[f"{name} {column.ja}" for name, column in wanted.items()],
            )


def unreadable(source: Path, why: str) -> InputError:
    """The error for a file that cannot be assessed at all."""
    return InputError(
        N_("{path} cannot be assessed: {why}."),
        N_("Correct the file; `grant assess --columns` describes its columns."),
        domain="kaigo_subsidy",
        path=source,
        why=why,
    )


def not_read(source: Path, error: OSError) -> InputError:
    """The error for a file that the system does not give us."""
    return InputError(
        N_("{path} cannot be read: {why}."),
        N_("Check the path, and that the file may be read."),
        domain="kaigo_subsidy",
        path=source,
        why=error.strerror or type(error).__name__,
    )


def what_the_engine_said(error: Exception) -> str:
    """The engine's message without its advice: kind, line and what could not be read."""
    told = [line.strip() for line in str(error).splitlines() if line.strip()]
    wanted = [line for line in told[1:] if line.startswith(("Error when", "Could not", "Expected"))]
    return " ".join([told[0], *wanted[:1]]).rstrip(". ")


def copy_out(connection: Any, query: str, path: Path) -> None:
    """The rows of ``query`` as CSV or Parquet, by suffix, whole or not at all.

    Raises :class:`InputError` for another suffix, :class:`CouldNotRun` where it cannot be written.
    """
    # A dictionary of 250,000 different office numbers would only be thrown away again.
    options = "FORMAT CSV, HEADER" if form_of(path) == "CSV" else "FORMAT PARQUET, DICTIONARY_SIZE_LIMIT 2000"
    beside = path.with_name(f".{path.name}.part")
    target = str(beside).replace("'", "''")
    try:
        beside.touch()  # the system says why not in its own words, the engine in English
        connection.execute(f"COPY ({query}) TO '{target}' ({options})")
        beside.replace(path)
    except (duckdb().Error, OSError) as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise cannot_write(path, why) from None
