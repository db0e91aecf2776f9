"""Samples of 居宅サービス計画書 (forms 1 to 3), サービス利用票 (6, 7) and 実績."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from kaigo_careplan_link.files._sample._order import Order, Person, Rows, Tables

_UNITS = 244
_TIMES = (("0900", "0930"), ("1500", "1530"))


def tables(unit: str, order: Order) -> Tables:
    """The files of ``home-1``, ``home-2`` or ``service-1``."""
    if unit == "home-1":
        forms = {"UP1KYO": _form_1, "UP2KYO": _form_2, "UP3KYO": _form_3}
        found: Tables = {
            kind: ("", [row for user in order.users() for row in form(order, user)])
            for kind, form in forms.items()
        }
        return found | {"UPHOSOKU": ("000000", supplement(order, order.first_day, "000000"))}
    if unit == "service-1":
        return {"UPJSK": (order.month, _form_6(order, order.sender, order.receiver, order.sender_service))}
    return {
        "UPPLAN": (order.month, _form_6(order, order.receiver, order.sender, order.receiver_service)),
        "UPSIKYU": (order.month, [row for user in order.users() for row in _form_7(order, user)]),
        "UPHOSOKU": (order.month, supplement(order, "00000000", order.month)),
    }


def supplement(order: Order, plan_day: str, month: str) -> Rows:
    """利用者補足情報; the day is 00000000 with form 6, the month 000000 with form 1."""
    return [
        order.keys(user)
        | {
            "plan_made_on": plan_day,
            "user_name_kana": user.kana,
            "user_name": user.name,
            "sex": user.sex,
            "birth_date": user.birth,
            "user_postal_code": "000-0000",
            "user_address_1": "見本県見本市見本町１－２－３",
            "user_phone": "000-000-0000",
            "certification_state": "2",
            "care_level": "21",
            "benefit_limit_units": "16765",
            "updating_office": order.sender,
            "service_month": month,
        }
        for user in order.users()
    ]


def _services(kind_of_service: str) -> list[dict[str, str]]:
    if kind_of_service in standard().equipment_types:
        goods = {"tais_code": "00001-000010", "equipment_name": "見本車いす"}
        return [{"service_code": kind_of_service + "1001", "start_time": "9999", "end_time": "9999", **goods}]
    return [
        {"service_code": f"{kind_of_service}{item}", "start_time": start, "end_time": end}
        for item, (start, end) in zip(("1111", "1211"), _TIMES, strict=True)
    ]


def _form_6(order: Order, service_office: str, plan_office: str, service: str) -> Rows:
    scoped = service if service in standard().service_types.in_scope else "11"
    common = {
        "made_on": order.stamp[:8],
        "service_month": order.month,
        "plan_office": plan_office,
        "plan_author_name": "見本　計子",
        "units": str(_UNITS),
        "times": "1",
        "service_office": service_office,
        "service_office_name": "みほん事業所",
        "over_30_days": "0",
        "updating_office": order.sender,
    }
    return [
        order.keys(user) | common | {"service_date": day} | row
        for user in order.users()
        for day in order.days()
        for row in _services(scoped)
    ]


def _form_7(order: Order, user: Person) -> Rows:
    service = order.receiver_service if order.receiver_service in standard().service_types.in_scope else "11"
    times = len(order.days())
    base = order.keys(user) | {
        "made_on": order.stamp[:8],
        "service_month": order.month,
        "over_30_days": "0",
        "updating_office": order.sender,
    }
    office = {"service_office": order.receiver, "service_office_name": "みほん事業所"}
    rows = []
    for line in _services(service):
        goods = {key: line[key] for key in ("service_code", "tais_code", "equipment_name") if key in line}
        rows.append(
            base | office | goods | {"units": str(_UNITS), "times_or_days": str(times)} | _sums(times, 1)
        )
    if len(rows) > 1:
        subtotal = {"service_code": service + "AAAA", "units": "0", "times_or_days": "0"}
        rows.append(base | office | subtotal | _sums(times, len(rows)))
    total = {"service_office": "9999999999", "service_code": "999999", "units": "0", "times_or_days": "0"}
    return [*rows, base | total | _sums(times, max(1, len(rows) - 1))]


def _sums(times: int, lines: int) -> dict[str, str]:
    units = _UNITS * times * lines
    return {
        "service_units_total": str(units),
        "managed_units": str(units),
        "class_units_within_limit": str(units),
        "yen_per_unit": "10.00",
        "insured_cost_total": str(units * 10),
        "benefit_rate": "90",
        "claim_amount": str(units * 9),
        "user_charge_insured": str(units),
    }


def _form_1(order: Order, user: Person) -> Rows:
    return [
        order.keys(user)
        | {
            "made_on": order.first_day,
            "user_address_1": "見本県見本市見本町１－２－３",
            "plan_author_name": "見本　計子",
            "care_manager_office_name": "みほん居宅介護支援事業所",
            "care_manager_office": order.sender,
            "plan_made_on": order.first_day,
            "first_plan_made_on": order.first_day,
            "plan_class": "11",
            "certification_state": "2",
            "certified_on": order.first_day,
            "certification_from": order.first_day,
            "care_level": "21",
            "wishes_and_assessment": "住み慣れた家で暮らしたい。\r\n買い物に、もう一度行きたい。",
            "overall_policy": '歩く力を保ち、"できること"を増やす。',
            "household_help_reason": "1",
            "updating_office": order.sender,
        }
    ]


def _form_2(order: Order, user: Person) -> Rows:
    head = order.keys(user) | {"plan_document_made_on": order.first_day, "plan_made_on": order.first_day}
    text = {
        "need_no": "1",
        "need": "転ばずに歩きたい",
        "goal_no": "1",
        "long_term_goal": "ひとりで買い物に行ける",
        "short_term_goal": "家の中を安全に歩ける",
        "long_term_period": "１年",
        "short_term_period": "３か月",
    }
    insured = {
        "support_no": "1",
        "service_content": "歩行の見守り, 掃除の手伝い",
        "insured_service": "Y",
        "service_kind_text": "訪問介護",
        "service_office": order.receiver,
        "service_office_name": "みほん事業所",
        "frequency": "週２回",
        "period": "３か月",
        "updating_office": order.sender,
    }
    # the second row of the same need and goal leaves the texts blank, as the printed form does
    informal = {
        "need_no": "1",
        "goal_no": "1",
        "support_no": "2",
        "service_content": "朝の体操",
        "frequency": "毎日",
    }
    return [head | text | insured, head | informal]


def _form_3(order: Order, user: Person) -> Rows:
    head = order.keys(user) | {"weekly_plan_made_on": order.first_day, "plan_made_on": order.first_day}
    weekly = [
        {"service_content": "訪問介護", "weekday": day, "start_time": "0900", "end_time": "0930"}
        for day in ("1", "4")
    ]
    activity = {"daily_activity": "起床", "activity_start_time": "0700", "activity_end_time": "0730"}
    return [head | row for row in (*weekly, activity, {"non_weekly_services": "福祉用具貸与"})]
