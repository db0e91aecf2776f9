"""The three states of an authentication certificate, by the calendar of Japan."""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo


class Validity(StrEnum):
    """Valid; ended, but within the months in which マイナ保険証 still serves; ended before that."""

    VALID = "valid"
    GRACE = "expired_within_grace"
    EXPIRED = "expired"


def japan() -> dt.tzinfo:
    """Japan's time zone (no summer time), also where the machine has no time zone data."""
    try:
        return ZoneInfo("Asia/Tokyo")
    except (KeyError, OSError):  # Windows without tzdata
        return dt.timezone(dt.timedelta(hours=9), "JST")


def last_day(not_after: dt.datetime) -> dt.date:
    """The last valid day in Japan."""
    return not_after.astimezone(japan()).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, or the last day of that month."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def judge(not_after: dt.datetime, today: dt.date, grace_months: int) -> Validity:
    """The state on ``today``. Municipal pages say "three months"; the exact last day is not confirmed."""
    end = last_day(not_after)
    if today <= end:
        return Validity.VALID
    return Validity.GRACE if today <= add_months(end, grace_months) else Validity.EXPIRED
