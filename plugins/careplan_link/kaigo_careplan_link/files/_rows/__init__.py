"""Rules over several items of one record. Each is a function of few values, so that its answers can be kept.

A rule names the items it reads by English key; the checker calls it once per distinct combination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_careplan_link.files._rows._dates import born, clock, days, month_of, ordered
from kaigo_careplan_link.files._rows._forms import frames, picture_name, supplement_zeros, then, weekly
from kaigo_careplan_link.files._rows._row import USES_NAME, Row, RowCheck
from kaigo_careplan_link.files._rows._senders import author, result_office, result_type, updating_office
from kaigo_careplan_link.files._rows._services import (
    TOTAL,
    equipment,
    equipment_line,
    scope,
    sum_lines,
    times,
    type_scope,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ROW_RULES", "TOTAL", "USES_NAME", "Row", "RowCheck"]


_EQUIPMENT = (("service_code", "tais_code", "equipment_notification_code"), equipment)
_FORM_6: tuple[tuple[tuple[str, ...], RowCheck], ...] = (
    (("service_code", "tais_code", "equipment_notification_code", "line_discriminator"), equipment_line),
    (("service_code",), scope),
    (("service_month", "service_date", "pro_rata_days"), days),
    (("start_time", "end_time"), clock("start_time", "end_time")),
    (("times",), times),
    (("plan_author_name",), author),
    (("service_month",), month_of("service_month")),
    (("updating_office",), updating_office),
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
        (("service_office",), result_office),
        (("service_code",), result_type("service_code")),
    ),
    "UPSIKYU": (
        _EQUIPMENT,
        (("service_code",), scope),
        (("service_month",), month_of("service_month")),
        (("service_code", "service_office", "units", "discount_rate", "discounted_units"), sum_lines),
        (("updating_office",), updating_office),
    ),
    "UPHOSOKU": (
        (_FRAMES, frames),
        (("plan_made_on", "service_month"), supplement_zeros),
        (("service_month",), month_of("service_month")),
        (("limit_from", "limit_to"), ordered("limit_from", "limit_to")),
        (("birth_date",), born),
    ),
    "UP1KYO": (
        (("first_plan_made_on", "plan_made_on"), ordered("first_plan_made_on", "plan_made_on")),
        (("certification_from", "certification_to"), ordered("certification_from", "certification_to")),
        (
            ("household_help_reason", "household_help_reason_other"),
            then("household_help_reason", "3", "household_help_reason_other"),
        ),
        (("plan_author_name",), author),
        (("updating_office",), updating_office),
    ),
    "UP2KYO": ((("updating_office",), updating_office),),
    "UP3KYO": (
        (("service_content", "weekday", "daily_activity", "non_weekly_services"), weekly),
        (("start_time", "end_time"), clock("start_time", "end_time")),
        (("activity_start_time", "activity_end_time"), clock("activity_start_time", "activity_end_time")),
    ),
    "DLTPLAN": ((("deleted_month",), month_of("deleted_month")),),
    "DLTJSK": (
        (("deleted_month",), month_of("deleted_month")),
        (("service_type",), type_scope),
        (("service_office",), result_office),
        (("service_type",), result_type("service_type")),
    ),
    "UPKIHON": (
        (
            ("consultation_method", "consultation_method_other"),
            then("consultation_method", "03", "consultation_method_other"),
        ),
        (("user_situation", "user_situation_detail"), then("user_situation", "02", "user_situation_detail")),
        (("certification_from", "certification_to"), ordered("certification_from", "certification_to")),
        (("previous_consultation_on", "consulted_on"), ordered("previous_consultation_on", "consulted_on")),
        (("birth_date",), born),
        (("family_image_file",), picture_name),
    ),
    "UPYOBO": (
        (("certification_from", "certification_to"), ordered("certification_from", "certification_to")),
    ),
}
