"""Characters: what MS932 holds, what it does not, and what may stand instead."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\ue000-\uf8ff]|[^\x00-\x7f]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PRIVATE = re.compile("[\ue000-\uf8ef]")
_NOT_DEFINED = re.compile("[\x80-\xa0\uf8f0-\uf8ff]")
_INSTEAD = {
    "𠮷": "吉",
    "鷗": "鴎",
    "—": "―",
    "–": "－",
    "‐": "－",
    "‑": "－",
    "¥": "￥",
    "‾": "￣",
    "ゔ": "ヴ",
    "•": "・",
    "™": "TM",
    "ヷ": "ワ゛",
    "ヸ": "ヰ゛",
    "ヹ": "ヱ゛",
    "ヺ": "ヲ゛",
    "叱": "叱",
    "剝": "剥",
    "頰": "頬",
    "塡": "填",
    "瘦": "痩",
    "嚙": "噛",
    "搔": "掻",
    "蟬": "蝉",
    "醬": "醤",
    "麴": "麹",
    "禱": "祷",
    "屢": "屡",
    "俠": "侠",
    "顚": "顛",
    "彅": "薙",
    "莱": "莱",
    "✓": "レ",
    "☑": "レ",
    "✕": "×",
    "♥": "",
    "❤": "",
    "\u200b": "",
    "\ufeff": "",
    "\u200d": "",
    "€": "ユーロ",
}
NO_IDEA = "〓"
"""The printer's mark for a missing type: what is suggested when nothing better is known."""


def _in_ms932(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=2048)
def instead_of(char: str) -> str:
    """What may stand for a character outside MS932; ``〓`` when nothing is known, empty to leave it out.

    >>> instead_of("𠮷"), instead_of("é"), instead_of("①")
    ('吉', 'e', '①')
    """
    if _in_ms932(char):
        return char
    if char in _INSTEAD and _in_ms932(_INSTEAD[char]):
        return _INSTEAD[char]
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "So", "Sk", "Cs"}:
        return ""
    plain = unicodedata.normalize("NFKC", char)
    if _in_ms932(plain):
        return plain
    stripped = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return stripped if stripped and stripped != char and _in_ms932(stripped) else NO_IDEA


def to_ms932(text: str) -> str:
    """``text`` with every character outside MS932 replaced; composed first (macOS writes か + ゛)."""
    composed = unicodedata.normalize("NFC", text)
    kept = text if _in_ms932(text) else composed
    return kept if _in_ms932(kept) else "".join(instead_of(char) for char in kept)


def judge_characters(field: int, text: str, encoding: str) -> Iterator[Problem]:
    """Problems of the characters of one value; ``at`` is the byte offset inside the value."""
    if found := _CONTROL.search(text):
        code = "CHAR_NUL" if found.group() == "\0" else "CHAR_CONTROL"
        yield _problem(code, field, text, found.start(), encoding)
    if found := _NOT_DEFINED.search(text):
        yield _problem("CHAR_UNDEFINED", field, text, found.start(), encoding)
    if found := _PRIVATE.search(text):
        yield _problem("CHAR_GAIJI", field, text, found.start(), encoding)
    if encoding != "cp932" and not _in_ms932(text):
        for index, char in enumerate(text):
            if not _in_ms932(char):
                yield _problem("CHAR_NOT_MS932", field, text, index, encoding)


def _problem(code: str, field: int, text: str, index: int, encoding: str) -> Problem:
    char = text[index]
    at = len(text[:index].encode(encoding, "replace"))
    values = {"char": char if char.isprintable() else " ", "instead": instead_of(char), "index": index + 1}
    return Problem(code, field, f"U+{ord(char):04X}", values, at, open=True)
