"""A bulk file row by row: whatever Excel, other encodings and people make of it, or which row is wrong.

Only one row is held at a time, and the numbers of the offices seen so far.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, current_language, translate
from kaigo_gateway.model.reasons import fill

from kaigo_subsidy._writing import cannot_write
from kaigo_subsidy.bulk import _cells, _files
from kaigo_subsidy.bulk._cells import Mistake
from kaigo_subsidy.bulk._columns import COLUMNS, known_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import IO

    from kaigo_subsidy.bulk._columns import Column

_PEEK: Final = 1 << 16
_BATCH: Final = 1000
_LONGEST: Final = 60
_HEAD: Final = ("row", "column", "列", "seen", "誤り", "直し方", "mistake", "remedy")


@dataclass(slots=True)
class Trouble:
    """What was found on the way: rows left out, zeros put back, the first bad row."""

    bad: int = 0
    zeros: int = 0
    first: tuple[int, str, str, Mistake] | None = None
    rows: dict[str, int] = field(default_factory=dict)


def copy_clean(
    source: Path, connection: Any, wanted: Mapping[str, Column], clean: Path, bad_rows: Path | None
) -> Trouble:
    """Write the usable rows of ``source`` to ``clean``, the others to ``bad_rows``.

    Raises :class:`InputError` for a file that cannot be read, :class:`BadRows` without ``bad_rows``.
    """
    rows = (
        _rows_of_parquet(source, connection) if _files.form_of(source) == "PARQUET" else _rows_of_csv(source)
    )
    header = [known_name(name) for name in next(rows, (0, []))[1]]
    while header and not header[-1]:
        header.pop()
    _files.check_columns(source, header, wanted)
    trouble = Trouble()
    with ExitStack() as stack:
        out = csv.writer(stack.enter_context(clean.open("w", encoding="utf-8", newline="")))
        out.writerow(wanted)
        told = _bad_writer(stack, bad_rows)
        for row, cells in rows:
            if any(cell.strip() for cell in cells):
                _one_row(row, _by_name(header, cells), len(cells) > len(header), wanted, trouble, out, told)
    if trouble.first and bad_rows is None:
        raise BadRows(source, trouble)
    return trouble


def _by_name(header: list[str], cells: list[str]) -> dict[str, str]:
    return dict(zip(header, cells, strict=False))


def _one_row(  # noqa: PLR0913, PLR0917 - one row and where it goes
    row: int,
    given: dict[str, str],
    too_long: bool,
    wanted: Mapping[str, Column],
    trouble: Trouble,
    out: Any,
    told: Any,
) -> None:
    mistakes = list(_judge(row, given, wanted, trouble))
    if too_long:
        mistakes.insert(0, ("", "", Mistake(
            N_("the row has more cells than there are columns"),
            N_("Put a value that holds a comma into quotation marks."),
        )))  # fmt: skip
    if not mistakes:
        out.writerow([given.get(name, "") for name in wanted])
        return
    trouble.bad += 1
    trouble.first = trouble.first or (row, *mistakes[0])
    if told is not None:
        told.writerows(_told(row, column, seen, mistake) for column, seen, mistake in mistakes)


def _judge(
    row: int, given: dict[str, str], wanted: Mapping[str, Column], trouble: Trouble
) -> Iterator[tuple[str, str, Mistake]]:
    """Put each cell into its plain form, in place; what cannot be is named."""
    zeros = 0
    for name, column in wanted.items():
        seen = given.get(name, "")
        try:
            if seen.strip():
                given[name] = _cells.BY_KIND[column.kind](seen)
            elif column.required and column.kind != "services":
                yield name, "", Mistake(N_("it is empty"), N_("Fill it in."))
            else:
                given[name] = ""
        except Mistake as mistake:
            restored = _cells.with_zero(seen, given.get("prefecture")) if column.kind == "number" else None
            if restored is None:
                yield name, seen, mistake
            else:
                given[name], zeros = restored, 1
    if given.get("institution_kind") == "hospital" and not given.get("beds"):
        yield (
            "beds",
            "",
            Mistake(N_("it is empty"), N_("Enter the number of beds: the rate of a hospital depends on it.")),
        )
    number = given.get("office_number", "")
    before = trouble.rows.setdefault(number, row)
    if before != row and number:
        yield (
            "office_number",
            number,
            Mistake(
                N_("{seen} stands in an earlier row already"),
                N_("Keep one row for each office number (要綱 第6条第3号)."),
            ),
        )
    trouble.zeros += zeros


def _rows_of_csv(source: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows numbered as a spreadsheet shows them: the header is row 1."""
    try:
        encoding, delimiter = _form(source)
        with source.open(encoding=encoding, newline="") as file:
            yield from enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1)
    except UnicodeDecodeError:
        raise _files.unreadable(
            source, N_("it is neither UTF-8 nor the encoding of Japanese Windows (cp932)")
        ) from None
    except csv.Error as error:
        raise _files.unreadable(source, _why(error)) from None
    except OSError as error:
        raise _files.not_read(source, error) from None


def _why(error: csv.Error) -> str:
    """Csv's words for the ways in which a file is no CSV."""
    said = str(error)
    if "NUL" in said:
        return N_("it holds NUL characters; it is no text file")
    if "unexpected end" in said:
        return N_("a quotation mark is opened and never closed")
    return N_("its quotation marks do not fit")


def _form(source: Path) -> tuple[str, str]:
    """Encoding and delimiter: UTF-8, else cp932; UTF-16 by its mark (Excel's "Unicode text" has tabs)."""
    with source.open("rb") as file:
        begin = file.read(_PEEK)
    encoding = "utf-16" if begin[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    if encoding == "utf-8-sig" and not _decodes(source, encoding):
        encoding = "cp932"
    head = begin.decode(encoding, errors="replace").split("\n", 1)[0]
    return encoding, next((mark for mark in ",\t;" if mark in head), ",")


def _decodes(source: Path, encoding: str) -> bool:
    try:
        with source.open(encoding=encoding) as file:
            while file.read(_PEEK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _rows_of_parquet(source: Path, connection: Any) -> Iterator[tuple[int, list[str]]]:
    relation = connection.read_parquet(str(source))
    yield 1, list(relation.columns)
    names = (name.replace('"', '""') for name in relation.columns)
    casts = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in names)
    path = str(source).replace("'", "''")
    cursor = connection.cursor().execute(f"SELECT {casts} FROM read_parquet('{path}')")  # noqa: S608 - quoted path and names
    row = 1
    while batch := cursor.fetchmany(_BATCH):
        for cells in batch:
            row += 1
            yield row, [cell or "" for cell in cells]


def _bad_writer(stack: ExitStack, bad_rows: Path | None) -> Any:
    if bad_rows is None:
        return None
    try:
        file: IO[str] = stack.enter_context(bad_rows.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise cannot_write(bad_rows, error.strerror or type(error).__name__) from None
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    return writer


def bad_rows_head() -> bytes:
    """A file of bad rows without any: its header alone."""
    return "\ufeff".encode() + ",".join(_HEAD).encode() + b"\r\n"


def _told(row: int, column: str, seen: str, mistake: Mistake) -> list[str]:
    """One line of the file of bad rows, in both languages; what was seen cannot run as a formula."""
    seen = seen[:_LONGEST]
    texts = [
        fill(translate(text, "kaigo_subsidy", language), {"seen": seen})
        for language in ("ja", "en")
        for text in (mistake.what, mistake.remedy)
    ]
    return [
        str(row),
        column,
        _in_japanese(column),
        *("'" + cell if cell[:1] in "=+-@\t\r" and cell else cell for cell in (seen, *texts)),
    ]


def _in_japanese(column: str) -> str:
    return COLUMNS[column].ja if column in COLUMNS else column


class BadRows(InputError):
    """Rows of a bulk file are wrong: how many, and the first with its place and remedy, in any language."""

    def __init__(self, source: Path, trouble: Trouble) -> None:
        assert trouble.first is not None
        row, self._column, self._seen, self._mistake = trouble.first
        super().__init__(
            N_(
                "{path} cannot be assessed; rows that cannot be used: {bad}, the first is row {row},"
                " {column}: {what}."
            ),
            N_("{repair} `--bad-rows FILE` writes all wrong rows to FILE and assesses the others."),
            domain="kaigo_subsidy",
            path=source,
            bad=trouble.bad,
            row=row,
            **self._words("en"),
        )

    def text(self, language: str | None = None) -> str:
        """The sentence and the remedy, both parts in ``language``."""
        self.values = {**self.values, **self._words(language)}
        return super().text(language)

    def _words(self, language: str | None) -> dict[str, str]:
        what = translate(self._mistake.what, "kaigo_subsidy", language)
        japanese = (language or current_language()) == "ja"
        return {
            "column": (_in_japanese(self._column) if japanese else self._column) or "-",
            "what": fill(what, {"seen": self._seen[:_LONGEST]}),
            "repair": translate(self._mistake.remedy, "kaigo_subsidy", language),
        }
