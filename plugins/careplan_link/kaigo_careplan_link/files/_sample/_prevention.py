"""Samples of 介護予防: 利用者基本情報 with annexes and picture, サービス・支援計画書 with its annex."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._write import file_name

if TYPE_CHECKING:
    from kaigo_careplan_link.files._sample._order import Order, Person, Rows, Tables


def tables(unit: str, order: Order) -> Tables:
    """The files of ``prevention-1`` (basic information), ``-2`` (plan with it) or ``-3`` (plan alone)."""
    plan: Tables = {
        "UPYOBO": ("", [_plan(order, user) for user in order.users()]),
        "UPYOBO_SUB": ("", [row for user in order.users() for row in _plan_lines(order, user)]),
    }
    basic: Tables = {
        "UPKIHON": ("", [_basic(order, user, first=index == 0) for index, user in enumerate(order.users())]),
        "UPKIHON_SUB1": ("", [row for user in order.users() for row in _day(order, user)]),
        "UPKIHON_SUB2": ("", [_illness(order, user) for user in order.users()]),
        "UPKIHON_IMAGE": ("", files(__package__).joinpath("family.jpg").read_bytes()),
    }
    return {"prevention-1": basic, "prevention-2": plan | basic, "prevention-3": plan}[unit]


def _picture_name(order: Order) -> str:
    return file_name(
        "UPKIHON_IMAGE",
        sender=order.sender,
        sender_service=order.sender_service,
        receiver=order.receiver,
        receiver_service=order.receiver_service,
        stamp=order.stamp,
    )


def _basic(order: Order, user: Person, *, first: bool) -> dict[str, str]:
    picture = {"family_image_file": _picture_name(order)} if first else {}
    return (
        order.keys(user)
        | {
            "consulted_on": order.first_day,
            "plan_type": "1",
            "entrusted": "1",
            "author_name": "見本　計子",
            "consultation_method": "03",
            "consultation_method_other": "自宅を訪問",
            "consultation_count": "01",
            "user_situation": "01",
            "user_name_kana": user.kana,
            "user_name": user.name,
            "sex": user.sex,
            "birth_date": user.birth,
            "user_address": "見本県見本市見本町１－２－３",
            "user_phone": "000-000-0000",
            "physical_independence": "11",
            "dementia_independence": "01",
            "care_level": "12",
            "certification_from": order.first_day,
            "checklist_result": "1",
            "checklist_date": order.first_day,
            "disability_physical": "0",
            "housing": "05",
            "room_floor": "1",
            "home_modified": "2",
            "income_national_pension": "1",
            "emergency_contact1_name": "見本　次郎",
            "emergency_contact1_relation": "長男",
            "emergency_contact1_phone": "000-0000-0000",
            "family_relations": "長男が週末に来る。",
            "life_so_far": "見本町で菓子店を営んだ。",
            "hobbies": "歌,散歩",
            "consented_on": order.first_day,
            "consenter_name": user.name,
        }
        | picture
    )


def _day(order: Order, user: Person) -> Rows:
    head = order.keys(user) | {"consulted_on": order.first_day}
    day = (("6:30", "起床、体操"), ("12:00", "昼食"), ("21:00", "就寝"))
    return [head | {"time_text": time, "person_life": life} for time, life in day]


def _illness(order: Order, user: Person) -> dict[str, str]:
    return order.keys(user) | {
        "consulted_on": order.first_day,
        "date_text": "H12年10月",
        "disease": "高血圧症",
        "doctor": "みほん医院",
        "attending_doctor": "1",
        "doctor_phone": "000-000-0000",
        "course": "01",
        "treatment": "内服",
    }


def _plan(order: Order, user: Person) -> dict[str, str]:
    areas = ("mobility", "home_life", "social", "health")
    states = {f"{area}_state": "現在は自分でできる。" for area in areas}
    needs = {f"{area}_has_need": "2" for area in areas}
    return (
        order.keys(user)
        | {
            "plan_made_on": order.first_day,
            "plan_type": "1",
            "entrusted": "1",
            "user_name": user.name,
            "certified_on": order.first_day,
            "certification_from": order.first_day,
            "plan_class": "11",
            "certification_state": "2",
            "support_level": "1",
            "first_made_on": order.first_day,
            "support_center": "みほん地域包括支援センター",
            "life_goal_day": "毎日三十分歩く",
            "life_goal_year": "友人と旅行に行く",
            "overall_policy": "外出の機会を増やす。",
            "checklist_exercise": "2",
            "programme_exercise": "1",
            "consented_on": order.first_day,
            "consenter_name": user.name,
        }
        | states
        | needs
    )


def _plan_lines(order: Order, user: Person) -> Rows:
    head = order.keys(user) | {"plan_made_on": order.first_day, "need_no": "1"}
    first = {
        "overall_need": "外出が減っている",
        "proposed_goal_and_measures": "週に一度は集まりに出る",
        "wishes_on_measures": "行ってみたい",
        "goal": "週一回の外出",
        "support_no": "1",
        "support_point": "無理をしない",
        "self_care_and_informal": "自主体操",
        "insured_services": "通所型サービス",
        "used_service_no": "1",
        "used_service_kind": "通所型サービス",
        "used_service_office": "みほん事業所",
        "used_service_period": "６か月",
    }
    return [
        head | first,
        head | {"support_no": "1", "used_service_no": "2", "used_service_kind": "地域の集い"},
    ]
