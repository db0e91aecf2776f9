"""The reviewable cases: cases/*.yaml, one sentence, one article, one input, one expected result each."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from kaigo_gateway.model.claims import Claim
from kaigo_subsidy import _reasons_claim, _reasons_lines
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.rules import bundled, find_rules
from kaigo_subsidy.rules._figure import references

FOLDER = Path(__file__).parent / "cases"
CLAIM_KEYS = {"donations", "other_income"}
OFFICE_KEYS = {"services", "nonprofit", "kind", "beds"}
KNOWN = {
    "name",
    "article",
    "applied_on",
    "readings",
    "bundle",
    "expenses",
    "expect",
    *CLAIM_KEYS,
    *OFFICE_KEYS,
}


def all_cases():
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            yield path.stem, document, case


CASES = list(all_cases())


def expense(given, day):
    """Fill in what a case does not speak of, so that it shows only what it is about."""
    line = {"incurred_on": day, "supporter": "T1180301018771", "description": "", **given}
    if given["kind"] == "card_reader":
        line = {"model": "CIR315A", "condition": "new", "compatible": True, **line}
    return line


def claim_of(document, case):
    day = document.get("incurred_on", date(2026, 6, 1))
    office = {"number": "1370000001", "name": "例示事業所", **{k: case[k] for k in OFFICE_KEYS & case.keys()}}
    return Claim.model_validate(
        {
            "programme": document.get("programme", "kiban-office"),
            "fiscal_year": document.get("fiscal_year", 2026),
            "applied_on": case.get("applied_on", document.get("applied_on", date(2026, 11, 22))),
            **{k: case[k] for k in CLAIM_KEYS & case.keys()},
            "office": office,
            "expenses": [expense(line, day) for line in case["expenses"]],
        }
    )


def assessed(document, case):
    claim = claim_of(document, case)
    rules = find_rules(claim.programme, claim.fiscal_year)
    return assess(claim, rules, case.get("readings"), bundle=case.get("bundle"))


@pytest.mark.parametrize(("stem", "document", "case"), CASES, ids=[f"{s}: {c['name']}" for s, _, c in CASES])
def test_case(stem, document, case):
    assert not set(case) - KNOWN, "a case has a key that nobody reads"
    result, expected = assessed(document, case), dict(case["expect"])
    codes = {notice.code for notice in result.notices}
    assert set(expected.pop("notices", ())) <= codes
    assert not set(expected.pop("no_notices", ())) & codes
    for day, value in expected.pop("dates", {}).items():
        assert getattr(result.dates, day) == value, day
    for number, (line, wanted) in enumerate(
        zip(result.lines, expected.pop("lines", result.lines), strict=True)
    ):
        if isinstance(wanted, dict):
            assert line.eligible_amount == wanted["eligible"], number
            if "codes" in wanted:
                assert list(line.reason_codes) == wanted["codes"], number
    assert {key: getattr(result, key) for key in expected} == expected


def test_there_are_at_least_120_cases_and_each_has_its_own_name():
    names = [case["name"] for _, _, case in CASES]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


BOOK = (*_reasons_lines.LINES, *_reasons_claim.NOTICES, *_reasons_claim.READINGS)
ARTICLE = re.compile(r"第\d+条(?:第\d+号)?(?:\(\d\))?|別表|別添1?(?![0-9])")
SHOWN_ELSEWHERE = {
    "第6条第3号"
}  # one claim for each number: no single claim shows it (test_casebook, test_bulk)


def test_every_reason_code_of_lines_notices_and_readings_is_expected_by_a_case():
    seen = set()
    for _, _document, case in CASES:
        expected = case["expect"]
        seen |= set(expected.get("notices", ()))
        seen |= {code for line in expected.get("lines", ()) for code in line.get("codes", ())}
    assert {reason.code for reason in BOOK} - seen == set()


def test_every_article_that_a_rule_file_or_a_reason_names_is_the_article_of_a_case():
    named = {
        article for reason in BOOK for article in ARTICLE.findall(reason.message + " ".join(reason.steps))
    }
    for ruleset in bundled():
        named |= {article for _, ref in references(ruleset.rules) for article in ARTICLE.findall(ref)}
    shown = {article for _, _, case in CASES for article in ARTICLE.findall(case["article"])}
    shown |= {
        article.split("第", 2)[0] or "第" + article.split("第")[1] for article in shown
    }  # 第6条第2号: 第6条
    assert len(named) > 15
    assert named - shown - SHOWN_ELSEWHERE == set()
