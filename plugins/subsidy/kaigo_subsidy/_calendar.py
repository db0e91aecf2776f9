"""Days: fiscal years, ends of months, business days, era dates."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

MARCH: Final = 3
APRIL: Final = 4
JAPAN: Final = timezone(timedelta(hours=9), "JST")

_ERAS: Final = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)


def today_in_japan() -> date:
    """The day it is in Japan, wherever this runs."""
    return datetime.now(JAPAN).date()


def fiscal_year(day: date) -> int:
    """年度: April to March."""
    return day.year if day.month >= APRIL else day.year - 1


def end_of_fiscal_year(year: int) -> date:
    """31 March that ends fiscal year ``year``."""
    return date(year + 1, MARCH, 31)


def end_of_month_after(day: date, months: int) -> date:
    """Last day of the month that lies ``months`` after the month of ``day``."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


@lru_cache(maxsize=4096)
def is_business_day(day: date) -> bool:
    """Neither weekend nor holiday nor 29 December to 3 January (行政機関の休日に関する法律 第1条)."""
    import jpholiday

    weekend = day.weekday() >= calendar.SATURDAY
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return not (weekend or new_year or jpholiday.is_holiday(day))


def last_business_day(day: date) -> date:
    """``day`` itself or the last business day before it."""
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def business_days_left(today: date, until: date) -> int:
    """Business days from ``today`` to ``until``, both included; 0 when ``until`` has passed."""
    days = (until - today).days + 1
    return sum(is_business_day(today + timedelta(days=n)) for n in range(max(0, days)))


def era_date(day: date) -> str:
    """令和8年11月22日; the first year is 元年. Dates before 昭和 are written in western years."""
    for begin, name in _ERAS:
        if day >= begin:
            year = day.year - begin.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"
