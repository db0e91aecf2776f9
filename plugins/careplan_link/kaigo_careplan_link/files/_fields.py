"""One raw value (bytes as they stand between two commas) to its problems."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._characters import SPECIAL, judge_characters
from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._types import CHECKS

if TYPE_CHECKING:
    from kaigo_careplan_link.files._standard import Field

_EMPTY = {
    "mandatory": "FIELD_REQUIRED",
    "inferred": "FIELD_REQUIRED_INFERRED",
    "needed": "FIELD_REQUIRED_UNKNOWN",
    "unknown": "FIELD_REQUIRED_UNKNOWN",
}


class BrokenQuotes(ValueError):
    """The quotes of a value do not fit: its record has to be read character by character."""


def unquote(raw: bytes) -> tuple[bytes, bool]:
    """The bytes without their quotes, and whether there were any; :class:`BrokenQuotes` if they mismatch.

    A line break outside quotes is no value either: lines were cut at another kind of line end.
    """
    if b'"' not in raw:
        if b"\r" in raw or b"\n" in raw:
            raise BrokenQuotes
        return raw, False
    inner = raw[1:-1]
    if len(raw) < 2 or raw[:1] != b'"' or raw[-1:] != b'"' or b'"' in inner.replace(b'""', b""):  # noqa: PLR2004
        raise BrokenQuotes
    return inner.replace(b'""', b'"'), True


def check_value(field: Field, raw: bytes, encoding: str) -> tuple[Problem, ...]:
    """All problems of one value; :class:`BrokenQuotes` if its quotes do not pair."""
    plain, quoted = unquote(raw)
    try:
        text = plain.decode(encoding)
    except UnicodeDecodeError as trouble:
        seen = plain[trouble.start : trouble.start + 2].hex(" ")
        return (
            Problem(
                "CHAR_UNDEFINED", field.no, seen, {"instead": "〓", "index": "?"}, trouble.start, open=True
            ),
        )
    if not text:
        return (Problem(_EMPTY[field.mark], field.no),) if field.mark in _EMPTY else ()
    found = []
    if quoted != (field.type == "text"):
        found.append(Problem("CSV_ITEM_QUOTED" if quoted else "CSV_TEXT_UNQUOTED", field.no))
    if SPECIAL.search(text):
        found += judge_characters(field.no, text, encoding)
    if field.type != "text":
        found += _check_item(field, text)
    return tuple(found)


def _check_item(field: Field, text: str) -> list[Problem]:
    found = []
    if text != text.strip():
        found.append(Problem("FIELD_SPACES", field.no, text))
        text = text.strip()
        if not text:
            return found
    if not text.isascii() and field.type != "tais":
        plain = unicodedata.normalize("NFKC", text).replace("−", "-")
        if plain.isascii():
            found.append(Problem("FIELD_WIDE", field.no, text))
            text = plain
    answers = CHECKS[field.type](field, text)
    return found + [Problem(code, field.no, text, values) for code, values in answers]
