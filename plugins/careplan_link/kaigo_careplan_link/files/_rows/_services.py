"""What was given: services in the standard's scope, goods for hire, and the sums of 第7表."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._types import NINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_careplan_link.files._findings import Problem
    from kaigo_careplan_link.files._rows._row import Row


_SUMS = {"AAAA", "EEEE", "ZZZZ"}
TOTAL = "999999"


def equipment(row: Row) -> Iterable[Problem]:
    """第6表 No.16, 17, 19 and 第7表 No.10, 11: goods for hire need one of two codes, others none."""
    tais, notified = row["tais_code"], row["equipment_notification_code"]
    if row["service_code"][:2] in standard().equipment_types:
        if not tais and not notified:
            yield row.problem("EQUIPMENT_CODE_MISSING", "tais_code")
        elif tais and notified:
            yield row.problem("EQUIPMENT_CODE_BOTH", "equipment_notification_code")
    elif tais or notified:
        yield row.problem("EQUIPMENT_CODE_ELSEWHERE", "tais_code" if tais else "equipment_notification_code")


def equipment_line(row: Row) -> Iterable[Problem]:
    yield from equipment(row)
    if row["line_discriminator"] and row["service_code"][:2] not in standard().equipment_types:
        yield row.problem("DISCRIMINATOR_ELSEWHERE", "line_discriminator")


def scope(row: Row) -> Iterable[Problem]:
    """Main part 1.3 and 1.4: rows of types outside the scope are not written."""
    code = row["service_code"]
    if code == TOTAL or not re.fullmatch("[0-9A-Z]{6}", code):
        return
    types = standard().service_types
    if code[:2] in types.out_of_scope:
        yield row.problem("SERVICE_OUT_OF_SCOPE", "service_code", type=code[:2])
    elif code[:2] not in types.in_scope:
        yield row.problem("SERVICE_TYPE_UNKNOWN", "service_code", type=code[:2])


def type_scope(row: Row) -> Iterable[Problem]:
    if row["service_type"] in standard().service_types.out_of_scope:
        yield row.problem("SERVICE_OUT_OF_SCOPE", "service_type", type=row["service_type"])


def times(row: Row) -> Iterable[Problem]:
    if row["times"].isdigit() and int(row["times"]) == 0:
        yield row.problem("TIMES_ZERO", "times")


def sum_lines(row: Row) -> Iterable[Problem]:
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
