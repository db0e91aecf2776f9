"""A cell as a person or a spreadsheet wrote it, as one value; what has no single meaning is refused.

Every function takes the cell's text (not empty) and answers the text that the plain reader understands,
or raises :class:`Mistake`.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.plainwords import OFFICE_NUMBER, SERVICE_CODE

from kaigo_subsidy.bulk._prefectures import code_of
from kaigo_subsidy.bulk._sql import MOST

if TYPE_CHECKING:
    from collections.abc import Callable

AS_TEXT: Final = N_(
    "In the spreadsheet give the column the format Text before the values are entered or imported, then"
    " export the file again."
)


class Mistake(Exception):
    """What is wrong with a cell, and what to do: message ids; the sentence may show {seen}."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


_SHORTENED: Final = re.compile(r"[0-9]+(\.[0-9]+)?[Ee][+-]?[0-9]+")
_ERAS: Final = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_SIGNS: Final = str.maketrans("‐‑‒–—―−ー", "--------")
_DAYS: Final = (
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(
        r"(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"
        r"(?:[ T]+0{1,2}:00(?::00(?:\.0+)?)?)?"
    ),
    re.compile(
        r"(?P<e>令和|平成|[RH])(?P<y>[0-9]{1,2}|元)[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"
    ),
)
_TRUE: Final = {
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
    "はい",
    "有",
    "有り",
    "あり",
    "済",
    "済み",
    "対応",
    "○",
    "〇",
    "◯",
}
_FALSE: Final = {
    "false",
    "f",
    "no",
    "n",
    "0",
    "0.0",
    "いいえ",
    "無",
    "無し",
    "なし",
    "未",
    "非対応",
    "×",
    "✕",
    "x",
}
_CONDITIONS: Final = {
    "new": "new", "新品": "new", "used": "used", "中古": "used", "中古品": "used",
    "leased": "leased", "lease": "leased", "リース": "leased",
}  # fmt: skip
_INSTITUTIONS: Final = {
    "hospital": "hospital",
    "病院": "hospital",
    "clinic": "clinic",
    "診療所": "clinic",
    "クリニック": "clinic",
}


def plain(text: str) -> str:
    """Half-width, no spaces around, and without what keeps text in a spreadsheet: ="…" or '…."""
    told = unicodedata.normalize("NFKC", text).strip()
    if told.startswith('="') and told.endswith('"'):
        told = told[2:-1]
    return told.removeprefix("'").strip()


def _refuse_shortened(told: str) -> None:
    if _SHORTENED.fullmatch(told):
        raise Mistake(N_("the spreadsheet has shortened the value to {seen}; digits are lost"), AS_TEXT)


def number(text: str) -> str:
    """An office number of ten characters; hyphens and spaces between them do not matter."""
    told = plain(text).translate(_SIGNS).upper()
    _refuse_shortened(told)
    told = re.sub(r"[\s-]", "", told).removesuffix(".0")
    if re.fullmatch(r"[1-9][0-9A-Z][0-9]{7}", told):
        raise Mistake(
            N_("{seen} has nine characters; a spreadsheet probably took the 0 in front"),
            N_(
                "Give the column the format Text and enter the number again; or fill in the column"
                " prefecture, by which the 0 is put back."
            ),
        )
    if not re.fullmatch(OFFICE_NUMBER, told):
        raise Mistake(
            N_("{seen} is no office number of ten characters"), N_("Copy it from the designation notice.")
        )
    return told


def with_zero(text: str, prefecture: str | None) -> str | None:
    """``0170000001`` for 170000001, where the prefecture (北海道) says so too; None otherwise."""
    told = "0" + re.sub(r"[\s-]", "", plain(text).translate(_SIGNS).upper()).removesuffix(".0")
    code = code_of(prefecture)
    return told if code and told.startswith(code) and re.fullmatch(OFFICE_NUMBER, told) else None


def services(text: str) -> str:
    """Codes with spaces between; commas, 、, slashes, semicolons and line breaks do as well."""
    told = plain(text).upper()
    found = []
    for part in re.split(r"[\s,、;/・+]+", told if not _SHORTENED.fullmatch(told) else told.replace("+", "")):
        _refuse_shortened(part)
        code = part.removesuffix(".0")
        if code and not re.fullmatch(SERVICE_CODE, code):
            raise Mistake(
                N_("{seen} holds what is no service type code of two characters, such as 11 or 2A"),
                N_("Copy the codes from the designation notice, with spaces between them."),
            )
        found.append(code)
    return " ".join(code for code in found if code)


def _whole(text: str, limit: int) -> str:
    told = re.sub(r"[\s,、¥\\]|[円台床]$", "", plain(text).translate(_SIGNS))
    _refuse_shortened(told)
    if re.fullmatch(r"[-△▲(].+", told):
        raise Mistake(
            N_("{seen} is negative"), N_("Enter the amount after discounts and refunds, as it was paid.")
        )
    told = re.sub(r"\.0+$", "", told)
    if not re.fullmatch(r"[0-9]+", told):
        raise Mistake(
            N_("{seen} is no whole number"), N_("Enter digits only, such as 19500; leave it empty for none.")
        )
    if int(told) > limit:
        raise Mistake(N_("{seen} is more than can be"), N_("Correct the number."))
    return str(int(told))


def yen(text: str) -> str:
    """Whole yen; ¥, 円, thousands separators and a fraction of zero do not matter."""
    return _whole(text, MOST["yen"])


def count(text: str) -> str:
    """A number of things."""
    return _whole(text, MOST["count"])


def beds(text: str) -> str:
    """A number of beds."""
    return _whole(text, MOST["beds"])


def day(text: str) -> str:
    """A day as 2026-11-22, 2026/11/22, 20261122, 2026年11月22日, 令和8年11月22日 or R8.11.22."""
    told = plain(text).translate(_SIGNS)
    _refuse_shortened(told)
    found = next((match for pattern in _DAYS if (match := pattern.fullmatch(told))), None)
    if found:
        part = found.groupdict()
        year = 1 if part["y"] == "元" else int(part["y"])
        with suppress(ValueError):
            meant = date(year + _ERAS.get(part.get("e") or "", 0), int(part["m"]), int(part["d"]))
            if date(2000, 1, 1) <= meant <= date(2100, 12, 31):
                return meant.isoformat()
    if re.fullmatch(r"[0-9]{5}(\.0+)?", told):
        raise Mistake(
            N_("{seen} is a spreadsheet's own number of a day"),
            N_("Give the column the format Date, then export again."),
        )
    raise Mistake(
        N_("{seen} is no day that has one meaning"), N_("Write it as 2026-11-22 or 令和8年11月22日.")
    )


def flag(text: str) -> str:
    """``true`` or ``false``, in the words that people use."""
    told = plain(text).lower()
    if told in _TRUE:
        return "true"
    if told in _FALSE:
        return "false"
    raise Mistake(N_("{seen} is neither yes nor no"), N_("Write true or false, はい or いいえ, 1 or 0."))


def condition(text: str) -> str:
    """``new``, ``used`` or ``leased``."""
    return _one_of(text, _CONDITIONS, N_("Write new, used or leased (新品, 中古, リース)."))


def institution(text: str) -> str:
    """``hospital`` or ``clinic``."""
    return _one_of(text, _INSTITUTIONS, N_("Write hospital or clinic (病院, 診療所)."))


def _one_of(text: str, words: dict[str, str], remedy: str) -> str:
    found = words.get(plain(text).lower())
    if found is None:
        raise Mistake(N_("{seen} is none of the words that are expected"), remedy)
    return found


def text(given: str) -> str:
    """Anything, as it is; spaces around it are dropped."""
    return given.strip()


BY_KIND: Final[dict[str, Callable[[str], str]]] = {
    "number": number,
    "text": text,
    "services": services,
    "flag": flag,
    "yen": yen,
    "count": count,
    "beds": beds,
    "date": day,
    "condition": condition,
    "institution": institution,
}
