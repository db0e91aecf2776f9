"""Rules over several items of one record. Each is a function of few values, so that its answers can be kept.

A rule names the items it reads by English key; the checker calls it once per distinct combination.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._types import NINES, is_day

if TYPE_CHECKING:
    from kaigo_careplan_link.files._name import Name

_SUMS = {"AAAA", "EEEE", "ZZZZ"}
TOTAL = "999999"
_LIKE_AN_OFFICE = re.compile("事業所|センター|株式会社|有限会社|法人|ステーション|ケアプラン")


@dataclass(frozen=True, slots=True)
class Row:
    """The values a rule reads: ``row["key"]`` is the text, ``row.no("key")`` the No. of the item."""

    kind: str
    name: Name
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values[key]

    def problem(self, code: str, key: str, /, **more: object) -> Problem:
        """A problem seen in the item ``key``."""
        return Problem(code, standard().field_no(self.kind, key), self.values[key], more)


RowCheck = Callable[[Row], Iterable[Problem]]
USES_NAME: set[RowCheck] = set()
"""Checks that compare with the file name: their answers hold for one file only."""


def _uses_name(check: RowCheck) -> RowCheck:
    USES_NAME.add(check)
    return check


def _equipment(row: Row) -> Iterable[Problem]:
    """第6表 No.16, 17, 19 and 第7表 No.10, 11: goods for hire need one of two codes, others none."""
    tais, notified = row["tais_code"], row["equipment_notification_code"]
    if row["service_code"][:2] in standard().equipment_types:
        if not tais and not notified:
            yield row.problem("EQUIPMENT_CODE_MISSING", "tais_code")
        elif tais and notified:
            yield row.problem("EQUIPMENT_CODE_BOTH", "equipment_notification_code")
    elif tais or notified:
        yield row.problem("EQUIPMENT_CODE_ELSEWHERE", "tais_code" if tais else "equipment_notification_code")


def _equipment_line(row: Row) -> Iterable[Problem]:
    yield from _equipment(row)
    if row["line_discriminator"] and row["service_code"][:2] not in standard().equipment_types:
        yield row.problem("DISCRIMINATOR_ELSEWHERE", "line_discriminator")


def _scope(row: Row) -> Iterable[Problem]:
    """Main part 1.3 and 1.4: rows of types outside the scope are not written."""
    code = row["service_code"]
    if code == TOTAL or not re.fullmatch("[0-9A-Z]{6}", code):
        return
    types = standard().service_types
    if code[:2] in types.out_of_scope:
        yield row.problem("SERVICE_OUT_OF_SCOPE", "service_code", type=code[:2])
    elif code[:2] not in types.in_scope:
        yield row.problem("SERVICE_TYPE_UNKNOWN", "service_code", type=code[:2])


def _type_scope(row: Row) -> Iterable[Problem]:
    if row["service_type"] in standard().service_types.out_of_scope:
        yield row.problem("SERVICE_OUT_OF_SCOPE", "service_type", type=row["service_type"])


def _day_in_month(row: Row) -> Iterable[Problem]:
    day, month = row["service_date"], row["service_month"]
    if re.fullmatch("[0-9]{8}", day) and is_day(day) and re.fullmatch("[0-9]{6}", month) and day[:6] != month:
        yield row.problem("DAY_OUTSIDE_MONTH", "service_date", month=month)


def _days(row: Row) -> Iterable[Problem]:
    yield from _day_in_month(row)
    days, month = row["pro_rata_days"], row["service_month"]
    if not re.fullmatch("[01]{31}", days) or not re.fullmatch("[12][0-9]{3}(0[1-9]|1[0-2])", month):
        return
    length = calendar.monthrange(int(month[:4]), int(month[4:]))[1]
    if "1" in days[length:]:
        yield row.problem("DAY_STRING_BEYOND_MONTH", "pro_rata_days", days=length)


def _clock(start_key: str, end_key: str) -> RowCheck:
    def check(row: Row) -> Iterable[Problem]:
        start, end = row[start_key], row[end_key]
        if bool(start) != bool(end) or (start == "9999") != (end == "9999"):
            yield row.problem("TIME_HALF", end_key if start else start_key)
        elif re.fullmatch("[0-9]{4}", start) and re.fullmatch("[0-9]{4}", end) and end < start:
            yield row.problem("TIME_ORDER", end_key)

    return check


def _times(row: Row) -> Iterable[Problem]:
    if row["times"].isdigit() and int(row["times"]) == 0:
        yield row.problem("TIMES_ZERO", "times")


def _author(row: Row) -> Iterable[Problem]:
    if _LIKE_AN_OFFICE.search(row["plan_author_name"]):
        yield row.problem("AUTHOR_IS_OFFICE", "plan_author_name")


def _month_of(key: str) -> RowCheck:
    @_uses_name
    def check(row: Row) -> Iterable[Problem]:
        month = row[key]
        if row.name.month and re.fullmatch("[0-9]{6}", month) and month != row.name.month:
            yield row.problem("MONTH_NOT_IN_NAME", key, month=row.name.month)
        if re.fullmatch("20[0-9]{4}", month) and month < standard().first_service_month:
            yield row.problem("MONTH_BEFORE_STANDARD", key, month=standard().first_service_month)

    return check


@_uses_name
def _result_office(row: Row) -> Iterable[Problem]:
    """実績 come from the office that served; in 委託 a care manager may pass them on."""
    name = row.name
    if not name.sender_service or name.sender_service in standard().care_manager_types:
        return
    if row["service_office"] and row["service_office"] != name.sender:
        yield row.problem("RESULT_OTHER_OFFICE", "service_office", office=name.sender)


def _result_type(key: str) -> RowCheck:
    @_uses_name
    def check(row: Row) -> Iterable[Problem]:
        name, kind_of_service = row.name, row[key][:2]
        if (
            not name.sender_service
            or name.sender_service in standard().care_manager_types
            or not kind_of_service
        ):
            return
        if kind_of_service != name.sender_service:
            yield row.problem("RESULT_OTHER_SERVICE", key, type=name.sender_service)

    return check


@_uses_name
def _updating_office(row: Row) -> Iterable[Problem]:
    if row.name.sender and row["updating_office"] and row["updating_office"] != row.name.sender:
        yield row.problem("UPDATING_OFFICE_OTHER", "updating_office", office=row.name.sender)


def _sum_lines(row: Row) -> Iterable[Problem]:
    """第7表 No.7, 9, 13 to 15: what subtotal and total rows must and must not hold."""
    code = row["service_code"]
    if code != TOTAL and code[2:] not in _SUMS:
        if row["service_office"] == NINES:
            yield row.problem("DETAIL_OFFICE_NINES", "service_office")
        return
    if code == TOTAL and row["service_office"] != NINES:
        yield row.problem("TOTAL_OFFICE", "service_office")
    if row["units"].strip("0"):
        yield row.problem("SUM_UNITS", "units")
    for key in ("discount_rate", "discounted_units"):
        if row[key]:
            yield row.problem("SUM_NULLS", key)


def _frames(row: Row) -> Iterable[Problem]:
    """利用者補足情報 No.20 to 55: frames are filled from 1 upward."""
    gap = False
    for index in range(1, 10):
        kind_of_service = row[f"frame{index}_service_type"]
        rest = [row[f"frame{index}_{key}"] for key in ("limit_units", "units", "units_over_limit")]
        if not kind_of_service and any(value.strip("0") for value in rest):
            yield row.problem("FRAME_WITHOUT_TYPE", f"frame{index}_service_type", frame=index)
        if kind_of_service and gap:
            yield row.problem("FRAME_GAP", f"frame{index}_service_type", frame=index)
        gap = gap or not kind_of_service


def _supplement_zeros(row: Row) -> Iterable[Problem]:
    """利用者補足情報 No.4 and No.63: zeros in exactly one of them says with which forms the file travels."""
    day, month = row["plan_made_on"], row["service_month"]
    if not day or not month:
        return
    if day == "00000000" and month == "000000":
        yield row.problem("SUPPLEMENT_BOTH_ZERO", "service_month")
    elif day != "00000000" and month != "000000":
        yield row.problem("SUPPLEMENT_NONE_ZERO", "plan_made_on")


def _ordered(first: str, last: str) -> RowCheck:
    def check(row: Row) -> Iterable[Problem]:
        early, late = row[first], row[last]
        pattern = "[0-9]{8}"
        if re.fullmatch(pattern, early) and re.fullmatch(pattern, late) and "00000000" != late < early:
            yield row.problem("DATES_REVERSED", last)

    return check


@_uses_name
def _born(row: Row) -> Iterable[Problem]:
    birth, stamp = row["birth_date"], row.name.stamp[:8]
    if re.fullmatch("[0-9]{8}", birth) and stamp and birth > stamp:
        yield row.problem("BIRTH_AFTER_SENDING", "birth_date")


def _then(key: str, code: str, text_key: str) -> RowCheck:
    """Where ``key`` says その他 or the like, the text that explains it is expected."""

    def check(row: Row) -> Iterable[Problem]:
        if row[key] == code and not row[text_key]:
            yield row.problem("EXPLANATION_MISSING", text_key, code=code)

    return check


def _weekly(row: Row) -> Iterable[Problem]:
    """第3表: a row carries a service, an activity or 週単位以外, one of the three."""
    groups = [row["service_content"], row["daily_activity"], row["non_weekly_services"]]
    filled = sum(bool(group) for group in groups)
    if filled > 1:
        yield row.problem("WEEKLY_MIXED", "daily_activity" if groups[1] else "non_weekly_services")
    elif not filled:
        yield row.problem("WEEKLY_EMPTY", "service_content")
    if groups[0] and not row["weekday"]:
        yield row.problem("WEEKLY_NO_DAY", "weekday")


@_uses_name
def _picture_name(row: Row) -> Iterable[Problem]:
    picture, name = row["family_image_file"], row.name
    if not picture or not name.stamp:
        return
    middle = f"{name.sender}_{name.sender_service}_{name.receiver}_{name.receiver_service}_{name.stamp}"
    if not re.fullmatch(f"UPKIHON_IMAGE_{re.escape(middle)}_[0-9]{{4}}\\.(jpg|JPG)", picture):
        yield row.problem("PICTURE_NAME", "family_image_file")


_EQUIPMENT = (("service_code", "tais_code", "equipment_notification_code"), _equipment)
_FORM_6: tuple[tuple[tuple[str, ...], RowCheck], ...] = (
    (("service_code", "tais_code", "equipment_notification_code", "line_discriminator"), _equipment_line),
    (("service_code",), _scope),
    (("service_month", "service_date", "pro_rata_days"), _days),
    (("start_time", "end_time"), _clock("start_time", "end_time")),
    (("times",), _times),
    (("plan_author_name",), _author),
    (("service_month",), _month_of("service_month")),
    (("updating_office",), _updating_office),
)
_FRAMES = tuple(
    f"frame{index}_{key}"
    for index in range(1, 10)
    for key in ("service_type", "limit_units", "units", "units_over_limit")
)
ROW_RULES: Mapping[str, tuple[tuple[tuple[str, ...], RowCheck], ...]] = {
    "UPPLAN": _FORM_6,
    "UPJSK": (
        *_FORM_6,
        (("service_office",), _result_office),
        (("service_code",), _result_type("service_code")),
    ),
    "UPSIKYU": (
        _EQUIPMENT,
        (("service_code",), _scope),
        (("service_month",), _month_of("service_month")),
        (("service_code", "service_office", "units", "discount_rate", "discounted_units"), _sum_lines),
        (("updating_office",), _updating_office),
    ),
    "UPHOSOKU": (
        (_FRAMES, _frames),
        (("plan_made_on", "service_month"), _supplement_zeros),
        (("service_month",), _month_of("service_month")),
        (("limit_from", "limit_to"), _ordered("limit_from", "limit_to")),
        (("birth_date",), _born),
    ),
    "UP1KYO": (
        (("first_plan_made_on", "plan_made_on"), _ordered("first_plan_made_on", "plan_made_on")),
        (("certification_from", "certification_to"), _ordered("certification_from", "certification_to")),
        (
            ("household_help_reason", "household_help_reason_other"),
            _then("household_help_reason", "3", "household_help_reason_other"),
        ),
        (("plan_author_name",), _author),
        (("updating_office",), _updating_office),
    ),
    "UP2KYO": ((("updating_office",), _updating_office),),
    "UP3KYO": (
        (("service_content", "weekday", "daily_activity", "non_weekly_services"), _weekly),
        (("start_time", "end_time"), _clock("start_time", "end_time")),
        (("activity_start_time", "activity_end_time"), _clock("activity_start_time", "activity_end_time")),
    ),
    "DLTPLAN": ((("deleted_month",), _month_of("deleted_month")),),
    "DLTJSK": (
        (("deleted_month",), _month_of("deleted_month")),
        (("service_type",), _type_scope),
        (("service_office",), _result_office),
        (("service_type",), _result_type("service_type")),
    ),
    "UPKIHON": (
        (
            ("consultation_method", "consultation_method_other"),
            _then("consultation_method", "03", "consultation_method_other"),
        ),
        (("user_situation", "user_situation_detail"), _then("user_situation", "02", "user_situation_detail")),
        (("certification_from", "certification_to"), _ordered("certification_from", "certification_to")),
        (("previous_consultation_on", "consulted_on"), _ordered("previous_consultation_on", "consulted_on")),
        (("birth_date",), _born),
        (("family_image_file",), _picture_name),
    ),
    "UPYOBO": (
        (("certification_from", "certification_to"), _ordered("certification_from", "certification_to")),
    ),
}
