"""Papers as XLSX: numbers stay numbers, totals are formulas that carry their value."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import NotInstalled

from kaigo_subsidy.papers._model import Fields, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from kaigo_subsidy.papers._model import Block, Cell, Paper, Text

_FONT: Final = "BIZ UDPゴシック"
_COLUMNS: Final = (34, 34, 40)
_TABLE_WIDTH: Final = 130
_NARROWEST: Final = 8
_LINE: Final = 15.0


def xlsxwriter() -> ModuleType:
    """The writer. Raises :class:`NotInstalled`."""
    try:
        import xlsxwriter
    except ImportError:
        raise NotInstalled("XlsxWriter", "pip install kaigo-gateway[excel]") from None
    module: ModuleType = xlsxwriter
    return module


def xlsx(paper: Paper) -> bytes:
    """The paper as a workbook, A4, with printed page numbers.

    A table of more than three columns has a worksheet of its own, so that its columns are as wide as its
    contents and it can be sorted and filtered.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter().Workbook(out, options)
    book.set_properties({"title": paper.title, "created": paper.made.astimezone(UTC).replace(tzinfo=None)})
    formats = _formats(book)
    tables = [
        block for block in paper.blocks if isinstance(block, Table) and len(block.header) > len(_COLUMNS)
    ]
    _Sheet(book, paper, formats, _COLUMNS).write(
        [each for each in paper.blocks if each not in tables], tables
    )
    for number, table in enumerate(tables, 1):
        _Sheet(book, paper, formats, _widths(table), f"{number} {table.title}").write_table(table)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
    edge = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 14, "text_wrap": False}),
        "mark": book.add_format({**base, "bold": True, "font_color": "#CE0000", "text_wrap": False}),
        "plain": book.add_format({**base, "text_wrap": False}),
        "prose": book.add_format({**base, "valign": "top"}),
        "heading": book.add_format({**base, "bold": True, "bottom": 2, "text_wrap": False}),
        "label": book.add_format({**edge, "bg_color": "#F2F2F2"}),
        "header": book.add_format({**edge, "bold": True, "bg_color": "#E8F1FE"}),
        "text": book.add_format({**edge, "num_format": "@"}),
        "number": book.add_format({**edge, "num_format": "#,##0", "align": "right"}),
        "total": book.add_format({**edge, "num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"}),
    }


def _name(text: str) -> str:
    """A name that a worksheet may have: at most 31 characters, no brackets, colons, stars or slashes."""
    return re.sub(r"[\[\]:*?/\\]", "", text).replace("　", " ")[:31]


def _widths(table: Table) -> tuple[int, ...]:
    """Columns in the proportions of the paper, in characters of half width."""
    shares = table.widths or (1,) * len(table.header)
    return tuple(max(_NARROWEST, round(_TABLE_WIDTH * share / sum(shares))) for share in shares)


def _columns_of(text: str) -> int:
    """How many half-width characters a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


class _Sheet:
    """Writes blocks downwards; ``row`` is the next free row, ``cells`` where a labelled amount stands."""

    def __init__(
        self, book: Any, paper: Paper, formats: dict[str, Any], widths: tuple[int, ...], name: str = ""
    ) -> None:
        self.paper, self.formats, self.widths = paper, formats, widths
        self.sheet = book.add_worksheet(_name(name or paper.title))
        self.row = 0
        self.cells: dict[str, str] = {}

    def write(self, blocks: Sequence[Block], tables: Sequence[Table]) -> None:
        """The first sheet; says which tables have sheets of their own."""
        self._page(landscape=False)
        for block in blocks:
            self.row += 1
            self._line(block.title, "heading")
            if isinstance(block, Fields):
                self._fields(block)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._text(block)
        self.row += 1
        for number, table in enumerate(tables, 1):
            self._line(
                f"「{table.title}」はシート「{_name(f'{number} {table.title}')}」にあります。", "plain"
            )
        for line in self.paper.foot:
            self._prose(line)

    def write_table(self, table: Table) -> None:
        """A sheet of one table: its heading stays in sight and is printed on every page."""
        self._page(landscape=True)
        self._line(table.title, "heading")
        self.sheet.repeat_rows(self.row)
        self.sheet.freeze_panes(self.row + 1, 0)
        self._table(table)

    def _page(self, *, landscape: bool) -> None:
        self.sheet.set_paper(9)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L{self.paper.mark}&C&P / &N&R{self.paper.title}")
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        if self.paper.mark:
            self._line(self.paper.mark, "mark")
        self._line(self.paper.title, "title")
        self._line(self.paper.day, "plain")

    def _height(self, values: Sequence[Cell]) -> None:
        """High enough for what is wrapped: programs do not do it by themselves in files made by others."""
        lines = [
            -(-_columns_of(str(value)) * 9 // (10 * width)) or 1
            for value, width in zip(values, self.widths, strict=False)
        ]
        if max(lines) > 1:
            self.sheet.set_row(self.row, _LINE * max(lines))

    def _line(self, text: str, kind: str) -> None:
        self.sheet.write_string(self.row, 0, text, self.formats[kind])
        self.row += 1

    def _cell(self, column: int, value: Cell, kind: str = "text") -> None:
        if isinstance(value, int):
            style = self.formats["total" if kind == "total" else "number"]
            self.sheet.write_number(self.row, column, value, style)
        else:
            self.sheet.write_string(self.row, column, value, self.formats[kind])

    def _fields(self, block: Fields) -> None:
        for label, value in block.pairs:
            self._height((label, value))
            self.sheet.write_string(self.row, 0, label, self.formats["label"])
            formula = _formula(label, self.cells)
            if formula and isinstance(value, int):
                self.sheet.write_formula(self.row, 1, formula, self.formats["number"], value)
            else:
                self._cell(1, value)
            self.cells[label] = f"$B${self.row + 1}"
            self.row += 1

    def _table(self, block: Table) -> None:
        self._height(block.header)
        for column, head in enumerate(block.header):
            self._cell(column, head, "header")
        self.row += 1
        first = self.row + 1
        for row in block.rows:
            self._height(row)
            for column, value in enumerate(row):
                self._cell(column, value)
            self.row += 1
        if block.total:
            for column, value in enumerate(block.total):
                self._total(column, value, first)
            self.row += 1

    def _total(self, column: int, value: Cell, first: int) -> None:
        """A sum is a formula, so that a corrected line corrects its total."""
        if not isinstance(value, int):
            self._cell(column, value, "total")
            return
        letter = "ABCDEFGHIJ"[column]
        formula = f"=SUM({letter}{first}:{letter}{self.row})"
        self.sheet.write_formula(self.row, column, formula, self.formats["total"], value)

    def _text(self, block: Text) -> None:
        for line in block.lines:
            self._prose(line)

    def _prose(self, text: str) -> None:
        """Wrapped over all columns: a line that runs past them would shrink the printed page."""
        lines = -(-_columns_of(text) * 10 // (9 * sum(self.widths)))
        if lines > 1:
            self.sheet.set_row(self.row, _LINE * lines)
        self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", self.formats["prose"])
        self.sheet.write_string(self.row, 0, text, self.formats["prose"])
        self.row += 1


def _formula(label: str, cells: dict[str, str]) -> str | None:
    """The portal's own arithmetic, ① to ④, over the cells above."""
    at = {key[0]: cell for key, cell in cells.items() if key[0] in "①②③"}
    readers, support = cells.get("購入額（税込・円）"), cells.get("サポート費用（税込・円）")
    if label.startswith("①") and readers and support:
        return f"={readers}+{support}"
    if label.startswith("③") and {"①", "②"} <= set(at):
        return f"=MIN({at['①']},{at['②']})"
    if label.startswith("④") and "③" in at:
        return f"=ROUNDDOWN({at['③']},-3)"
    return None
