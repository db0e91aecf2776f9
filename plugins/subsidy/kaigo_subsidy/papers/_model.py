"""A paper as data: what HTML, XLSX and PDF all render, so that they cannot differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

Cell = str | int
"""Text, or a whole number (yen, pieces); renderers align and group numbers."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A block of labels and values."""

    title: str
    pairs: tuple[tuple[str, Cell], ...]

    def data(self) -> dict[str, Any]:
        """Plain data for the PDF template."""
        return {"type": "fields", "title": self.title, "pairs": [[k, shown(v)] for k, v in self.pairs]}


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``total`` is its last row.

    ``numbers`` are the indexes of columns that hold numbers, ``small`` of those in small print.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    total: tuple[Cell, ...] | None = None
    small: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        """Plain data for the PDF template."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        return {
            "type": "table",
            "title": self.title,
            "header": list(self.header),
            "rows": [[shown(cell) for cell in row] for row in rows],
            "numbers": list(self.numbers),
            "small": list(self.small),
            "widths": list(self.widths) or [1] * len(self.header),
            "has_total": self.total is not None,
        }


@dataclass(frozen=True, slots=True)
class Text:
    """A list of sentences."""

    title: str
    lines: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Plain data for the PDF template."""
        return {"type": "text", "title": self.title, "lines": list(self.lines)}


Block = Fields | Table | Text


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: title, mark of a simulated Setup, blocks in order, foot.

    ``made`` is the Setup's time, not the clock's: the same Setup gives the same bytes.
    """

    name: str
    title: str
    mark: str
    day: str
    blocks: tuple[Block, ...]
    made: datetime
    foot: tuple[str, ...] = field(default=())

    def data(self) -> dict[str, Any]:
        """Plain data for the PDF template."""
        return {
            "title": self.title,
            "mark": self.mark,
            "day": self.day,
            "blocks": [block.data() for block in self.blocks],
            "foot": list(self.foot),
        }


def shown(cell: Cell) -> str:
    """Numbers grouped by thousands, text as it is."""
    return f"{cell:,}" if isinstance(cell, int) else cell
