"""When: days and months that fit together, and clock times in order."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._rows._row import uses_name
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._types import is_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_careplan_link.files._findings import Problem
    from kaigo_careplan_link.files._rows._row import Row, RowCheck


def _day_in_month(row: Row) -> Iterable[Problem]:
    day, month = row["service_date"], row["service_month"]
    if re.fullmatch("[0-9]{8}", day) and is_day(day) and re.fullmatch("[0-9]{6}", month) and day[:6] != month:
        yield row.problem("DAY_OUTSIDE_MONTH", "service_date", month=month)


def days(row: Row) -> Iterable[Problem]:
    yield from _day_in_month(row)
    days, month = row["pro_rata_days"], row["service_month"]
    if not re.fullmatch("[01]{31}", days) or not re.fullmatch("[12][0-9]{3}(0[1-9]|1[0-2])", month):
        return
    length = calendar.monthrange(int(month[:4]), int(month[4:]))[1]
    if "1" in days[length:]:
        yield row.problem("DAY_STRING_BEYOND_MONTH", "pro_rata_days", days=length)


def clock(start_key: str, end_key: str) -> RowCheck:
    def check(row: Row) -> Iterable[Problem]:
        start, end = row[start_key], row[end_key]
        if bool(start) != bool(end) or (start == "9999") != (end == "9999"):
            yield row.problem("TIME_HALF", end_key if start else start_key)
        elif re.fullmatch("[0-9]{4}", start) and re.fullmatch("[0-9]{4}", end) and end < start:
            yield row.problem("TIME_ORDER", end_key)

    return check


def month_of(key: str) -> RowCheck:
    @uses_name
    def check(row: Row) -> Iterable[Problem]:
        month = row[key]
        if row.name.month and re.fullmatch("[0-9]{6}", month) and month != row.name.month:
            yield row.problem("MONTH_NOT_IN_NAME", key, month=row.name.month)
        if re.fullmatch("20[0-9]{4}", month) and month < standard().first_service_month:
            yield row.problem("MONTH_BEFORE_STANDARD", key, month=standard().first_service_month)

    return check


def ordered(first: str, last: str) -> RowCheck:
    def check(row: Row) -> Iterable[Problem]:
        early, late = row[first], row[last]
        pattern = "[0-9]{8}"
        if re.fullmatch(pattern, early) and re.fullmatch(pattern, late) and "00000000" != late < early:
            yield row.problem("DATES_REVERSED", last)

    return check


@uses_name
def born(row: Row) -> Iterable[Problem]:
    birth, stamp = row["birth_date"], row.name.stamp[:8]
    if re.fullmatch("[0-9]{8}", birth) and stamp and birth > stamp:
        yield row.problem("BIRTH_AFTER_SENDING", "birth_date")
