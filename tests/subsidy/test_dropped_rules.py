"""A rule file in the folder that the settings name is known to every command, and its claims are kept."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from kaigo_gateway.claims import _desk, _reading
from kaigo_gateway.cli import root
from kaigo_gateway.errors import InputError
from kaigo_gateway.settings import load_settings
from kaigo_subsidy.programmes import programmes_here
from test_rules import SOURCE

CITY = SOURCE.replace("programme: kiban-office", "programme: city-x").replace("value: 64000", "value: 70000")
CLAIM = """
programme = "city-x"
fiscal_year = 2026
applied_on = 2026-11-28

[office]
number = "1370000001"
services = ["11"]

[[expenses]]
kind = "connection_support"
item = "web_service_setup"
amount = 69500
incurred_on = 2026-06-01
"""
OFFICE = "1370000001"
YEAR = ("--fiscal-year", "2026")


@pytest.fixture
def visit(tmp_path, monkeypatch):
    """The commands with settings that name the folder ``rules`` beside them."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "city.yaml").write_text(CITY, encoding="utf-8")
    (tmp_path / "claim.toml").write_text(CLAIM, encoding="utf-8")
    settings = tmp_path / "kaigo-gateway.toml"
    ledger = f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    settings.write_text(f'[ledger]\nurl = "{ledger}"\n[grant]\nrules_folder = "rules"\n', encoding="utf-8")
    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(settings))
    for room in (_desk, _reading):
        monkeypatch.setattr(room, "today", lambda: date(2026, 11, 28))

    def run(*arguments):
        return CliRunner().invoke(root, ["--lang", "en", "grant", *map(str, arguments)])

    return run


def told(done):
    return done.exception.text("en") if isinstance(done.exception, InputError) else done.output


def test_the_folder_is_seen_from_the_settings_file(visit, tmp_path):
    assert load_settings().rules_folder == tmp_path / "rules"


def test_commands_know_the_programme_without_being_told_the_folder(visit, tmp_path):
    listed = json.loads(visit("programmes", "--json").stdout)["programmes"]
    assert [one["programme"] for one in listed].count("city-x") == 1
    found = json.loads(visit("assess", tmp_path / "claim.toml", "--json").stdout)
    assert (found["programme"], found["cap"], found["grant"]) == ("city-x", 70000, 69000)
    assert visit("calendar", tmp_path / "claim.toml", "--out", tmp_path / "c.ics").exit_code == 0
    offices = tmp_path / "offices.csv"
    offices.write_text(
        "office_number,services,incurred_on,applied_on,support_amount\n"
        "1370000001,11,2026-06-01,2026-11-28,69500\n",
        encoding="utf-8",
    )
    bulk = visit("assess", "--bulk", offices, "--programme", "city-x", *YEAR, "--json")
    assert json.loads(bulk.stdout)["grant"] == 69000


def test_its_claim_is_opened_moved_on_and_counted_beside_the_bundled_one(visit, tmp_path):
    city = ("--programme", "city-x", *YEAR)
    assert "city-x-2026-1370000001  in preparation (preparing)" in visit("case", "open", OFFICE, *city).stdout
    assert "kiban-office-2026-1370000001" in visit("case", "open", OFFICE, *YEAR).stdout
    assert "already has the claim" in told(visit("case", "open", OFFICE, *city))
    ready = visit(
        "case", "move", OFFICE, "ready", *city, "--claim", tmp_path / "claim.toml", "--override", "seen"
    )
    assert "ready" in ready.stdout
    (shown,) = json.loads(visit("case", "list", "--json", "--state", "ready").stdout)["cases"]
    facts = shown["entries"][-1]["facts"]["readiness"]
    assert (shown["programme"], facts["grant"]) == ("city-x", 69000)


def test_a_folder_that_cannot_be_read_leaves_the_bundled_programmes_and_is_named(visit, tmp_path):
    (tmp_path / "rules" / "city.yaml").write_text("programme: [", encoding="utf-8")
    assert "preparing" in visit("case", "open", OFFICE, *YEAR).stdout
    assert "city.yaml" in told(visit("programmes"))
    assert {one.id for one in programmes_here(tmp_path / "rules")} == {"kiban-office", "kiban-medical"}
    assert "city-x/2026" in told(visit("case", "open", OFFICE, "--programme", "city-x", *YEAR))


def test_a_folder_named_on_the_command_line_stands_before_the_settings(visit, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "any.yaml").write_text(CITY.replace("value: 70000", "value: 66000"), encoding="utf-8")
    found = json.loads(visit("assess", tmp_path / "claim.toml", "--rules", other, "--json").stdout)
    assert found["cap"] == 66000


def test_doctor_says_whether_the_folder_is_there(visit, tmp_path):
    def codes():
        done = CliRunner().invoke(root, ["doctor", "--json"])
        return {each["reason_code"] for each in json.loads(done.stdout)["results"]}

    assert "DOCTOR_RULES" in codes()
    (tmp_path / "rules" / "city.yaml").unlink()
    (tmp_path / "rules").rmdir()
    assert "DOCTOR_RULES_MISSING" in codes()
