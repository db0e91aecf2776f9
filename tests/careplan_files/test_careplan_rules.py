"""Every rule has a mistake that it finds, alone, and correct sendings that it leaves in peace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from careplan_mistakes import BUILT_IN_TESTS, FOLDER, MISTAKES, folder_of, make
from careplan_workshop import codes, correct
from kaigo_careplan_link import files
from kaigo_careplan_link.files import rules, unit_names, validate

SOURCES = Path(files.__file__).parent
EVERY_RULE_ON = {code: "notice" for code, rule in rules().items() if rule.severity["strict"] == "off"}


def test_every_rule_has_a_mistake_or_a_test_that_builds_one():
    assert set(rules()) == set(MISTAKES) | BUILT_IN_TESTS


@pytest.mark.parametrize("code", MISTAKES)
def test_the_mistake_is_found_and_nothing_else(code):
    report = validate(folder_of(code), "strict", rules=EVERY_RULE_ON)

    assert codes(report) == {code} | MISTAKES[code].also


def test_the_committed_mistakes_are_those_of_the_table():
    on_disk = {path.relative_to(FOLDER): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    made = {
        folder_of(code).relative_to(FOLDER) / name: data
        for code in MISTAKES
        for name, data in make(code).files.items()
    }

    assert on_disk == made


@pytest.mark.parametrize("profile", ["lenient", "standard", "strict"])
@pytest.mark.parametrize("unit", unit_names())
def test_a_correct_sending_has_no_finding(tmp_path, unit, profile):
    correct(unit, tmp_path, people=3)

    report = validate(tmp_path, profile)

    assert codes(report) == set()
    assert report.overall == "ok"
    assert report.units[0].unit == unit


@pytest.mark.parametrize("service", ["17", "67", "A2", "2A"])
def test_a_correct_sending_of_other_services_has_no_finding(tmp_path, service):
    correct("home-2", tmp_path / "plan", service=service, people=2)
    correct("service-1", tmp_path / "result", service=service, people=2)

    assert codes(validate(tmp_path, "strict")) == set()


def test_every_code_in_the_program_is_a_rule_and_every_rule_is_used():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("_*.py"))
    used = set(re.findall(r'"([A-Z]{3,}[A-Z0-9]*(?:_[A-Z0-9]+)+)"', text))

    assert set(rules()) <= used
    assert used & {code for code in used if code.split("_")[0] in {"CSV", "UNIT", "NAME", "ZIP"}} <= set(
        rules()
    )


def test_what_the_standard_leaves_open_is_never_an_error_in_profile_standard():
    wrong = [
        code for code, rule in rules().items() if rule.interpretation and rule.severity["standard"] == "error"
    ]

    assert wrong == []


def test_profiles_grow_from_lenient_to_strict():
    weight = {"off": 0, "notice": 1, "warning": 2, "error": 3}
    sagging = [
        code
        for code, rule in rules().items()
        if weight[rule.severity["lenient"]] > weight[rule.severity["strict"]]
    ]

    assert sagging == []


def test_texts_stand_in_both_languages_with_the_same_placeholders():
    japanese = re.compile("[ぁ-んァ-ヶ一-龥]")
    for code, rule in rules().items():
        for title in (rule.message, rule.why, rule.fix):
            assert japanese.search(title.ja), code
            assert not japanese.search(
                re.sub("外字|第.表|総合事業|委託|必須|必要|項目長|CSVバージョン", "", title.en)
            ), code
        holes = [set(re.findall(r"\{(\w+)\}", text)) for text in (rule.message.ja, rule.message.en)]
        assert {hole.removesuffix("_ja") for hole in holes[0]} == {
            hole.removesuffix("_en") for hole in holes[1]
        }, code


@pytest.mark.parametrize("code", MISTAKES)
def test_no_placeholder_stays_empty_in_either_language(code):
    report = validate(folder_of(code), "strict", rules=EVERY_RULE_ON)

    for finding in report.all_findings():
        for language in ("ja", "en"):
            assert "?" not in finding.message(language).replace('"?"', "").replace("「?」", ""), finding


def test_the_rule_file_names_each_code_once():
    loaded = yaml.safe_load((SOURCES / "rules.yaml").read_text(encoding="utf-8"))
    lines = re.findall("^([A-Z0-9_]+):", (SOURCES / "rules.yaml").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(lines) == sorted(loaded)


def test_a_rule_can_be_changed_or_switched_off():
    folder = folder_of("CODE_UNKNOWN")

    assert validate(folder, rules={"CODE_UNKNOWN": "off"}).overall == "ok"
    assert validate(folder, rules={"CODE_UNKNOWN": "warning"}).overall == "warn"
    assert validate(folder, "lenient").overall == "warn"
    assert validate(folder).exit_code == 1
