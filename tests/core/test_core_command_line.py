"""The installed program as a newcomer uses it, in a child process."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest
from core_kit import distribution, good_plugin, lines_of
from kaigo_gateway.cli._root_options import root_options_first

CORE_STAGES = {"certificate", "platform", "careplan", "expense"}


def report_in(result):
    """The JSON report that stood alone on stdout."""
    assert result.raw.isascii()
    report = json.loads(result.raw)
    assert report["schema"] == "kaigo-gateway/report/1"
    return report


@pytest.mark.parametrize(
    ("language", "verdict", "marked"),
    [("en_US.UTF-8", "In order", "SIMULATED"), ("ja_JP.UTF-8", "注意", "模擬")],
)
def test_the_demo_runs_the_whole_job_and_says_so(program, language, verdict, marked):
    result = program("demo", LANG=language)
    assert result.code == 0, result.out + result.err
    assert verdict in result.out
    assert marked in lines_of(result.out)[0]
    assert "1370000001" in result.out
    assert "Traceback" not in result.err
    assert not (program.home / "data").exists(), "the demo leaves nothing behind"


def test_the_demo_gives_json_alone_and_writes_its_papers(program, tmp_path):
    out = tmp_path / "papers"
    result = program("demo", "--json", "--out", out)
    report = report_in(result)
    assert result.code == 0
    assert report["simulated"] is True
    assert report["setup"]["sealed"] is True
    assert len(report["setup"]["head_hash"]) == 64
    assert {each["stage"] for each in report["results"]} >= CORE_STAGES
    assert not [each for each in report["results"] if each["status"] in {"fail", "error"}]
    assert report["assessment"]["grant"] > 0
    assert report["expenses"]
    papers = [out / name for name in ("report.html", "report.json", "expenses.csv", "expenses.json")]
    assert {str(path) for path in papers} <= set(report["papers"])
    assert all(path.stat().st_size > 0 for path in papers)
    assert not list(out.glob(".*")), "nothing half-written"

    data = (out / "expenses.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert "simulated" in rows[0][0], "the mark of a simulation comes first"
    assert len(rows) == 2 + len(report["expenses"])
    assert json.loads((out / "report.json").read_bytes())["setup"] == report["setup"]
    html = (out / "report.html").read_text("utf-8")
    assert "SIMULATED" in html
    assert "1370000001" in html


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_terminal_of_code_page_932_shows_everything(program, language):
    result = program("--lang", language, "demo", PYTHONIOENCODING="cp932")
    assert result.code == 0
    text = result.raw.decode("cp932")
    assert "?" not in text.replace("？", "")
    assert "1370000001" in text


def test_a_fault_of_a_counterpart_is_found_and_what_needs_it_is_skipped(program):
    result = program("demo", "--json", "--fault", "platform=server_expired")
    assert result.code == 1
    report = report_in(result)
    failed = [each for each in report["results"] if each["status"] == "fail"]
    assert failed[0]["stage"] == "platform"
    assert failed[0]["remedy"]["steps"]
    assert failed[0]["remedy"]["actor"]
    assert report["setup"]["sealed"]
    assert len(report["expenses"]) < 6, "work that was not proved gives no expense record"


def test_an_unknown_fault_is_refused_with_those_that_are_known(program):
    result = program("--lang", "en", "demo", "--fault", "platform=nonsense")
    assert result.code in {2, 3}
    assert "nonsense" in result.err
    assert "maintenance" in result.err
    assert "Traceback" not in result.err


def test_a_demo_without_pcsc_says_so_in_the_reader_stage(program):
    result = program("demo", "--json", PATH=str(program.path.parent))
    report = report_in(result)
    assert result.code == 0
    readers = [each for each in report["results"] if each["stage"] == "reader"]
    assert readers
    assert {each["status"] for each in readers} <= {"skip", "warn"}
    assert report["setup"]["sealed"]
    others = {each["status"] for each in report["results"] if each["stage"] in {"platform", "careplan"}}
    assert others <= {"ok", "warn", "skip"}
    assert "pcscd" in result.err


def test_a_demo_without_plugins_still_seals_the_certificate_stage(program):
    report = report_in(program("--no-plugins", "demo", "--json"))
    assert {each["stage"] for each in report["results"]} == {"certificate", "expense"}
    assert report["setup"]["sealed"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("demo --lang ja --json", "--lang ja demo --json"),
        ("setup list --lang=en", "--lang=en setup list"),
        ("demo --no-plugins --verbose", "--no-plugins=* --verbose demo"),
        ("demo --no-plugins=subsidy", "--no-plugins=subsidy demo"),
        ("cert inspect -- --lang", "cert inspect -- --lang"),
        ("doctor --lang", "--lang doctor"),
    ],
)
def test_options_of_the_program_work_wherever_they_are_written(written, meant):
    assert root_options_first(written.split()) == meant.split()


def test_the_language_may_be_chosen_behind_the_command(program):
    result = program("setup", "show", "nope", "--lang", "en")
    assert "There is no Setup" in result.err
    assert "There is no Setup" not in program("setup", "show", "nope", "--lang", "ja").err


BROKEN = good_plugin("zz_broken") + (
    "\n    @hookimpl\n    def gateway_checks(site):\n        raise RuntimeError('no licence')\n"
)


def test_a_broken_plugin_is_visible_in_every_command_and_can_be_left_out(program, tmp_path):
    packages = distribution(
        tmp_path / "packages",
        "zz-broken",
        version="7.1",
        entry_points={"zz_broken": "zz_broken_plugin", "zz_worse": "zz_worse_plugin"},
        modules={
            "zz_broken_plugin": BROKEN,
            "zz_worse_plugin": "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n1/0\n",
        },
    )
    mark = packages / "zz_worse_plugin.ran"
    path = {"PYTHONPATH": str(packages)}
    result = program("demo", "--json", **path)
    assert result.code == 3
    named = {each["check_id"]: each for each in report_in(result)["results"] if each["stage"] == "plugins"}
    assert set(named) == {"plugins.zz_broken", "plugins.zz_worse"}
    assert "zz-broken 7.1" in named["plugins.zz_broken"]["message"]
    assert "no licence" in named["plugins.zz_broken"]["message"]
    assert "ZeroDivisionError" in named["plugins.zz_worse"]["message"]
    assert mark.exists()

    mark.unlink()
    result = program("--no-plugins=zz_worse,zz_broken", "demo", "--json", **path)
    assert result.code == 0
    assert not mark.exists(), "a plugin left out is not imported"

    listed = program("plugins", "list", "--json", **path)
    states = {each["name"]: each["state"] for each in json.loads(listed.out)["plugins"]}
    assert states["zz_worse"] == "broken"
    assert states["subsidy"] == "in use"
    assert listed.code == 3
    mark.unlink()
    assert "zz_worse" in program("plugins", "list", "--no-import", **path).out
    assert not mark.exists()


def test_plugins_list_shows_where_from_which_version_which_hooks(program):
    rows = {each["name"]: each for each in json.loads(program("plugins", "list", "--json").out)["plugins"]}
    assert {"card_reader", "careplan_link", "platform_link", "subsidy"} <= set(rows)
    assert rows["subsidy"]["distribution"] == "kaigo-gateway"
    assert rows["subsidy"]["version"]
    assert "gateway_grant_programmes" in rows["subsidy"]["hooks"]
    assert "gateway_checks" in rows["card_reader"]["hooks"]


def test_doctor_looks_at_the_installation(program):
    result = program("doctor", "--json")
    report = report_in(result)
    assert result.code == 0
    codes = {each["reason_code"] for each in report["results"]}
    assert {"DOCTOR_VERSIONS", "DOCTOR_PLUGINS", "DOCTOR_TLS13"} <= codes
    broken = program("doctor", "--json", KAIGO_GATEWAY_LANGUAGE="fr")
    assert broken.code == 1
    assert "DOCTOR_SETTINGS_INVALID" in {each["reason_code"] for each in report_in(broken)["results"]}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_new_site_file_is_refused_until_it_is_filled_in(program, language):
    first = program("--lang", language, "setup", "new", "mine.toml")
    assert first.code == 0
    assert "mine.toml" in first.out
    again = program("--lang", language, "setup", "new", "mine.toml")
    assert again.code == 2
    assert "--force" in again.err
    result = program("--lang", language, "setup", "run", "mine.toml")
    assert result.code == 2
    assert [line.partition("office.")[2].partition(" ")[0] for line in lines_of(result.err)[:2]] == [
        "number:" if language == "en" else "number",
        "name:" if language == "en" else "name",
    ]


def test_a_setup_is_run_listed_shown_exported_and_verified(program, tmp_path):
    from kaigo_gateway.sandbox import DemoAuthority

    authority = DemoAuthority(tmp_path / "ca")
    (program.home / "client.p12").write_bytes(authority.client_pkcs12("1370000001", "TEST", b"p12-word"))
    (program.home / "site.toml").write_text(
        '[office]\nnumber = "1370000001"\nname = "架空事業所"\nservices = ["11"]\n[supporter]\nname = "y"\n'
        '[certificate]\nfile = "client.p12"\npassword = { "$env" = "P12" }\n'
        f'issuer_file = "{authority.chain_pem}"\n[network]\nproxy = "none"\n',
        encoding="utf-8",
    )
    secrets = {
        "KAIGO_GATEWAY_VAULT__PASSPHRASE": '{"$env": "VAULT"}',
        "VAULT": "correct horse",
        "P12": "p12-word",
        "PATH": str(program.path.parent),  # no pcscd of this machine
    }
    first = program("--lang", "en", "setup", "run", "site.toml", "--json", **secrets)
    report = report_in(first)
    assert not report["setup"]["sealed"]
    setup_id = report["setup"]["id"]
    questions = re.findall(r"^Waiting for a confirmation: .* \[(.+)\]$", first.err, re.MULTILINE)
    assert questions
    for key in questions:
        assert program("setup", "confirm", setup_id, key, **secrets).code == 0
    ran = program("setup", "run", "site.toml", "--resume", "--json", **secrets)
    report = report_in(ran)
    assert ran.code in {0, 1}, ran.err
    assert report["setup"]["sealed"], ran.err
    assert report["setup"]["id"] == setup_id
    by_check = {each["check_id"]: each for each in report["results"]}
    assert by_check["certificate.install"]["status"] == "ok"
    missing = [each for each in report["results"] if each["stage"] == "platform" and each["status"] != "ok"]
    assert any("url" in json.dumps(each).lower() for each in missing), "a missing endpoint is a clear message"

    listed = json.loads(program("setup", "list", "--json").out)["setups"]
    assert [each["id"] for each in listed] == [setup_id]
    assert not listed[0]["simulated"]
    shown = report_in(program("setup", "show", setup_id, "--json"))
    assert shown["setup"] == report["setup"]
    in_japanese = program("--lang", "ja", "setup", "show", setup_id)
    assert "封印" in in_japanese.out or setup_id in in_japanese.out
    exported = program("setup", "export", setup_id, "--out", tmp_path / "papers", **secrets)
    assert exported.code == 0
    assert (tmp_path / "papers" / "report.html").exists()
    everything = b"".join(path.read_bytes() for path in (program.home / "data").rglob("*") if path.is_file())
    assert b"p12-word" not in everything
    assert b"correct horse" not in everything
    verified = program("--lang", "en", "ledger", "verify")
    assert verified.code == 0
    assert "intact" in verified.out

    import sqlite3

    connection = sqlite3.connect(program.home / "data" / "kaigo-gateway" / "ledger.db")
    connection.execute("UPDATE record SET body=replace(body, 'CERT_KEPT', 'CERT_LOST')")
    connection.commit()
    connection.close()
    verified = program("ledger", "verify", "--json")
    assert verified.code == 1
    assert "RECORD_CHANGED" in {each["code"] for each in json.loads(verified.out)["faults"]}


def test_help_and_version_answer_at_once(program):
    assert "demo" in program("--help").out
    assert program("--version").out.startswith("kaigo-gateway")
    assert "実行" in program("--lang", "ja", "--help").out


def test_a_port_in_use_is_named(program):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = program("--lang", "en", "serve", "--port", port, timeout=60)
    assert result.code == 3
    assert str(port) in result.err
    assert "Traceback" not in result.err
    assert len(lines_of(result.err)) == 1


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_an_interrupted_demo_ends_with_one_sentence(program):
    child = subprocess.Popen(
        [program.path, "--lang", "en", "demo"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program.environment(), cwd=program.home,
    )  # fmt: skip
    child.stderr.readline()  # "SIMULATED": the work has begun
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    if child.returncode != 0:  # else it had ended already
        assert child.returncode == 3
        assert b"Traceback" not in err
        assert b"Interrupted" in err
