"""Units, orders of sending and readiness."""

from __future__ import annotations

import json

import jsonschema
import pytest
from careplan_mistakes import folder_of
from careplan_workshop import Sending, codes, correct
from kaigo_careplan_link.files import readiness, unit_names, validate

FINDING = {
    "type": "object",
    "required": ["severity", "code", "row", "field", "seen", "message"],
    "properties": {
        "severity": {"enum": ["error", "warning", "notice"]},
        "code": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]+$"},
        "row": {"type": ["integer", "null"], "minimum": 1},
        "field": {"type": ["integer", "null"], "minimum": 1},
        "seen": {"type": ["string", "null"]},
        "message": {"type": "string", "minLength": 1},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["schema", "overall", "files", "units"],
    "properties": {
        "schema": {"const": "kaigo-gateway/careplan/1"},
        "overall": {"enum": ["ok", "warn", "fail"]},
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "kind", "version", "rows", "findings"],
                "properties": {"rows": {"type": "integer"}, "findings": {"type": "array", "items": FINDING}},
            },
        },
        "units": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["serial", "kinds", "findings"],
                "properties": {"kinds": {"type": "array"}, "findings": {"type": "array", "items": FINDING}},
            },
        },
    },
}


@pytest.mark.parametrize("name", ["unit-incomplete", "char-not-ms932", "version-3", "input-foreign-file"])
def test_reports_follow_the_published_schema(name):
    report = validate(folder_of("X").parent / name).as_dict("en")

    jsonschema.validate(json.loads(json.dumps(report)), SCHEMA)


def test_two_sendings_of_the_same_second_from_two_offices_stay_two_units(tmp_path):
    correct("home-2", tmp_path / "a")
    for path in correct("home-2", tmp_path / "b"):
        path.rename(path.with_name(path.name.replace("9970000106", "9970000304")))

    report = validate(tmp_path, "strict", rules={"UPDATING_OFFICE_OTHER": "off"})

    assert [unit.unit for unit in report.units] == ["home-2", "home-2"]
    assert codes(report) == set()


def test_a_supplement_alone_belongs_to_no_unit(tmp_path):
    sending = Sending("home-2")
    sending.drop("UPPLAN")
    sending.drop("UPSIKYU")

    report = validate(sending.write(tmp_path))

    assert codes(report) == {"UNIT_INCOMPLETE"}


def test_quoted_and_bare_keys_join(tmp_path):
    sending = Sending("home-2", people=3)
    sending.text(
        "UPSIKYU", lambda t: t.replace(",9900000001,", ',"9900000001",').replace(",202701,", ',"202701",')
    )

    report = validate(sending.write(tmp_path))

    assert codes(report) == {"CSV_ITEM_QUOTED"}


@pytest.mark.parametrize("unit", unit_names())
def test_past_sendings_without_errors_are_ready(tmp_path, unit):
    correct(unit, tmp_path)

    found = readiness([tmp_path])

    assert [office.verdict for office in found.offices] == ["ready"]
    assert found.overall == "ok"


def test_an_office_that_still_sends_3_2_is_not_ready():
    found = readiness([folder_of("VERSION_3")])

    assert [office.verdict for office in found.offices] == ["not_ready"]
    assert found.overall == "fail"
    assert "4.1版" in json.dumps(found.as_dict("ja"), ensure_ascii=False)


def test_the_newest_sending_decides(tmp_path):
    old = Sending("service-1", stamp="20250101000000")
    old.set_all("UPJSK", csv_version="202504")
    old.write(tmp_path / "old")
    correct("service-1", tmp_path / "new")

    found = readiness([tmp_path])

    assert [office.verdict for office in found.offices] == ["ready"]
    assert found.offices[0].versions == {"202504": 1, "202407": 1}
    assert found.offices[0].errors["VERSION_40"] == 1


def test_what_is_left_to_do_names_code_remedy_and_actor():
    todo = readiness([folder_of("CSV_TEXT_UNQUOTED")]).as_dict("en")["offices"][0]["todo"]

    assert [entry["code"] for entry in todo] == ["CSV_TEXT_UNQUOTED"]
    assert todo[0]["actor"] == "care_software_vendor"
    assert "double quotes" in todo[0]["fix"]


def test_files_that_name_no_sender_are_counted(tmp_path):
    (tmp_path / "data.CSV").write_bytes(b"x")

    found = readiness([tmp_path])

    assert (found.without_office, found.overall) == (1, "warn")


def test_every_finding_of_a_named_file_says_standard_kind_and_item():
    for name in ("name-copy", "tais-wide-hyphen", "file-empty"):
        for file in validate(folder_of("X").parent / name).as_dict("ja")["files"]:
            for finding in file["findings"]:
                assert finding["standard"] == "4.1"
                assert finding["kind"] == file["kind"]
                assert (finding["field_name"] is None) == (finding["field"] is None)
