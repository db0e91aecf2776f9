"""The standard as data is whole, and its loader refuses what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaigo_careplan_link import files
from kaigo_careplan_link.files import column_names, standard
from kaigo_careplan_link.files._digits import (
    insurer_check_digit_fits,
    office_check_digit_fits,
    with_check_digit,
)
from kaigo_careplan_link.files._standard import Standard
from pydantic import ValidationError

FIELDS = {
    "UPHOSOKU": 63,
    "UP1KYO": 28,
    "DLT1KYO": 4,
    "UP2KYO": 22,
    "UP3KYO": 13,
    "UPPLAN": 25,
    "DLTPLAN": 4,
    "UPJSK": 25,
    "DLTJSK": 6,
    "UPSIKYU": 37,
    "UPKIHON": 71,
    "UPKIHON_SUB1": 7,
    "UPKIHON_SUB2": 11,
    "UPKIHON_IMAGE": 0,
    "DLTKIHON": 4,
    "UPYOBO": 57,
    "UPYOBO_SUB": 17,
    "DLTYOBO": 4,
}


def test_every_kind_has_the_number_of_items_that_the_annex_prints():
    assert {kind: len(standard().fields(kind)) for kind in standard().kinds} == FIELDS
    assert sum(FIELDS.values()) == 398


@pytest.mark.parametrize("names", ["ja", "en"])
@pytest.mark.parametrize("kind", FIELDS)
def test_item_names_are_unique_in_both_languages(kind, names):
    found = column_names(kind, names)

    assert len(set(found)) == len(found) == FIELDS[kind]


def test_marks_that_the_source_leaves_open_are_kept_apart():
    marks = {field.name: field.mark for field in standard().fields("UPPLAN")}

    assert marks["サービス開始時刻"] == "mandatory"
    assert marks["プラン担当者名"] == "unknown"
    assert marks["単位数"] == "inferred"


def test_everything_that_names_or_describes_a_person_is_marked_personal():
    shown = {field.name for kind in FIELDS for field in standard().fields(kind) if not field.personal}
    telling = (
        "氏名",
        "住所",
        "電話",
        "生年月日",
        "被保険者",
        "病",
        "生活",
        "意向",
        "課題（",
        "介護度",
        "状態区分",
        "性別",
    )

    assert [name for name in shown if any(word in name for word in telling)] == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d["kinds"]["UPPLAN"]["fields"].pop(3),
        lambda d: d["kinds"]["UPPLAN"]["fields"][0].update(key="insurer_number"),
        lambda d: d["kinds"]["UPJSK"].update(layout_of="NOTHING"),
        lambda d: d["codes"].pop("sex"),
        lambda d: d["units"]["home-1"]["needs"].append("UPNOTHING"),
        lambda d: d.update(surprise=1),
    ],
)
def test_a_damaged_data_file_is_refused(damage):
    data = standard().model_dump(mode="json")
    for unit in data["units"].values():
        unit["needs"] = list(unit["needs"])
    Standard.model_validate(data)
    damage(data)

    with pytest.raises(ValidationError):
        Standard.model_validate(data)


@given(st.from_regex("[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{6}", fullmatch=True))
def test_exactly_one_tenth_character_is_the_check_digit(body):
    fitting = [digit for digit in "0123456789" if office_check_digit_fits(body + digit)]

    assert fitting == [with_check_digit(body)[-1]]


def test_published_insurer_numbers_fit_their_check_digit():
    assert insurer_check_digit_fits("435073")
    assert insurer_check_digit_fits("294538")
    assert not insurer_check_digit_fits("435074")


def test_the_facade_exports_what_it_says():
    for name in files.__all__:
        assert getattr(files, name) is not None
    assert files.__all__ == sorted(files.__all__, key=lambda name: (name[0].islower(), name))
    with pytest.raises(AttributeError):
        _ = files.no_such_name
