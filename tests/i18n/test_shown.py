"""One run, two readers: what is stored stays in English and UTC, what is shown is the reader's."""

from __future__ import annotations

import pytest
from kaigo_gateway.doctor import DOCTOR_REASONS, examine
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, use_language
from kaigo_gateway.model.results import Stage, Status
from kaigo_gateway.model.shown import shown
from kaigo_gateway.reading import read_toml
from kaigo_gateway.report.console import verdict_line
from kaigo_gateway.report.model import make_report, result_from_finding
from kaigo_gateway.setup.reasons import CORE_REASONS


def test_a_finding_speaks_both_languages_and_keeps_its_values():
    finding = DOCTOR_REASONS.finding("DOCTOR_EXTRA", seen={"extra": "card", "purpose": "card readers"})
    said = {lang: DOCTOR_REASONS.message("DOCTOR_EXTRA", finding.seen, lang) for lang in ("en", "ja")}
    assert said == {
        "en": "[card] is installed: card readers.",
        "ja": "[card] はインストール済みです（カードリーダー）。",
    }
    assert finding.seen["purpose"] == "card readers"


def test_codes_names_and_numbers_are_never_translated():
    values = {
        "fault": "none",
        "page": "Settings",
        "count": 3,
        "known": ["none", "tls_reset"],
        "path": "/a/b.toml",
    }
    assert shown(values, "kaigo_gateway", "ja") == values


@pytest.mark.parametrize("moment", ["2026-11-22T15:30:00Z", "2026-11-22T15:30:00.123456+00:00"])
def test_a_moment_is_shown_in_the_time_of_japan(moment):
    assert shown({"at": moment}, "kaigo_gateway", "ja") == {"at": "2026-11-23 00:30"}


def test_the_systems_refusal_is_said_in_the_readers_language(tmp_path):
    with pytest.raises(InputError) as caught:
        read_toml(tmp_path / "missing.toml")
    assert "No such file or directory. Check" not in caught.value.text("ja")
    assert (
        "（ファイルまたはフォルダーがありません）。パスとアクセス権を確認してください。"
        in caught.value.text("ja")
    )
    assert caught.value.text("en").endswith("No such file or directory. Check the path and the rights.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb 2\n", "2 行 3 文字目：キーの後に「=」がありません"),
        ("a = [1", "ファイルの終わり：リストの終わりの「]」がありません"),
    ],
)
def test_a_mistake_in_toml_is_said_with_its_place_in_japanese(tmp_path, text, expected):
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    with use_language("ja"), pytest.raises(InputError) as caught:
        read_toml(file)
    assert expected in caught.value.text("ja")


def test_a_check_that_was_not_run_names_the_earlier_check_by_its_title():
    finding = CORE_REASONS.finding("NEED_NOT_MET", seen={"needs": ["platform.connection"]})
    result = result_from_finding(
        finding, check_id="careplan.bundle", stage=Stage.CAREPLAN, plugin="core", version="1",
        books=[CORE_REASONS], language="ja", titles={"platform.connection": "介護WEBサービスへの接続"},
    )  # fmt: skip
    assert "（介護WEBサービスへの接続）" in result.message
    assert result.seen["needs"] == ["platform.connection"]


def test_the_doctor_speaks_japanese_throughout():
    with use_language("ja"):
        report = examine()
    english = [r.title + r.message for r in report.results if (r.title + r.message).isascii()]
    assert not english


def test_the_verdict_reads_as_one_line():
    finding = DOCTOR_REASONS.finding("DOCTOR_TLS13")
    result = result_from_finding(
        finding, check_id="doctor.tls", stage=Stage.PLUGINS, plugin="x", version="1", books=[DOCTOR_REASONS]
    )
    report = make_report([result])
    assert report.overall is Status.OK
    assert verdict_line(report, "ja") == "[正常] 確認した項目はすべて正常です。（正常 1）"
    assert verdict_line(report, "en") == "[ OK ] Everything checked is in order. (OK 1)"


def test_sentences_follow_each_other_by_the_rules_of_the_language():
    error = InputError(N_("{path} exists already."), N_("Choose a new folder."), path="a.toml")
    assert error.text("ja") == "a.toml はすでにあります。新しいフォルダーを指定してください。"
    assert error.text("en") == "a.toml exists already. Choose a new folder."
