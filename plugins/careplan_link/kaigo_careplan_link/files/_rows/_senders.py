"""Who: the office that served, the one that updates, the person who planned, against the file's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._rows._row import uses_name
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_careplan_link.files._findings import Problem
    from kaigo_careplan_link.files._rows._row import Row, RowCheck


_LIKE_AN_OFFICE = re.compile("事業所|センター|株式会社|有限会社|法人|ステーション|ケアプラン")


def author(row: Row) -> Iterable[Problem]:
    if _LIKE_AN_OFFICE.search(row["plan_author_name"]):
        yield row.problem("AUTHOR_IS_OFFICE", "plan_author_name")


@uses_name
def result_office(row: Row) -> Iterable[Problem]:
    """実績 come from the office that served; in 委託 a care manager may pass them on."""
    name = row.name
    if not name.sender_service or name.sender_service in standard().care_manager_types:
        return
    if row["service_office"] and row["service_office"] != name.sender:
        yield row.problem("RESULT_OTHER_OFFICE", "service_office", office=name.sender)


def result_type(key: str) -> RowCheck:
    @uses_name
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


@uses_name
def updating_office(row: Row) -> Iterable[Problem]:
    if row.name.sender and row["updating_office"] and row["updating_office"] != row.name.sender:
        yield row.problem("UPDATING_OFFICE_OTHER", "updating_office", office=row.name.sender)
