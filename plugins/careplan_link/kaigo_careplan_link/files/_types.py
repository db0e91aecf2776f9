"""Checks of one value by the type of its item; every function answers (code, values) pairs.

The standard has no type column: types are read from 書式. Values arrive without quotes and not empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from kaigo_careplan_link.files._digits import insurer_check_digit_fits, office_check_digit_fits
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from kaigo_careplan_link.files._standard import Field

Answer = Iterable[tuple[str, dict[str, Any]]]
TypeCheck = Callable[["Field", str], Answer]

NINES = "9999999999"
HYPHENS = "－−‐‑–—―ー─"
_OLD_VERSIONS = {"201910", "202003", "202208"}
_ERA = re.compile(r"[MTSHRmtshr明大昭平令]")
_YEARS = range(1868, 2101)


def is_day(text: str) -> bool:
    """True for eight digits that the calendar has."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def _version(_: Field, text: str) -> Answer:
    if text == standard().csv_version:
        return
    if text == "202504":
        yield "VERSION_40", {}
    elif text in _OLD_VERSIONS:
        yield "VERSION_3", {"version": standard().versions[text]}
    else:
        yield ("VERSION_INVENTED" if text in standard().versions_seen_elsewhere else "VERSION_UNKNOWN"), {}


def _digits(field: Field, text: str) -> Answer:
    if not (text.isascii() and text.isdigit()):
        yield "FIELD_NOT_DIGITS", {"length": field.length}
    elif len(text) != field.length:
        yield "FIELD_LENGTH", {"length": field.length, "found": len(text)}


def _insurer(field: Field, text: str) -> Answer:
    wrong = list(_digits(field, text))
    yield from wrong
    if not wrong and not insurer_check_digit_fits(text):
        yield "INSURER_CHECK_DIGIT", {}


def _insured(_: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]{10}|H[0-9]{9}", text):
        yield "INSURED_FORM", {"found": len(text)}


def _date(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]{8}", text):
        if re.fullmatch(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}.*", text):
            yield "DATE_SEPARATORS", {}
        else:
            yield ("DATE_ERA" if _ERA.match(text) else "DATE_FORM"), {"found": len(text)}
    elif text == "00000000":
        if not field.zeros:
            yield "DATE_ZERO", {}
    elif not is_day(text):
        yield "DATE_CALENDAR", {}
    elif int(text[:4]) not in _YEARS:
        yield "DATE_FAR", {}


def _month(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]{6}", text):
        yield "MONTH_FORM", {"found": len(text)}
    elif text == "000000":
        if not field.zeros:
            yield "MONTH_ZERO", {}
    elif not "01" <= text[4:] <= "12" or int(text[:4]) not in _YEARS:
        yield "MONTH_CALENDAR", {}


def _office(_: Field, text: str) -> Answer:
    if text == NINES:
        return
    if not re.fullmatch(standard().office_pattern, text):
        yield "OFFICE_FORM", {"found": len(text)}
    elif not office_check_digit_fits(text):
        yield "OFFICE_CHECK_DIGIT", {}


def _int(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]+", text):
        yield ("NUMBER_SIGN" if re.fullmatch("[-+][0-9]+", text) else "NUMBER_FORM"), {}
    yield from _at_most(field, text)


def _at_most(field: Field, text: str) -> Answer:
    if field.length is None or len(text) <= field.length:
        return
    tolerated = field.tolerated_length or field.length
    code = "FIELD_LENGTH_UNSURE" if len(text) <= tolerated else "FIELD_LENGTH"
    yield code, {"length": tolerated if code == "FIELD_LENGTH" else field.length, "found": len(text)}


def _decimal(_: Field, text: str) -> Answer:
    if not re.fullmatch(r"[0-9]{1,3}\.[0-9]{2}", text):
        yield "DECIMAL_FORM", {}


def _time(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]{4}", text):
        yield "TIME_FORM", {"found": len(text)}
    elif text == "9999":
        if field.mark != "mandatory":  # only forms 6 (予定・実績) know 9999
            yield "TIME_NONE", {}
    elif text[2:] > "59" or text[:2] > "47":
        yield "TIME_CLOCK", {}
    elif text[:2] > "23":
        yield "TIME_OVER_24", {}


def _bits31(_: Field, text: str) -> Answer:
    if not re.fullmatch("[01]{31}", text):
        yield "DAY_STRING_FORM", {"found": len(text)}


def _service(_: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9A-Z]{6}", text):
        yield "SERVICE_CODE_FORM", {"found": len(text)}


def _tais(field: Field, text: str) -> Answer:
    if re.fullmatch("[0-9]{5}-[0-9]{6}", text):
        return
    if field.key != "tais_code":
        yield "EQUIPMENT_NOTIFICATION_FORM", {"found": len(text)}
    elif re.fullmatch(f"[0-9]{{5}}[{HYPHENS}][0-9]{{6}}", unicodedata.normalize("NFC", text)):
        yield "TAIS_WIDE_HYPHEN", {"char": f"U+{ord(text[5]):04X}"}
    else:
        yield ("TAIS_NO_HYPHEN" if re.fullmatch("[0-9]{11}", text) else "TAIS_FORM"), {"found": len(text)}


def _code(field: Field, text: str) -> Answer:
    spec = standard()
    if field.codes == "service_type":
        types = spec.service_types
        if text not in types.in_scope and text not in types.out_of_scope:
            yield "SERVICE_TYPE_UNKNOWN", {"type": text}
        return
    assert field.codes is not None
    allowed = spec.codes[field.codes]
    if text in allowed:
        return
    values = {"allowed": [f"{code}={name}" for code, name in allowed.items()]}
    levels = {"care_level", "care_level_prevention", "support_level"}
    if text.zfill(2) in allowed or (text.lstrip("0") or "0") in allowed:
        yield "CODE_PADDING", values
    elif field.codes in levels and any(text in spec.codes[name] for name in levels):
        yield "CODE_OTHER_LIST", values
    else:
        yield "CODE_UNKNOWN", values


def _alnum(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9A-Za-z]+", text):
        yield "ALNUM_FORM", {}
    yield from _at_most(field, text)


def _postal(_: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9]{3}-[0-9]{4}", text):
        yield "POSTAL_FORM", {}


def _phone(field: Field, text: str) -> Answer:
    if not re.fullmatch("[0-9()+-]+", text):
        yield "PHONE_FORM", {}
    yield from _at_most(field, text)


def _unused(_: Field, _text: str) -> Answer:
    yield "UNUSED_FILLED", {}


def _free(_: Field, _text: str) -> Answer:
    return ()


CHECKS: dict[str, TypeCheck] = {
    "version": _version,
    "insurer": _insurer,
    "insured": _insured,
    "date": _date,
    "month": _month,
    "office": _office,
    "text": _free,
    "int": _int,
    "time": _time,
    "bits31": _bits31,
    "service": _service,
    "tais": _tais,
    "code": _code,
    "alnum": _alnum,
    "postal": _postal,
    "phone": _phone,
    "decimal": _decimal,
    "unused": _unused,
}
