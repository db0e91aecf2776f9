"""Mending touches only what is mechanical, lists it, and never the originals."""

from __future__ import annotations

import json

import pytest
from careplan_mistakes import MISTAKES, folder_of
from careplan_workshop import Sending, codes
from hypothesis import given, settings
from hypothesis import strategies as st
from kaigo_careplan_link.files import fix, rules, standard, validate
from kaigo_careplan_link.files._fields import check_value
from kaigo_careplan_link.files._mend import mend_value
from kaigo_gateway.errors import InputError

MECHANICAL = sorted(
    code for code, rule in rules().items() if "careplan fix" in rule.fix.en and code in MISTAKES
)


def of_the_standard(path):
    return path.name.startswith(tuple(standard().kinds))


STRICT = {code: "notice" for code, rule in rules().items() if rule.severity["strict"] == "off"}


@pytest.mark.parametrize("code", MECHANICAL)
def test_what_the_rule_says_fix_can_do_it_does(tmp_path, code):
    report = fix(folder_of(code), tmp_path / "out", replace_characters=code == "CHAR_NOT_MS932")

    assert all(file.left is None for file in report.files)
    after = codes(validate(list((tmp_path / "out").glob("*_*")), "strict", rules=STRICT))
    assert code not in after


@pytest.mark.parametrize("code", [code for code in MECHANICAL if not code.startswith("NAME")])
def test_a_mended_sample_is_the_original_again(tmp_path, code):
    mistake = MISTAKES[code]
    original = Sending(mistake.unit, **mistake.how)
    fix(folder_of(code), tmp_path / "out", replace_characters=True)
    mended = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*_*")}

    if code not in {"CHAR_NOT_MS932", "CSV_STRAY_QUOTE", "POSTAL_FORM"}:  # other values than the sample's
        assert mended == original.files


@pytest.mark.parametrize(
    "code", [code for code in sorted(MISTAKES) if any(map(of_the_standard, folder_of(code).iterdir()))]
)
def test_mending_twice_changes_nothing_more(tmp_path, code):
    fix(folder_of(code), tmp_path / "once", replace_characters=True)
    again = fix(
        list((tmp_path / "once").glob("*_*")) or folder_of(code), tmp_path / "twice", replace_characters=True
    )

    for file in again.files:
        if (tmp_path / "once" / str(file.written)).exists():
            assert not file.changes, file


def test_every_change_is_listed_with_its_place_and_no_value(tmp_path):
    sending = Sending("service-1")
    sending.raw("UPJSK", "plan_author_name", "見本　計子")
    report = fix(sending.write(tmp_path / "in"), tmp_path / "out")

    listed = [
        json.loads(line) for line in (tmp_path / "out" / "changes.jsonl").read_text("utf-8").splitlines()
    ]

    assert listed == [{"file": sending.name("UPJSK"), "code": "CSV_TEXT_UNQUOTED", "row": 1, "field": 7}]
    assert report.files[0].changes == {"CSV_TEXT_UNQUOTED": 1}


def test_characters_are_replaced_only_when_asked_for(tmp_path):
    folder = folder_of("CHAR_NOT_MS932")

    kept = fix(folder, tmp_path / "kept")
    replaced = fix(folder, tmp_path / "replaced", replace_characters=True)

    assert kept.files[0].left == "CHAR_NOT_MS932"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["changes.jsonl"]
    assert "吉子".encode("cp932") in (tmp_path / "replaced" / replaced.files[0].written).read_bytes()


def test_decomposed_kana_of_macos_is_composed_without_asking(tmp_path):
    sending = Sending("service-1")
    sending.data("UPJSK", lambda b: b.decode("cp932").replace("計子", "ガク").encode())

    fix(sending.write(tmp_path / "in"), tmp_path / "out")

    assert "ガク".encode("cp932") in (tmp_path / "out" / sending.name("UPJSK")).read_bytes()


def test_a_quote_that_is_not_closed_is_left_to_a_person(tmp_path):
    report = fix(folder_of("CSV_UNCLOSED_QUOTE"), tmp_path / "out")

    assert report.files[0].left == "CSV_UNCLOSED_QUOTE"
    assert report.files[0].written is None


def test_quoted_items_with_commas_stay_one_item(tmp_path):
    sending = Sending("service-1")
    sending.raw("UPJSK", "units", '"1,234"')

    fix(sending.write(tmp_path / "in"), tmp_path / "out")

    assert b',"1,234",' in (tmp_path / "out" / sending.name("UPJSK")).read_bytes()


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "x").write_text("mine")

    with pytest.raises(InputError, match="not empty"):
        fix(folder_of("CSV_TEXT_UNQUOTED"), tmp_path)


def test_nothing_to_mend_is_wrong_use(tmp_path):
    (tmp_path / "note.txt").write_text("x")

    with pytest.raises(InputError, match="no file of the standard"):
        fix(tmp_path / "note.txt", tmp_path / "out")


def test_pictures_are_copied_byte_for_byte(tmp_path):
    sending = Sending("prevention-1")

    fix(sending.write(tmp_path / "in"), tmp_path / "out")

    name = sending.name("UPKIHON_IMAGE")
    assert (tmp_path / "out" / name).read_bytes() == sending.files[name]


ALL_FIELDS = [field for kind in ("UPPLAN", "UPHOSOKU", "UPSIKYU") for field in standard().fields(kind)]


@given(st.sampled_from(ALL_FIELDS), st.text(max_size=20))
@settings(max_examples=500, deadline=None)
def test_mending_a_value_is_stable_and_never_makes_it_worse(field, value):
    raw = ('"' + value.replace('"', '""') + '"').encode("utf-8", "ignore")
    text, _ = mend_value(field, raw, "utf-8", replace=True)
    again, done = mend_value(field, text.encode("cp932"), "cp932", replace=True)

    assert (again, done) == (text, ())
    if '"' in value or "," in value or "\n" in value or "\r" in value:
        return  # such an item has to stay in quotes
    mechanical = {
        "CSV_TEXT_UNQUOTED",
        "CSV_ITEM_QUOTED",
        "FIELD_SPACES",
        "CHAR_NUL",
        "CHAR_NOT_MS932",
        "TAIS_NO_HYPHEN",
    }
    left = {problem.code for problem in check_value(field, text.encode("cp932"), "cp932")}
    assert not left & mechanical
