"""CSV for claim software: code page 932 with CRLF, and a list of what could not be written."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from kaigo_subsidy.papers._records import csv_text

if TYPE_CHECKING:
    from kaigo_subsidy.papers._facts import Facts

GETA: Final = "〓"
_SAME: Final = str.maketrans(
    {
        "\u301c": "\uff5e",  # cp932 reads its wave dash back as the full-width tilde
        "\u2212": "\uff0d",
        "\u2014": "\u2015",
        "\u2016": "\u2225",
        "\u00a5": "\uffe5",
        "\u2013": "\uff0d",
        "\u00a0": " ",
    }
)


class Unwritten(NamedTuple):
    """A character that cp932 does not have: line and column of its cell from 1, and its code point."""

    line: int
    column: int
    character: str
    code_point: str


def to_cp932(text: str) -> tuple[bytes, list[Unwritten]]:
    """CSV text as strict cp932; what it lacks becomes 〓 and is listed."""
    unwritten: list[Unwritten] = []
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        writer.writerow([_cell(cell, line, column, unwritten) for column, cell in enumerate(row, 1)])
    return out.getvalue().encode("cp932"), unwritten


def _cell(cell: str, line: int, column: int, unwritten: list[Unwritten]) -> str:
    kept = []
    for character in cell.translate(_SAME):
        try:
            character.encode("cp932")
        except UnicodeEncodeError:
            unwritten.append(Unwritten(line, column, character, f"U+{ord(character):04X}"))
            kept.append(GETA)
        else:
            kept.append(character)
    return "".join(kept)


def csv_cp932(facts: Facts) -> bytes:
    """The expense records for claim software."""
    return to_cp932(csv_text(facts))[0]


def unwritten_list(facts: Facts) -> bytes:
    """What the cp932 file could not hold, as UTF-8 CSV; only the heading where nothing was lost."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if facts.mark:
        writer.writerow([facts.mark])
    writer.writerow(["行", "列", "文字", "符号位置"])
    writer.writerows(to_cp932(csv_text(facts))[1])
    return out.getvalue().encode("utf-8-sig")
