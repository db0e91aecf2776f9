"""Values of personal items stay out of findings, messages and change lists unless asked for."""

from __future__ import annotations

import json

import pytest
from careplan_mistakes import MISTAKES, folder_of
from careplan_workshop import Sending, check_bytes
from hypothesis import given
from hypothesis import strategies as st
from kaigo_careplan_link.files import fix, standard, unit_names, validate
from kaigo_careplan_link.files._findings import shape

SECRET = "ひみつ８７６5432見本のカナリア"


def spoilt(kind, unit):
    """Every personal item of the first record holds the canary, which breaks whatever it can break."""
    sending = Sending(unit)
    sending.set(kind, **{field.key: SECRET for field in standard().fields(kind) if field.personal})
    return sending


UNITS = {
    "home-1": "UP1KYO UP2KYO UP3KYO UPHOSOKU",
    "home-2": "UPPLAN UPSIKYU",
    "prevention-1": "UPKIHON UPKIHON_SUB1 UPKIHON_SUB2",
    "prevention-3": "UPYOBO UPYOBO_SUB",
    "service-2": "DLTJSK",
}
KINDS = [(kind, unit) for unit, kinds in UNITS.items() for kind in kinds.split()]


@pytest.mark.parametrize(("kind", "unit"), KINDS)
@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_canary_in_every_personal_item_is_in_no_finding(kind, unit, encoding):
    sending = spoilt(kind, unit)
    data = sending.files[sending.name(kind)].decode("cp932").encode(encoding)

    report = check_bytes(sending.name(kind), data, profile="strict")
    told = json.dumps([report.as_dict("ja"), report.as_dict("en")], ensure_ascii=False) + repr(
        report.findings
    )

    assert report.findings
    for piece in ("ひみつ", "5432", "カナリア"):
        assert piece not in told


def test_with_show_values_the_value_is_shown():
    sending = spoilt("UPHOSOKU", "home-2")

    report = check_bytes(sending.name("UPHOSOKU"), sending.files[sending.name("UPHOSOKU")], show_values=True)

    assert SECRET in {finding.seen for finding in report.findings}


@pytest.mark.parametrize("code", sorted(MISTAKES))
def test_no_invented_name_appears_in_any_finding(code):
    told = json.dumps(validate(folder_of(code), "strict").as_dict("ja"), ensure_ascii=False)

    for name in ("花子", "ハナコ", "見本県", "計子", "9900000001", "9900000099"):
        assert name not in told


@pytest.mark.parametrize("unit", unit_names())
def test_the_list_of_changes_holds_no_value(tmp_path, unit):
    sending = Sending(unit)
    for name in [n for n in sending.files if n.endswith(".CSV")]:
        sending.files[name] = sending.files[name].decode("cp932").replace('"', "").encode()
    fix(sending.write(tmp_path / "in"), tmp_path / "out")

    assert not any(ord(char) > 127 for char in (tmp_path / "out" / "changes.jsonl").read_text("utf-8"))


@given(st.text())
def test_a_shape_keeps_no_letter_and_no_digit(text):
    told = shape(text)

    assert shape(told.removesuffix("…")).replace("…", "") == told.replace("…", "") or "<U+" in told
    assert not any(char.isdigit() and char not in "9９" for char in told.replace("<U+", "")) or "<U+" in told


def test_what_a_shape_tells():
    assert shape("2026/04/01") == "9999/99/99"
    assert shape("R8.4.1") == "A9.9.9"
    assert shape("見本　花子") == "漢漢　漢漢"
    assert shape("ﾐﾎﾝ１２") == "ｱｱｱ９９"
    assert shape("\x00") == "<U+0000>"
