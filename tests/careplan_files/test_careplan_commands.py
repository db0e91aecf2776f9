"""The commands as a person or a program meets them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from careplan_mistakes import MISTAKES, folder_of
from careplan_workshop import correct
from click.testing import CliRunner
from kaigo_careplan_link.cli import careplan
from kaigo_careplan_link.files import rules, unit_names, validate
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import use_language


def run(*words, language="en", stdin=None):
    with use_language(language):
        return CliRunner().invoke(careplan, [str(word) for word in words], input=stdin)


@pytest.mark.parametrize("unit", unit_names())
def test_what_sample_writes_validate_accepts(tmp_path, unit):
    written = run("sample", tmp_path / "out", "--unit", unit, "--json")
    checked = run("validate", tmp_path / "out", "--profile", "strict")

    assert written.exit_code == checked.exit_code == 0
    assert all(path.startswith(str(tmp_path)) for path in json.loads(written.stdout)["written"])
    assert "0 errors, 0 warnings, 0 notices" in checked.stdout


def test_an_error_gives_exit_code_1_and_a_warning_0():
    assert run("validate", folder_of("CODE_UNKNOWN")).exit_code == 1
    assert run("validate", folder_of("NAME_EXTENSION_CASE")).exit_code == 0
    assert run("validate", folder_of("NAME_EXTENSION_CASE"), "--profile", "strict").exit_code == 1
    assert run("validate", folder_of("CODE_UNKNOWN"), "--rule", "CODE_UNKNOWN=warning").exit_code == 0


@pytest.mark.parametrize("language", ["ja", "en"])
def test_json_stands_alone_and_is_ascii(language):
    result = run("validate", folder_of("UNIT_INCOMPLETE"), "--json", language=language)

    assert result.exit_code == 1
    assert result.stdout.isascii()
    assert json.loads(result.stdout)["units"][0]["findings"][0]["code"] == "UNIT_INCOMPLETE"


def test_json_lines_come_one_per_file_unit_and_summary():
    result = run("validate", folder_of("UNIT_INCOMPLETE"), "--jsonl")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [next(iter(line)) for line in lines] == ["file", "file", "unit", "summary"]
    assert lines[-1]["summary"]["overall"] == "fail"


def test_paths_are_read_from_standard_input():
    listed = "\n".join(str(path) for path in folder_of("UNIT_INCOMPLETE").iterdir())

    result = run("validate", "-", "--jsonl", stdin=listed + "\n\n")

    assert json.loads(result.stdout.splitlines()[-1])["summary"]["files"] == 2


def test_a_settings_file_chooses_profile_and_rules_and_options_win(tmp_path):
    settings = tmp_path / "careplan.toml"
    settings.write_text('profile = "strict"\n[rules]\nNAME_EXTENSION_CASE = "notice"\n', encoding="utf-8")
    folder = folder_of("NAME_EXTENSION_CASE")

    assert "notice NAME_EXTENSION_CASE" in run("validate", folder, "--settings", settings).stdout
    stronger = run("validate", folder, "--settings", settings, "--rule", "NAME_EXTENSION_CASE=error")
    assert "error NAME_EXTENSION_CASE" in stronger.stdout


@pytest.mark.parametrize("content", ["profile = ", "profile = 'x'", "[rules]\nNOTHING = 'off'", "rules = 3"])
def test_a_wrong_settings_file_is_one_clear_error(tmp_path, content):
    settings = tmp_path / "careplan.toml"
    settings.write_text(content, encoding="utf-8")

    result = run("validate", folder_of("NAME_COPY"), "--settings", settings)

    assert isinstance(result.exception, InputError)
    assert result.exception.text("ja")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", sorted(rules()))
def test_every_code_is_explained_in_both_languages(code, language):
    plain, as_json = (
        run("explain", code, language=language),
        run("explain", code, "--json", language=language),
    )

    assert plain.exit_code == 0
    assert len(plain.stdout.splitlines()) >= 7
    assert "{" not in json.loads(as_json.stdout)["message"]


def test_explain_is_an_option_too():
    assert run("--explain", "tais_form").stdout == run("explain", "TAIS_FORM").stdout
    assert run("validate", "--explain", "TAIS_FORM").stdout == run("explain", "TAIS_FORM").stdout


def test_an_unknown_code_is_wrong_use():
    assert isinstance(run("explain", "NOTHING").exception, InputError)


def test_rules_lists_all_of_them():
    assert len(run("rules").stdout.splitlines()) == len(rules())
    assert len(json.loads(run("rules", "--json").stdout)["rules"]) == len(rules())


def test_personal_values_appear_only_when_asked_for():
    folder = folder_of("INSURED_FORM")

    assert "12345" not in run("validate", folder).stdout
    assert "[99999]" in run("validate", folder).stdout
    assert "[12345]" in run("validate", folder, "--show-values").stdout


def test_read_writes_json_lines_to_the_output_or_into_a_folder(tmp_path):
    folder = tmp_path / "in"
    correct("home-4", folder)

    told = run("read", folder, "--names", "ja")
    run("read", folder, "--out", tmp_path / "out", "--format", "parquet")

    assert json.loads(told.stdout)["record"]["削除対象年月"] == "202701"
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".parquet"]
    assert isinstance(run("read", folder, "--format", "parquet").exception, InputError)


def test_fix_says_what_it_did_and_what_it_left(tmp_path):
    done = run("fix", folder_of("CSV_TEXT_UNQUOTED"), "--out", tmp_path / "a")
    left = run("fix", folder_of("CHAR_NOT_MS932"), "--out", tmp_path / "b", language="ja")

    assert (done.exit_code, left.exit_code) == (0, 1)
    assert "CSV_TEXT_UNQUOTED×1" in done.stdout
    assert "[異常]" in left.stdout


@pytest.mark.parametrize(
    ("code", "exit_code", "word"), [("VERSION_3", 1, "未対応"), ("CSV_TEXT_UNQUOTED", 1, "要修正")]
)
def test_readiness_speaks_plainly(code, exit_code, word):
    result = run("readiness", folder_of(code), language="ja")

    assert result.exit_code == exit_code
    assert word in result.stdout
    assert (
        json.loads(run("readiness", folder_of(code), "--json").stdout)["schema"]
        == "kaigo-gateway/careplan-readiness/1"
    )


@pytest.mark.parametrize("code", sorted(MISTAKES)[::8])
def test_text_output_holds_only_what_cp932_can_show(code):
    result = run("validate", folder_of(code), language="ja")

    result.stdout.replace("𠮷", "").encode("cp932")


def test_the_help_loads_neither_the_standard_nor_pydantic():
    program = (
        "import sys\nfrom kaigo_careplan_link.cli import careplan\n"
        "print([name for name in ('pydantic', 'yaml', 'duckdb', 'zipfile') if name in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert out.strip() == "[]"


def test_the_page_and_rest_offer_the_checker_by_the_hook():
    from kaigo_careplan_link import plugin

    offered = {each.name: each for each in plugin.gateway_file_validators()}
    with use_language("ja"):
        document = offered["careplan-strict"].validate(sorted(folder_of("NAME_EXTENSION_CASE").iterdir()))

    assert set(offered) == {"careplan", "careplan-strict", "careplan-lenient"}
    assert document["overall"] == "fail"
    assert "小文字" in document["files"][0]["findings"][0]["message"]


PROFILES = {"careplan": "standard", "careplan-strict": "strict", "careplan-lenient": "lenient"}


def test_each_offered_profile_judges_and_mends_in_its_own_way(tmp_path):
    from kaigo_careplan_link import plugin

    files = sorted(folder_of("NAME_EXTENSION_CASE").iterdir())
    offered = {each.name: each for each in plugin.gateway_file_validators()}
    words = {name: each.validate(files)["overall"] for name, each in offered.items()}
    for name, each in offered.items():
        each.mend(files, tmp_path / name)

    assert words == {
        profile: validate(files, kind).as_dict()["overall"] for profile, kind in PROFILES.items()
    }
    assert any(path.suffix == ".CSV" for path in (tmp_path / "careplan").iterdir())
