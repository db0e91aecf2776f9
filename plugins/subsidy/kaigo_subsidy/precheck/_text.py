"""Reading what a receipt or a screen says: widths, amounts, dates, spoiled Japanese. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER: Final = re.compile(r"[0-9](?:[0-9,]*[0-9])?")
_SPREAD: Final = re.compile(r"(?<![0-9,])[0-9](?: [0-9,])+(?![0-9])")
_KANJI: Final = re.compile(r"[〇零一二三四五六七八九壱壹弐貳参參伍十拾百佰千阡仟万萬]{2,}(?=\s*円|\s*圓)")
_DIGITS: Final = {
    **{sign: place for place, sign in enumerate("〇一二三四五六七八九")},
    **dict.fromkeys("零", 0),
    **dict.fromkeys("壱壹", 1),
    **dict.fromkeys("弐貳", 2),
    **dict.fromkeys("参參", 3),
    **dict.fromkeys("伍", 5),
}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "阡": 1000, "仟": 1000}
_TEN_THOUSAND: Final = ("万", "萬")
_SUM: Final = re.compile(r"(?:合計|総計|領収金額|領収額|お支払|ご入金|金額)[^0-9\n]{0,12}([0-9][0-9,]*)")
_YEN: Final = re.compile(r"(?:[¥\\]\s*([0-9][0-9,]*))|(?:([0-9][0-9,]*)\s*円)")

_ERAS: Final = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_DATES: Final = re.compile(
    r"(?P<era>令和|平成|(?<![A-Za-z])[RH])\s*(?P<eyear>元|[0-9]{1,2})\s*[年./-]\s*(?P<emonth>[0-9]{1,2})\s*[月./-]"
    r"\s*(?P<eday>[0-9]{1,2})|(?<![0-9])(?P<year>20[0-9]{2})\s*[年./-]\s*(?P<month>[0-9]{1,2})\s*[月./-]\s*"
    r"(?P<day>[0-9]{1,2})(?![0-9])"
)
_OLD_FORMS: Final = str.maketrans("髙﨑濵濱邊邉齋齊德𠮷嶋眞廣", "高崎浜浜辺辺斎斉徳吉島真広")
_SPOILED: Final = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\(cid:\d+\)")


def plain(text: str) -> str:
    """Full width and half width made one, so that ５５，０００ is 55,000."""
    return unicodedata.normalize("NFKC", text)


def squeezed(text: str) -> str:
    """Text without spaces, hyphens, case and variant kanji: ``CIR-315A`` and ``cir315a`` are one model."""
    folded = plain(text).translate(_OLD_FORMS).replace("(株)", "株式会社").replace("(有)", "有限会社")
    return re.sub(r"[\s\-‐-―_ー]", "", folded).casefold()


def numbers_in(text: str) -> set[int]:
    """Every whole number, also with commas, spread letters (``5 5 , 0 0 0``) or in kanji (伍万円)."""
    found = {int(number.replace(",", "")) for number in _NUMBER.findall(text)}
    found |= {int(re.sub("[ ,]", "", spread)) for spread in _SPREAD.findall(text)}
    return found | {value for value in map(_kanji, _KANJI.findall(text)) if value}


def _kanji(text: str) -> int:
    """五万五千 as 55000."""
    whole = part = digit = 0
    for sign in text:
        if sign in _TEN_THOUSAND:
            whole, part, digit = whole + (part + digit or 1) * 10_000, 0, 0
        elif sign in _UNITS:
            part, digit = part + (digit or 1) * _UNITS[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return whole + part + digit


def total_of(text: str) -> int | None:
    """What one receipt seems to come to: the greatest sum named as one, else the greatest amount in yen."""
    named = [int(found.replace(",", "")) for found in _SUM.findall(text)]
    priced = [int((left or right).replace(",", "")) for left, right in _YEN.findall(text)]
    return max(named or priced, default=None)


def dates_in(text: str) -> Iterator[date]:
    """Days in the era (令和8年6月1日, R8.6.1) and in western years; impossible ones are left out."""
    for found in _DATES.finditer(text):
        if found["era"]:
            year = _ERAS[found["era"]] + (1 if found["eyear"] == "元" else int(found["eyear"]))
            month, day = int(found["emonth"]), int(found["eday"])
        else:
            year, month, day = (int(found[name]) for name in ("year", "month", "day"))
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def readable(text: str) -> str | None:
    """A text layer as a person reads it; None where it is spoiled beyond mending.

    Some programs write code page 932 and say that it is Latin: ``—ÌŽû‘`` is 領収書. What turns into Japanese
    without a rest is turned back.
    """
    mended = _from_cp932(text)
    if mended is not None:
        return mended
    signs = len(_SPOILED.findall(text))
    return None if signs * 10 > len(text.strip()) else text


def _from_cp932(text: str) -> str | None:
    data = bytearray()
    for sign in text:
        if ord(sign) < 256:  # noqa: PLR2004 - one byte
            data.append(ord(sign))
            continue
        try:
            data += sign.encode("cp1252")
        except UnicodeEncodeError:
            return None
    if all(byte < 128 for byte in data):  # noqa: PLR2004 - ASCII alone is what it is
        return None
    try:
        mended = data.decode("cp932")
    except UnicodeDecodeError:
        return None
    return mended if re.search("[ぁ-んァ-ヶ一-龠]", mended) else None
