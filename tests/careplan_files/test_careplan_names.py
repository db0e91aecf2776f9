"""File names: anything may stand there, and what the standard prints is understood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaigo_careplan_link.files import standard
from kaigo_careplan_link.files._name import parse_name
from kaigo_careplan_link.files._write import file_name

office = st.from_regex("[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}", fullmatch=True)


@given(st.text(max_size=80))
@settings(max_examples=500)
def test_any_text_is_taken_apart_without_an_exception(text):
    assert parse_name(text).text == text


@given(
    st.lists(
        st.sampled_from(
            ["UPPLAN", "UPKIHON", "SUB1", "IMAGE", "202701", "_", "9970000106", "43", ".CSV", "１", ""]
        )
    )
)
def test_pieces_of_names_in_any_order_are_taken_apart(pieces):
    parse_name("_".join(pieces))


@given(
    st.sampled_from(sorted(standard().kinds)),
    office,
    office,
    st.datetimes(min_value=__import__("datetime").datetime(2000, 1, 1)),
)
def test_what_the_writer_names_the_parser_reads_back(kind, sender, receiver, when):
    month = "none" if standard().kinds[kind].name_month == "none" else "202701"
    text = file_name(
        kind,
        sender=sender,
        sender_service="43",
        receiver=receiver,
        receiver_service="11",
        stamp=when.strftime("%Y%m%d%H%M%S"),
        month=month,
    )

    name = parse_name(text)

    assert (name.kind, name.sender, name.receiver, name.stamp) == (
        kind,
        sender,
        receiver,
        when.strftime("%Y%m%d%H%M%S"),
    )
    harmless = {"NAME_OFFICE_CHECK_DIGIT", "NAME_SAME_OFFICE", "NAME_SERVICES_SWAPPED"}
    assert {problem.code for problem in name.problems} <= harmless


def test_the_examples_of_the_standard_are_read_with_warnings_only():
    """別添 ファイル名: the sample numbers fail the check digit, so that must never be more than a warning."""
    plan = parse_name("UPPLAN_201912_0300000100_43_0300000005_11_20191025200201.CSV")
    old = parse_name("UPPLAN_201912_0300000100_0300000005_20191025200201.CSV")

    assert {p.code for p in plan.problems} == {"NAME_OFFICE_CHECK_DIGIT"}
    assert "NAME_VERSION_3" in {p.code for p in old.problems}
    assert old.old


@pytest.mark.parametrize(("text", "kind"), [("UPKHON_x.CSV", "UPKIHON"), ("DLTBET_x.CSV", "UPSIKYU")])
def test_prefixes_seen_in_public_programs_are_recognised(text, kind):
    name = parse_name(text)

    assert name.kind == kind
    assert name.problems[0].values["suggestion"] == kind
