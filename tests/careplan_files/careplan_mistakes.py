"""One mistake per entry: rule code → how to make it, and which other findings it brings with it.

``python tests/careplan_files/careplan_mistakes.py`` writes them as small files below ``mistakes/``, one
folder per mistake; a test compares the folder with this table.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from careplan_workshop import HOME, SERVICE, STAMP, Sending

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "mistakes"
A, B = HOME[0], SERVICE[0]


@dataclass
class Mistake:
    unit: str
    spoil: Callable[[Sending], object]
    also: set[str] = field(default_factory=set)
    how: dict = field(default_factory=dict)


def item(unit: str, kind: str, key: str, value: str, *also: str, **how) -> Mistake:
    """One wrong value in the first record."""
    return Mistake(unit, lambda s: s.set(kind, **{key: value}), set(also), how)


def every(unit: str, kind: str, key: str, value: str, *also: str, **how) -> Mistake:
    """The same wrong value in all records."""
    return Mistake(unit, lambda s: s.set_all(kind, **{key: value}), set(also), how)


def raw(unit: str, kind: str, key: str, value: str, *also: str) -> Mistake:
    return Mistake(unit, lambda s: s.raw(kind, key, value), set(also))


def name(unit: str, kind: str, old: str, new: str, *also: str) -> Mistake:
    return Mistake(unit, lambda s: s.rename(kind, lambda n: n.replace(old, new)), set(also))


def names(unit: str, old: str, new: str, *also: str) -> Mistake:
    return Mistake(unit, lambda s: s.rename_all(lambda n: n.replace(old, new)), set(also))


def text(unit: str, kind: str, change, *also: str) -> Mistake:
    return Mistake(unit, lambda s: s.text(kind, change), set(also))


def data(unit: str, kind: str, change, *also: str) -> Mistake:
    return Mistake(unit, lambda s: s.data(kind, change), set(also))


def records(unit: str, kind: str, change, *also: str, **how) -> Mistake:
    """``change`` gets the list of records and answers the new one."""
    return Mistake(unit, lambda s: s.put(kind, change(s.records(kind))), set(also), how)


def _both(*spoilers):
    def spoil(sending: Sending) -> None:
        for spoiler in spoilers:
            spoiler(sending)

    return spoil


def _later(kinds_unit: str, stamp: str):
    """Add another sending."""

    def spoil(sending: Sending) -> None:
        sending.files |= Sending(kinds_unit, stamp=stamp).files

    return spoil


def _gaiji(raw_bytes: bytes) -> bytes:
    return raw_bytes.replace("見本　計子".encode("cp932"), "見本　計".encode("cp932") + b"\xf0\x40")


def _old_version(sending: Sending) -> None:
    """3.x 第6表: 22 items, without No.16 to 18."""
    old = list(sending.records("UPPLAN"))
    keys = [k for k in old[0] if k not in {"tais_code", "equipment_notification_code", "equipment_name"}]
    lines = [",".join((r | {"csv_version": "202208"})[k] or "" for k in keys) for r in old]
    sending.files = {sending.name("UPPLAN"): ("\r\n".join(lines) + "\r\n").encode("cp932")}


def _drop_all_but(*kinds: str):
    def spoil(sending: Sending) -> None:
        sending.files = {sending.name(kind): sending.files[sending.name(kind)] for kind in kinds}

    return spoil


def _one_row(rows: list[dict]) -> list[dict]:
    return rows[:1]


ALONE = {"UNIT_INCOMPLETE"}
MISTAKES: dict[str, Mistake] = {
    # --- input
    "INPUT_FOREIGN_FILE": Mistake("home-4", lambda s: s.files.update({"memo.txt": b"lunch at noon"})),
    # --- names
    "NAME_EXTENSION": names("home-4", ".CSV", ".txt"),
    "NAME_EXTENSION_CASE": names("home-4", ".CSV", ".csv"),
    "NAME_COPY": names("home-4", ".CSV", " (1).CSV"),
    "NAME_WIDE": names("home-4", "DLTPLAN", "ＤＬＴＰＬＡＮ"),
    "NAME_PREFIX_CASE": names("home-4", "DLTPLAN", "dltplan"),
    "NAME_PREFIX_UNKNOWN": names("service-1", "UPJSK", "UPJISSEKI", "KIND_GUESSED"),
    "NAME_PARTS": names("home-4", f"_{A}_43_{B}_11_", "_"),
    "NAME_VERSION_3": names("home-4", f"_{A}_43_{B}_11_", f"_{A}_{B}_"),
    "NAME_MONTH_MISSING": names("home-4", "_202701_", "_"),
    "NAME_MONTH_UNEXPECTED": names("home-3", "DLT1KYO_", "DLT1KYO_000000_"),
    "NAME_MONTH_FORM": names("home-4", "_202701_", "_202713_", "MONTH_NOT_IN_NAME"),
    "NAME_MONTH_ZERO": names("home-4", "_202701_", "_000000_", "MONTH_NOT_IN_NAME"),
    "NAME_OFFICE_EMPTY": names("home-4", B, ""),
    "NAME_OFFICE_FORM": names("home-4", A, A[1:]),
    "NAME_OFFICE_CHECK_DIGIT": names("home-4", B, "0300000005"),
    "NAME_SERVICE_FORM": names("home-4", "_11_", "_111_"),
    "NAME_SERVICE_UNKNOWN": names("home-4", "_11_", "_99_"),
    "NAME_SERVICE_OUT_OF_SCOPE": names("home-4", "_11_", "_33_"),
    "NAME_SERVICES_SWAPPED": names("service-1", f"_{B}_11_{A}_43_", f"_{B}_43_{A}_11_"),
    "NAME_SERVICE_DIRECTION": names("home-4", "_43_", "_15_"),
    "NAME_SAME_OFFICE": names("home-4", B, A),
    "NAME_STAMP_FORM": names("home-4", STAMP, STAMP + "0"),
    "NAME_STAMP_CALENDAR": names("home-4", STAMP, "20261131101500"),
    "NAME_BRANCH": Mistake(
        "prevention-1",
        lambda s: s.rename("UPKIHON_IMAGE", lambda n: n.replace("_0001.", "_1.")),
        {"UNIT_PICTURE_MISSING", "UNIT_PICTURE_EXTRA"},
    ),
    "KIND_GUESSED": Mistake(
        "home-4",
        lambda s: s.files.update({"data.CSV": Sending("home-2").files.popitem()[1]}),
        {"NAME_PREFIX_UNKNOWN"},
    ),
    "KIND_UNKNOWN": Mistake(
        "home-4", lambda s: s.files.update({"data.CSV": b"202407,1,2\r\n"}), {"NAME_PREFIX_UNKNOWN"}
    ),
    "KIND_CONTENT_DIFFERS": Mistake(
        "service-1",
        lambda s: s.files.update({s.name("UPJSK"): Sending("service-2").files.popitem()[1]}),
    ),
    "DELETE_NAME_ON_DATA": names("service-1", "UPJSK", "DLTJSK"),
    # --- bytes
    "FILE_EMPTY": data("home-4", "DLTPLAN", lambda b: b""),
    "ENCODING_UTF8": data("service-1", "UPJSK", lambda b: b.decode("cp932").encode()),
    "ENCODING_UTF8_BOM": data("service-1", "UPJSK", lambda b: b.decode("cp932").encode("utf-8-sig")),
    "ENCODING_UTF16": data("service-1", "UPJSK", lambda b: b.decode("cp932").encode("utf-16")),
    "ENCODING_OTHER": data("service-1", "UPJSK", lambda b: b.decode("cp932").encode("euc_jp")),
    "CHAR_NOT_MS932": data(
        "service-1", "UPJSK", lambda b: b.decode("cp932").replace("計子", "𠮷子").encode(), "ENCODING_UTF8"
    ),
    "CHAR_UNDEFINED": data("service-1", "UPJSK", lambda b: b.replace("計子".encode("cp932"), b"\xfc\xfc", 1)),
    "CHAR_GAIJI": data("service-1", "UPJSK", _gaiji),
    "CHAR_CONTROL": text("service-1", "UPJSK", lambda t: t.replace("計子", "計子\x0b", 1)),
    "CHAR_NUL": text("service-1", "UPJSK", lambda t: t.replace("計子", "計子\0", 1)),
    "LINE_END_LF": text("service-1", "UPJSK", lambda t: t.replace("\r\n", "\n")),
    "LINE_END_CR": text("service-1", "UPJSK", lambda t: t.replace("\r\n", "\r")),
    "LINE_END_MIXED": text("service-1", "UPJSK", lambda t: t.replace("\r\n", "\n", 1)),
    "LAST_LINE_OPEN": text("service-1", "UPJSK", lambda t: t[:-2]),
    # --- CSV form
    "CSV_TRUNCATED": text("service-1", "UPJSK", lambda t: t[:-60], "LAST_LINE_OPEN"),
    "CSV_EOF_MARK": text("service-1", "UPJSK", lambda t: t + "\x1a", "LAST_LINE_OPEN"),
    "CSV_EMPTY_LINE": text("service-1", "UPJSK", lambda t: t + "\r\n"),
    "CSV_FIELD_COUNT": text(
        "service-1", "UPJSK", lambda t: t + t.split("\r\n")[0].replace("0106", "0107") + ",\r\n"
    ),
    "CSV_HEADER_ROW": text("service-1", "UPJSK", lambda t: "CSVバージョン,保険者番号\r\n" + t),
    "CSV_NO_RECORDS": text("service-1", "UPJSK", lambda t: "CSVバージョン,保険者番号\r\n", "CSV_HEADER_ROW"),
    "CSV_DELIMITER": text("home-4", "DLTPLAN", lambda t: t.replace(",", "\t"), "CSV_FIELD_COUNT"),
    "CSV_TEXT_UNQUOTED": raw("service-1", "UPJSK", "plan_author_name", "見本　計子"),
    "CSV_ITEM_QUOTED": raw("service-1", "UPJSK", "times", '"1"'),
    "CSV_STRAY_QUOTE": raw("service-1", "UPJSK", "plan_author_name", '"見本"計"子"'),
    "CSV_UNCLOSED_QUOTE": raw("service-1", "UPJSK", "plan_author_name", '"見本　計子'),
    # --- items
    "FIELD_REQUIRED": item("service-1", "UPJSK", "times", ""),
    "FIELD_REQUIRED_INFERRED": item("service-1", "UPJSK", "plan_office", ""),
    "FIELD_REQUIRED_UNKNOWN": item("service-1", "UPJSK", "plan_author_name", ""),
    "FIELD_LENGTH": item("service-1", "UPJSK", "units", "1234567"),
    "FIELD_LENGTH_UNSURE": item("home-2", "UPSIKYU", "days_until_last_month", "00123"),
    "FIELD_NOT_DIGITS": item("home-4", "DLTPLAN", "insurer_number", "99101X"),
    "FIELD_WIDE": raw("service-1", "UPJSK", "times", "１"),
    "FIELD_SPACES": raw("service-1", "UPJSK", "times", "1 "),
    "VERSION_40": every("home-4", "DLTPLAN", "csv_version", "202504"),
    "VERSION_3": Mistake("home-2", _old_version, ALONE),
    "VERSION_INVENTED": every("home-4", "DLTPLAN", "csv_version", "202410"),
    "VERSION_UNKNOWN": every("home-4", "DLTPLAN", "csv_version", "202612"),
    "INSURER_CHECK_DIGIT": every("home-4", "DLTPLAN", "insurer_number", "991017"),
    "INSURED_FORM": item("home-4", "DLTPLAN", "insured_number", "12345"),
    "DATE_FORM": item("home-3", "DLT1KYO", "plan_made_on", "2027011"),
    "DATE_SEPARATORS": item("home-3", "DLT1KYO", "plan_made_on", "2027/01/01"),
    "DATE_ERA": item("home-3", "DLT1KYO", "plan_made_on", "R0901010"),
    "DATE_ZERO": item("home-3", "DLT1KYO", "plan_made_on", "00000000"),
    "DATE_CALENDAR": item("home-3", "DLT1KYO", "plan_made_on", "20270230"),
    "DATE_FAR": item("home-3", "DLT1KYO", "plan_made_on", "02270101"),
    "MONTH_FORM": item("home-4", "DLTPLAN", "deleted_month", "2027-01"),
    "MONTH_ZERO": item("home-4", "DLTPLAN", "deleted_month", "000000", "MONTH_NOT_IN_NAME"),
    "MONTH_CALENDAR": item("home-4", "DLTPLAN", "deleted_month", "202713", "MONTH_NOT_IN_NAME"),
    "OFFICE_FORM": every("service-1", "UPJSK", "plan_office", A[1:]),
    "OFFICE_CHECK_DIGIT": every("service-1", "UPJSK", "plan_office", "0300000100"),
    "NUMBER_FORM": raw("service-1", "UPJSK", "units", "24.4"),
    "NUMBER_SIGN": item("service-1", "UPJSK", "units", "-94"),
    "DECIMAL_FORM": item("home-2", "UPSIKYU", "yen_per_unit", "10"),
    "TIME_FORM": raw("service-1", "UPJSK", "start_time", "9:00"),
    "TIME_CLOCK": item("service-1", "UPJSK", "start_time", "0875"),
    "TIME_OVER_24": item("service-1", "UPJSK", "end_time", "2430"),
    "TIME_NONE": Mistake("home-1", lambda s: s.set("UP3KYO", start_time="9999", end_time="9999")),
    "DAY_STRING_FORM": item("service-1", "UPJSK", "pro_rata_days", "11111"),
    "SERVICE_CODE_FORM": item("service-1", "UPJSK", "service_code", "11111"),
    "TAIS_FORM": item("service-1", "UPJSK", "tais_code", "1-10", service="17"),
    "TAIS_NO_HYPHEN": item("service-1", "UPJSK", "tais_code", "00001000010", service="17"),
    "TAIS_WIDE_HYPHEN": item("service-1", "UPJSK", "tais_code", "00001－000010", service="17"),
    "EQUIPMENT_NOTIFICATION_FORM": Mistake(
        "service-1",
        lambda s: s.set("UPJSK", tais_code="", equipment_notification_code="123"),
        how={"service": "17"},
    ),
    "CODE_UNKNOWN": item("service-1", "UPJSK", "over_30_days", "9"),
    "CODE_PADDING": item("prevention-1", "UPKIHON", "consultation_count", "1"),
    "CODE_OTHER_LIST": item("prevention-1", "UPKIHON", "care_level", "06"),
    "ALNUM_FORM": item("service-1", "UPJSK", "satellite_no", "#1"),
    "POSTAL_FORM": item("home-1", "UP1KYO", "user_postal_code", "1000001"),
    "PHONE_FORM": item("prevention-1", "UPKIHON", "user_phone", "000 000 0000"),
    "UNUSED_FILLED": item("service-1", "UPJSK", "identifier_unused", "1"),
    # --- rows
    "SERVICE_TYPE_UNKNOWN": every("service-1", "UPJSK", "service_code", "991111", "RESULT_OTHER_SERVICE"),
    "SERVICE_OUT_OF_SCOPE": every("service-1", "UPJSK", "service_code", "331111", "RESULT_OTHER_SERVICE"),
    "EQUIPMENT_CODE_MISSING": item("service-1", "UPJSK", "tais_code", "", service="17"),
    "EQUIPMENT_CODE_BOTH": item(
        "service-1", "UPJSK", "equipment_notification_code", "00001-000010", service="17"
    ),
    "EQUIPMENT_CODE_ELSEWHERE": item("service-1", "UPJSK", "tais_code", "00001-000010"),
    "DISCRIMINATOR_ELSEWHERE": item("service-1", "UPJSK", "line_discriminator", "1"),
    "DAY_OUTSIDE_MONTH": item("service-1", "UPJSK", "service_date", "20270201"),
    "DAY_STRING_BEYOND_MONTH": item("service-1", "UPJSK", "pro_rata_days", "1" * 31, month="202702"),
    "TIME_HALF": item("service-1", "UPJSK", "end_time", "9999"),
    "TIME_ORDER": item("service-1", "UPJSK", "end_time", "0100"),
    "TIMES_ZERO": item("service-1", "UPJSK", "times", "0"),
    "AUTHOR_IS_OFFICE": every("service-1", "UPJSK", "plan_author_name", "みほん居宅介護支援事業所"),
    "MONTH_NOT_IN_NAME": every("home-4", "DLTPLAN", "deleted_month", "202612"),
    "MONTH_BEFORE_STANDARD": Mistake(
        "home-4",
        _both(
            lambda s: s.rename_all(lambda n: n.replace("202701", "202503")),
            lambda s: s.set_all("DLTPLAN", deleted_month="202503"),
        ),
    ),
    "RESULT_OTHER_OFFICE": item("service-1", "UPJSK", "service_office", A),
    "RESULT_OTHER_SERVICE": item("service-1", "UPJSK", "service_code", "151111"),
    "UPDATING_OFFICE_OTHER": every("service-1", "UPJSK", "updating_office", A),
    "DETAIL_OFFICE_NINES": item(
        "home-2",
        "UPSIKYU",
        "service_office",
        "9999999999",
        "UNIT_LINE_ONLY_IN_FORM_6",
        "UNIT_LINE_ONLY_IN_FORM_7",
    ),
    "TOTAL_OFFICE": records("home-2", "UPSIKYU", lambda r: [*r[:-1], r[-1] | {"service_office": B}]),
    "SUM_UNITS": records("home-2", "UPSIKYU", lambda r: [*r[:-1], r[-1] | {"units": "4392"}]),
    "SUM_NULLS": records("home-2", "UPSIKYU", lambda r: [*r[:-1], r[-1] | {"discount_rate": "90"}]),
    "FRAME_GAP": item("home-2", "UPHOSOKU", "frame2_service_type", "11"),
    "FRAME_WITHOUT_TYPE": item("home-2", "UPHOSOKU", "frame1_units", "100"),
    "SUPPLEMENT_BOTH_ZERO": item("home-2", "UPHOSOKU", "service_month", "000000", "MONTH_NOT_IN_NAME"),
    "SUPPLEMENT_NONE_ZERO": item("home-2", "UPHOSOKU", "plan_made_on", "20270101"),
    "DATES_REVERSED": Mistake(
        "home-2", lambda s: s.set("UPHOSOKU", limit_from="20270101", limit_to="20260101")
    ),
    "BIRTH_AFTER_SENDING": item("home-2", "UPHOSOKU", "birth_date", "20300101"),
    "EXPLANATION_MISSING": item("home-1", "UP1KYO", "household_help_reason", "3"),
    "WEEKLY_MIXED": item("home-1", "UP3KYO", "non_weekly_services", "通院"),
    "WEEKLY_EMPTY": records("home-1", "UP3KYO", lambda r: [*r[:-1], r[-1] | {"non_weekly_services": None}]),
    "WEEKLY_NO_DAY": item("home-1", "UP3KYO", "weekday", ""),
    "PICTURE_NAME": item(
        "prevention-1",
        "UPKIHON",
        "family_image_file",
        "family.jpg",
        "UNIT_PICTURE_MISSING",
        "UNIT_PICTURE_EXTRA",
    ),
    "PICTURE_NOT_JPEG": data("prevention-1", "UPKIHON_IMAGE", lambda b: b"\x89PNG\r\n"),
    # --- files
    "ROW_TWICE": records("service-1", "UPJSK", lambda r: [*r, r[-1]]),
    "PLAN_ORDER": records("home-1", "UP2KYO", lambda r: [r[0] | {"support_no": "3"}, r[1]]),
    "NEED_TEXT_MISSING": item("home-1", "UP2KYO", "need", ""),
    "VERSION_MIXED": item("service-1", "UPJSK", "csv_version", "202504", "VERSION_40"),
    "MONTH_MIXED": item(
        "service-1", "UPJSK", "service_month", "202702", "MONTH_NOT_IN_NAME", "DAY_OUTSIDE_MONTH"
    ),
    "TOTAL_MISSING": records("home-2", "UPSIKYU", lambda r: r[:-1]),
    "TOTAL_TWICE": records("home-2", "UPSIKYU", lambda r: [*r, r[-1] | {"benefit_rate": "80"}]),
    "SUBTOTAL_MISSING": records("home-2", "UPSIKYU", lambda r: [*r[:-2], r[-1]]),
    "USER_TWICE": records("home-2", "UPHOSOKU", lambda r: [*r, r[0] | {"user_address_2": "別棟"}]),
    # --- units
    "UNIT_INCOMPLETE": Mistake("home-2", lambda s: s.drop("UPSIKYU")),
    "UNIT_NOT_TOGETHER": Mistake("home-2", lambda s: s.files.update(Sending("home-3").files)),
    "UNIT_KIND_TWICE": Mistake(
        "home-4",
        lambda s: s.files.update({n.replace("_11_", "_15_"): d for n, d in s.files.items()}),
        {"UNIT_TYPES_DIFFER"},
    ),
    "UNIT_TYPES_DIFFER": name("home-2", "UPHOSOKU", "_11_", "_15_"),
    "UNIT_MONTHS_DIFFER": Mistake(
        "home-2",
        _both(
            lambda s: s.rename("UPSIKYU", lambda n: n.replace("202701", "202702")),
            lambda s: s.set_all("UPSIKYU", service_month="202702"),
        ),
        {"UNIT_USER_MISSING", "UNIT_USER_EXTRA"},
    ),
    "UNIT_SUPPLEMENT_MONTH": Mistake(
        "home-2",
        _both(
            lambda s: s.rename("UPHOSOKU", lambda n: n.replace("202701", "000000")),
            lambda s: s.set_all("UPHOSOKU", service_month="000000", plan_made_on="20270101"),
        ),
    ),
    "UNIT_USER_MISSING": records("home-2", "UPHOSOKU", _one_row, people=2),
    "UNIT_USER_EXTRA": records("home-2", "UPHOSOKU", lambda r: [*r, r[0] | {"insured_number": "9900000099"}]),
    "UNIT_LINE_ONLY_IN_FORM_6": item(
        "home-2", "UPPLAN", "service_code", "119999", "UNIT_TIMES_DIFFER", "UNIT_UNITS_DIFFER"
    ),
    "UNIT_LINE_ONLY_IN_FORM_7": records(
        "home-2", "UPSIKYU", lambda r: [r[0] | {"service_code": "119999"}, *r]
    ),
    "UNIT_TIMES_DIFFER": item("home-2", "UPSIKYU", "times_or_days", "7"),
    "UNIT_UNITS_DIFFER": item("home-2", "UPSIKYU", "service_units_total", "1"),
    "UNIT_PICTURE_MISSING": Mistake("prevention-1", lambda s: s.drop("UPKIHON_IMAGE")),
    "UNIT_PICTURE_EXTRA": item("prevention-1", "UPKIHON", "family_image_file", ""),
    # --- order of sending
    "SENDING_DELETED_LAST": Mistake("service-1", _later("service-2", "20261226101500")),
    "SENDING_DELETED_FIRST": Mistake("service-1", _later("service-2", "20261224101500")),
    "SENDING_SENT_AGAIN": Mistake("service-1", _later("service-1", "20261226101500")),
}
BUILT_IN_TESTS = {
    "INPUT_UNREADABLE",
    "INPUT_ZIP_BROKEN",
    "INPUT_ZIP_ENCRYPTED",
    "INPUT_ZIP_BOMB",
    "INPUT_ZIP_FOLDER",
    "INPUT_ZIP_PATH",
    "CSV_RECORD_TOO_LONG",
    "FILE_TOO_MANY_USERS",
}
"""Mistakes that cannot lie in a repository as small files; test_careplan_input.py makes them."""


def make(code: str) -> Sending:
    """The spoilt sending for ``code``."""
    mistake = MISTAKES[code]
    sending = Sending(mistake.unit, **mistake.how)
    mistake.spoil(sending)
    return sending


def folder_of(code: str) -> Path:
    return FOLDER / code.lower().replace("_", "-")


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for each in MISTAKES:
        make(each).write(folder_of(each))
