"""How single forms are filled: 第3表, 利用者補足情報, 基本情報, and texts that explain a code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._rows._row import uses_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_careplan_link.files._findings import Problem
    from kaigo_careplan_link.files._rows._row import Row, RowCheck


def frames(row: Row) -> Iterable[Problem]:
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


def supplement_zeros(row: Row) -> Iterable[Problem]:
    """利用者補足情報 No.4 and No.63: zeros in exactly one of them says with which forms the file travels."""
    day, month = row["plan_made_on"], row["service_month"]
    if not day or not month:
        return
    if day == "00000000" and month == "000000":
        yield row.problem("SUPPLEMENT_BOTH_ZERO", "service_month")
    elif day != "00000000" and month != "000000":
        yield row.problem("SUPPLEMENT_NONE_ZERO", "plan_made_on")


def then(key: str, code: str, text_key: str) -> RowCheck:
    """Where ``key`` says その他 or the like, the text that explains it is expected."""

    def check(row: Row) -> Iterable[Problem]:
        if row[key] == code and not row[text_key]:
            yield row.problem("EXPLANATION_MISSING", text_key, code=code)

    return check


def weekly(row: Row) -> Iterable[Problem]:
    """第3表: a row carries a service, an activity or 週単位以外, one of the three."""
    groups = [row["service_content"], row["daily_activity"], row["non_weekly_services"]]
    filled = sum(bool(group) for group in groups)
    if filled > 1:
        yield row.problem("WEEKLY_MIXED", "daily_activity" if groups[1] else "non_weekly_services")
    elif not filled:
        yield row.problem("WEEKLY_EMPTY", "service_content")
    if groups[0] and not row["weekday"]:
        yield row.problem("WEEKLY_NO_DAY", "weekday")


@uses_name
def picture_name(row: Row) -> Iterable[Problem]:
    picture, name = row["family_image_file"], row.name
    if not picture or not name.stamp:
        return
    middle = f"{name.sender}_{name.sender_service}_{name.receiver}_{name.receiver_service}_{name.stamp}"
    if not re.fullmatch(f"UPKIHON_IMAGE_{re.escape(middle)}_[0-9]{{4}}\\.(jpg|JPG)", picture):
        yield row.problem("PICTURE_NAME", "family_image_file")
