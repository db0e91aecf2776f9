"""``grant`` on the command line: contract, exit codes, refusals with place and remedy."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import jsonschema
import pytest
from click.testing import CliRunner
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.i18n import use_language
from kaigo_subsidy.cli import grant

CLAIM = """
programme = "kiban-office"
fiscal_year = 2026
applied_on = 2026-11-22
[office]
number = "1370000001"
name = "例示事業所"
services = ["11", "15"]
[[expenses]]
kind = "card_reader"
model = "CIR315A"
quantity = 3
amount = 19500
incurred_on = 2026-06-01
condition = "new"
compatible = true
[[expenses]]
kind = "connection_support"
item = "reader_check"
amount = 43200
incurred_on = 2026-06-01
supporter = "T1180301018771"
"""
INT, TEXT, DAY = {"type": "integer"}, {"type": "string"}, {"type": "string", "format": "date"}


def closed(**properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


CONTRACT = closed(
    schema={"const": "kaigo-gateway/assessment/1"},
    programme=TEXT,
    fiscal_year=INT,
    rule={"type": "object", "required": ["id", "version", "hash", "references"]},
    verdict={"enum": ["eligible", "partly", "ineligible"]},
    cap=INT,
    reader_limit=INT,
    total_cost=INT,
    eligible_cost=INT,
    grant=INT,
    self_paid=INT,
    lines={"type": "array", "items": closed(index=INT, eligible_amount=INT, reason_codes={"type": "array"})},
    notices={"type": "array", "items": closed(code=TEXT, message=TEXT, values={"type": "object"})},
    documents={
        "type": "array",
        "items": closed(
            code=TEXT, title=TEXT, needed={"type": "boolean"}, present={"type": ["boolean", "null"]}
        ),
    },
    dates=closed(
        window_opens=DAY,
        window_closes=DAY,
        decision_by=DAY,
        payment_by=DAY,
        tax_report_by=DAY,
        keep_until=DAY,
    ),
)


def run(*args):
    return CliRunner().invoke(grant, [str(arg) for arg in args])


@pytest.fixture
def claim(tmp_path):
    path = tmp_path / "claim.toml"
    path.write_text(CLAIM, encoding="utf-8")
    return path


def refusal(*args):
    with pytest.raises(GatewayError) as caught:
        CliRunner().invoke(grant, [str(arg) for arg in args], catch_exceptions=False)
    return caught.value


def test_the_json_follows_the_contract_and_is_ascii(claim):
    done = run("assess", claim, "--json")
    assert done.exit_code == 0
    assert done.stdout.isascii()
    document = json.loads(done.stdout)
    jsonschema.validate(document, CONTRACT)
    assert (document["grant"], document["self_paid"], document["verdict"]) == (62000, 700, "eligible")


def test_json_and_toml_claims_give_the_same(claim, tmp_path):
    import tomllib

    other = tmp_path / "claim.json"
    other.write_text(json.dumps(tomllib.loads(CLAIM), default=str), encoding="utf-8")
    assert run("assess", claim, "--json").stdout == run("assess", other, "--json").stdout


def test_partly_and_ineligible_give_exit_code_1(claim):
    claim.write_text(CLAIM.replace("quantity = 3", "quantity = 4"), encoding="utf-8")
    assert run("assess", claim).exit_code == 1
    claim.write_text(CLAIM.replace("2026-11-22", "2027-03-13"), encoding="utf-8")
    done = run("assess", claim, "--json")
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (1, "ineligible")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("quantity = 3", "quantity = 3\ncolour = 1", "expenses[0].colour"),
        ('name = "例示事業所"', 'name = "x"\nbeds_ = 3', "office.beds_"),
        ("fiscal_year = 2026", "fiscal_year = 2026\nsurprise = 1", "surprise"),
        ("amount = 19500", "amount = 19500.0", "expenses[0].amount"),
        ("amount = 19500", 'amount = "19500"', "expenses[0].amount"),
        ("amount = 19500", "amount = true", "expenses[0].amount"),
        ("quantity = 3", "quantity = 1.5", "expenses[0].quantity"),
        ('kind = "card_reader"', 'kind = "reader"', "expenses[0].kind"),
        ("incurred_on = 2026-06-01\ncondition", 'incurred_on = "June"\ncondition', "expenses[0].incurred_on"),
        ('number = "1370000001"', 'number = "137000001"', "office.number"),
        ('number = "1370000001"', "number = 1370000001", "office.number"),
        ('services = ["11", "15"]', "services = [11]", "office.services[0]"),
        ("compatible = true", 'compatible = "yes"', "expenses[0].compatible"),
        ("fiscal_year = 2026", "fiscal_year = 2026\ndonations = -1", "donations"),
        ('programme = "kiban-office"', "", "programme"),
    ],
)
def test_a_mistake_in_a_claim_is_named_with_place_and_remedy(claim, old, new, place):
    claim.write_text(CLAIM.replace(old, new, 1), encoding="utf-8")
    error = refusal("assess", claim)
    assert error.exit_code == 2
    assert f"at {place}:" in error.text("en")
    remedy = ("Write it like this: ", "The keys there are: ", "Probably ")
    assert any(text in error.text("en") for text in remedy)
    assert place in error.text("ja")


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"a": 1, "a": 2}', '{"fiscal_year": NaN}', "\u3042"],
    ids=["list", "broken", "twice", "nan", "text"],
)
def test_a_broken_json_claim_is_refused(tmp_path, text):
    path = tmp_path / "claim.json"
    path.write_text(text, encoding="utf-8")
    assert refusal("assess", path).exit_code == 2


def test_a_key_that_stands_twice_in_json_is_refused_and_not_silently_won_by_one(tmp_path):
    import tomllib

    path = tmp_path / "claim.json"
    text = json.dumps(tomllib.loads(CLAIM), default=str)
    path.write_text(text.replace("{", '{"donations": 9, "donations": 0, ', 1), encoding="utf-8")
    assert "donations" in refusal("assess", path).text("en")


def test_missing_binary_and_unknown_files_and_programmes_are_refused(tmp_path, claim):
    assert refusal("assess", tmp_path / "nothing.toml").exit_code == 2
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    assert refusal("assess", tmp_path / "x.toml").exit_code == 2
    claim.write_text(CLAIM.replace("kiban-office", "kiban-zoo"), encoding="utf-8")
    assert "kiban-office/2026" in refusal("assess", claim).text("en")


def test_a_reading_can_be_chosen_and_a_wrong_one_is_refused(claim):
    done = run("assess", claim, "--json", "--reading", "same_category=once")
    assert json.loads(done.stdout)["cap"] == 64000
    assert "sum" in refusal("assess", claim, "--reading", "same_category=twice").text("en")
    assert refusal("assess", claim, "--reading", "same_category").exit_code == 2
    mistyped = refusal("assess", claim, "--reading", "same_categry=once").text("en")
    assert mistyped.startswith("There is no reading same_categry. Choose one of: same_category, ")
    assert run("assess", claim, "--reading", "medical_income=kept").exit_code == 0, "another programme has it"


def test_a_hospital_must_name_its_kind_and_beds(tmp_path):
    text = CLAIM.replace("kiban-office", "kiban-medical")
    path = tmp_path / "claim.toml"
    path.write_text(text, encoding="utf-8")
    assert "office.kind" in refusal("assess", path).text("en")
    path.write_text(text.replace('name = "例示事業所"', 'name = "x"\nkind = "hospital"'), encoding="utf-8")
    assert "office.beds" in refusal("assess", path).text("en")


def test_people_read_the_result_in_both_languages(claim):
    assert "Grant: 62,000 yen" in run("assess", claim).stdout
    with use_language("ja"):
        japanese = run("assess", claim).stdout
    assert "交付見込額 62,000円" in japanese
    assert "[正常]" in japanese
    japanese.encode("cp932")


def test_programmes_lists_rules_and_open_questions():
    document = json.loads(run("programmes", "--json").stdout)
    assert {p["programme"] for p in document["programmes"]} == {"kiban-office", "kiban-medical"}
    assert "same_category" in run("programmes").stdout


def test_programmes_names_every_figure_that_is_not_confirmed_with_its_place_and_source():
    from kaigo_subsidy.rules import bundled, unconfirmed

    shown = run("programmes").stdout
    for ruleset in bundled():
        for place, _value, ref in unconfirmed(ruleset.rules):
            assert f"not confirmed: {place}" in shown
            assert f"({ref})" in shown
    assert "timetable.decision_months = 1 (手引き)" in shown


def test_the_command_works_through_the_product_itself(claim):
    command = [sys.executable, "-m", "kaigo_gateway", "grant", "assess", str(claim), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["grant"] == 62000
    claim.write_text(CLAIM + "surprise = 1\n", encoding="utf-8")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def vendor(assess_city):
    from kaigo_gateway.model.descriptors import GrantProgramme
    from kaigo_subsidy.vendors import Offer

    return Offer([GrantProgramme(id="city-x", fiscal_year=2026, title="City X", assess=assess_city)])


def test_another_plugins_programme_is_listed_and_assesses_its_own_claims(claim, monkeypatch):
    from kaigo_subsidy import vendors
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.rules import find_rules

    def assess_city(given):
        one = assess(given, find_rules("kiban-office", 2026))
        return one.model_copy(
            update={"lines": (one.lines[0].model_copy(update={"reason_codes": ("CITY_X",)}),)}
        )

    monkeypatch.setattr(vendors, "vendor_offer", lambda _without=(): vendor(assess_city))
    claim.write_text(CLAIM.replace("kiban-office", "city-x"), encoding="utf-8")
    assert "CITY_X" in run("assess", claim).stdout
    assert "City X" in run("programmes").stdout
    assert json.loads(run("assess", claim, "--json").stdout)["programme"] == "city-x"


def test_another_plugins_broken_assessor_is_named(claim, monkeypatch):
    from kaigo_subsidy import vendors

    monkeypatch.setattr(vendors, "vendor_offer", lambda _without=(): vendor(lambda _claim: 1 / 0))
    claim.write_text(CLAIM.replace("kiban-office", "city-x"), encoding="utf-8")
    error = refusal("assess", claim)
    assert (error.exit_code, "ZeroDivisionError" in error.text("en")) == (3, True)
    monkeypatch.setattr(vendors, "vendor_offer", lambda _without=(): vendor(lambda _claim: {}))
    assert "dict instead of Assessment" in refusal("assess", claim).text("en")


def test_related_programmes_are_stated_with_references(tmp_path):
    unknown = json.loads(run("related", "--json").stdout)["programmes"]
    assert {p["verdict"] for p in unknown} == {"unknown"}
    assert all(r["ref"] for p in unknown for r in [*p["requirements"], *p["notes"]])
    facts = tmp_path / "facts.toml"
    text = "careplan_link_joined = true\ncareplan_link_track_record = false\ntreatment_addition = true\n"
    facts.write_text(text + 'service_group = "visiting"\n', encoding="utf-8")
    verdicts = {
        p["id"]: p["verdict"] for p in json.loads(run("related", facts, "--json").stdout)["programmes"]
    }
    assert verdicts == {
        "kaigo-technology-2026": "not_met",
        "wage-support-2025": "met",
        "treatment-improvement-2026": "met",
        "free-pass": "unknown",
    }
    facts.write_text("joined = true\n", encoding="utf-8")
    assert refusal("related", facts).exit_code == 2
    facts.write_text('careplan_link_joined = "yes"\n', encoding="utf-8")
    assert refusal("related", facts).exit_code == 2


def test_home_visit_guidance_needs_no_link_unless_planned(tmp_path):
    facts = tmp_path / "facts.toml"
    facts.write_text(
        'careplan_link_required = false\nsecurity_action = "one_star"\nimprovement_plan = true\n',
        encoding="utf-8",
    )
    found = json.loads(run("related", facts, "--json").stdout)["programmes"]
    assert next(p for p in found if p["id"] == "kaigo-technology-2026")["verdict"] == "met"


def test_the_days_are_written_as_a_calendar(claim, tmp_path):
    out = tmp_path / "claim.ics"
    assert run("calendar", claim, "--out", out).exit_code == 0
    data = out.read_bytes()
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    plain = data.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20270312" in plain
    assert "DTSTART;VALUE=DATE:20261228" in plain, "31 December is closed: the business day before"
    assert plain.count("BEGIN:VEVENT") == plain.count("END:VEVENT") == 5
    assert date(2027, 3, 12).strftime("%Y%m%d") in plain


def test_programmes_without_a_lower_limit_of_beds_do_not_name_one():
    shown = run("programmes").stdout
    assert "hospital from 200 beds" in shown
    assert "hospital up to 199 beds" in shown
    assert "clinic: 3/4" in shown
