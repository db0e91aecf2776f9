"""Papers as XLSX: numbers stay numbers, totals are formulas that carry their value."""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import NotInstalled

from kaigo_subsidy.papers._model import Fields, Table

if TYPE_CHECKING:
    from types import ModuleType

    from kaigo_subsidy.papers._model import Cell, Paper, Text

_FONT: Final = "BIZ UDPゴシック"
_COLUMNS: Final = 8
_WIDE: Final = 34


def xlsxwriter() -> ModuleType:
    """The writer. Raises :class:`NotInstalled`."""
    try:
        import xlsxwriter
    except ImportError:
        raise NotInstalled("XlsxWriter", "pip install kaigo-gateway[excel]") from None
    module: ModuleType = xlsxwriter
    return module


def xlsx(paper: Paper) -> bytes:
    """The paper as one worksheet, A4, with printed page numbers."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter().Workbook(out, options)
    book.set_properties({"title": paper.title, "created": paper.made.astimezone(UTC).replace(tzinfo=None)})
    _Sheet(book, paper).write()
    book.close()
    return out.getvalue()


class _Sheet:
    """Writes blocks downwards; ``row`` is the next free row, ``cells`` where a labelled amount stands."""

    def __init__(self, book: Any, paper: Paper) -> None:
        self.paper = paper
        self.sheet = book.add_worksheet(paper.title[:31].replace("　", " "))
        self.row = 0
        self.cells: dict[str, str] = {}
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
        edge = {**base, "border": 1}
        self.formats = {
            "title": book.add_format({**base, "bold": True, "font_size": 14, "text_wrap": False}),
            "mark": book.add_format({**base, "bold": True, "font_color": "#CE0000", "text_wrap": False}),
            "plain": book.add_format({**base, "text_wrap": False}),
            "heading": book.add_format({**base, "bold": True, "bottom": 2, "text_wrap": False}),
            "label": book.add_format({**edge, "bg_color": "#F2F2F2"}),
            "header": book.add_format({**edge, "bold": True, "bg_color": "#E8F1FE"}),
            "text": book.add_format({**edge, "num_format": "@"}),
            "number": book.add_format({**edge, "num_format": "#,##0", "align": "right"}),
            "total": book.add_format({**edge, "num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"}),
        }

    def write(self) -> None:
        """The whole sheet."""
        self._page()
        if self.paper.mark:
            self._line(self.paper.mark, "mark")
        self._line(self.paper.title, "title")
        self._line(self.paper.day, "plain")
        for block in self.paper.blocks:
            self.row += 1
            self._line(block.title, "heading")
            if isinstance(block, Fields):
                self._fields(block)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._text(block)
        self.row += 1
        for line in self.paper.foot:
            self._line(line, "plain")

    def _page(self) -> None:
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C&P / &N")
        self.sheet.set_column(0, 0, _WIDE)
        self.sheet.set_column(1, 1, _WIDE)
        self.sheet.set_column(2, _COLUMNS, 18)

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
            self.sheet.write_string(self.row, 0, label, self.formats["label"])
            formula = _formula(label, self.cells)
            if formula and isinstance(value, int):
                self.sheet.write_formula(self.row, 1, formula, self.formats["number"], value)
            else:
                self._cell(1, value)
            self.cells[label] = f"$B${self.row + 1}"
            self.row += 1

    def _table(self, block: Table) -> None:
        for column, head in enumerate(block.header):
            self._cell(column, head, "header")
        self.row += 1
        first = self.row + 1
        for row in block.rows:
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
            self._line(line, "plain")


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
