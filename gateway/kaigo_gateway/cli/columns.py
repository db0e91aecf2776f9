"""Lines as wide as the terminal: a Japanese character takes two columns, which click does not count."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OPENING: Final = "（「『【〔"
_CLOSING: Final = "、。，．・：；？！）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
_PIECE: Final = re.compile(rf"\s+|[{_OPENING}]*(?:[^\s\u3000-\u9fff\uff00-\uffef]+|\S)[{_CLOSING}]*")
_LEADING: Final = re.compile(r"\s*(?:\[[^\]]*\] |\d+\. |[?!-] )?")


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def fold(text: str, width: int) -> Iterator[str]:
    """``text`` in lines of at most ``width`` columns; words and paths stay whole, 。 never begins a line."""
    line, used = "", 0
    for piece in _PIECE.findall(text):
        takes = columns(piece)
        if line and used + takes > width:
            yield line.rstrip()
            line, used = "", 0
            if piece.isspace():
                continue
        line, used = line + piece, used + takes
    yield line.rstrip()


def fold_hanging(lines: Iterable[str], width: int) -> Iterator[str]:
    """Report lines in ``width`` columns: what runs over stands below the text, not below the mark."""
    for line in lines:
        found = _LEADING.match(line)
        mark = found.group() if found else ""
        indent = columns(mark)
        first, *more = fold(line[len(mark) :], max(width - indent, 20))
        yield f"{mark}{first}".rstrip()
        yield from (" " * indent + rest for rest in more)


def paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    r"""The paragraphs of a help text, joined to one line each, and whether to leave it as it is (``\b``)."""
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        first, _, rest = block.partition("\n")
        if first.strip() == "\b":
            yield rest, True
        else:
            yield re.sub(r"\s*\n\s*", _joint, block.strip()), False


def _joint(found: re.Match[str]) -> str:
    """English lines join with a space, Japanese ones without."""
    around = found.string[found.start() - 1] + found.string[found.end() : found.end() + 1]
    return "" if columns(around) > len(around) else " "


class ColumnFormatter(click.HelpFormatter):
    """click's help pages, measured in columns."""

    def write_text(self, text: str) -> None:
        """Paragraphs, folded and indented."""
        indent = " " * self.current_indent
        blocks = []
        for block, as_it_is in paragraphs(text):
            lines = block.split("\n") if as_it_is else fold(block, self.width - self.current_indent)
            blocks.append("\n".join(f"{indent}{line}".rstrip() for line in lines))
        self.write("\n\n".join(blocks) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Two columns: names, and what they mean."""
        rows = list(rows)
        first_width = min(max(columns(name) for name, _ in rows), col_max) + col_spacing
        indent, below = " " * self.current_indent, " " * (self.current_indent + first_width)
        for name, meaning in rows:
            room = first_width - columns(name)
            begin = indent + name + (" " * room if room >= col_spacing else f"\n{below}")
            lines = list(fold(" ".join(meaning.split()), max(self.width - len(below), 20)))
            self.write(f"{begin}{lines[0]}".rstrip() + "\n")
            self.write("".join(f"{below}{line}\n" for line in lines[1:]))


class ColumnContext(click.Context):
    """A context whose help pages are measured in columns."""

    formatter_class = ColumnFormatter
