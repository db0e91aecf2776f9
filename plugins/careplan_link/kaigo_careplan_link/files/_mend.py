"""Mechanical repairs of one value: only what changes no meaning. Answers the new value and what was done."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._characters import to_ms932
from kaigo_careplan_link.files._fields import unquote
from kaigo_careplan_link.files._types import HYPHENS
from kaigo_careplan_link.files._write import as_item

if TYPE_CHECKING:
    from kaigo_careplan_link.files._standard import Field

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Mended = tuple[str, tuple[str, ...]]


class NotMechanical(Exception):
    """Something that only a person can decide; the argument is the code of the rule."""


@lru_cache(maxsize=8192)
def mend_value(field: Field, raw: bytes, encoding: str, *, replace: bool) -> Mended:
    """The value as the standard writes it and the codes of what was mended.

    ``replace`` allows other characters in place of those outside MS932; without it they raise
    :class:`NotMechanical`. Raises ``UnicodeDecodeError`` for bytes that are no text.
    """
    plain, quoted = unquote(raw)
    text = plain.decode(encoding)
    done: list[str] = []
    new = _mend_characters(text, done, replace=replace)
    if field.type != "text":
        new = _mend_item(field, new, done)
    item = as_item(new, free_text=field.type == "text")
    if new and quoted != item.startswith('"'):
        done.append("CSV_ITEM_QUOTED" if quoted else "CSV_TEXT_UNQUOTED")
    return item, tuple(done)


def _mend_characters(text: str, done: list[str], *, replace: bool) -> str:
    new = _CONTROL.sub("", text)
    if new != text:
        done.append("CHAR_NUL" if "\0" in text else "CHAR_CONTROL")
    try:
        new.encode("cp932")
    except UnicodeEncodeError:
        composed = unicodedata.normalize("NFC", new)
        fitting = to_ms932(new)
        if fitting != composed and not replace:
            raise NotMechanical("CHAR_NOT_MS932") from None
        done.append("CHAR_NOT_MS932")
        new = fitting
    return new.encode("cp932").decode("cp932")  # ¬ and ￢ share one code, as some other pairs do


def _mend_item(field: Field, text: str, done: list[str]) -> str:
    def step(new: str, code: str) -> None:
        nonlocal text
        if new != text:
            done.append(code)
            text = new

    step(text.strip(), "FIELD_SPACES")
    if not text.isascii() and field.type != "tais":
        plain = unicodedata.normalize("NFKC", text).replace("−", "-")
        step(plain if plain.isascii() else text, "FIELD_WIDE")
    if field.type == "date" and (
        found := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text)
    ):
        step(f"{found[1]}{int(found[2]):02d}{int(found[3]):02d}", "DATE_SEPARATORS")
    elif field.type == "time" and (found := re.fullmatch("([0-9]{1,2}):([0-9]{2})", text)):
        step(f"{int(found[1]):02d}{found[2]}", "TIME_FORM")
    elif field.type == "tais":
        step(re.sub(f"^([0-9]{{5}})[{HYPHENS}]([0-9]{{6}})$", r"\1-\2", text), "TAIS_WIDE_HYPHEN")
        step(re.sub("^([0-9]{5})([0-9]{6})$", r"\1-\2", text), "TAIS_NO_HYPHEN")
    elif field.type == "postal":
        step(re.sub("^([0-9]{3})([0-9]{4})$", r"\1-\2", text), "POSTAL_FORM")
    return text
