"""Related programmes: what is asked for, of whom, how certain, and how a file of facts is read."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import use_language
from kaigo_subsidy.cli import grant
from kaigo_subsidy.related import example_of, known_facts, programmes, read_facts, statements
from kaigo_subsidy.showing import related_lines


def verdict(name, **facts):
    return next(one.verdict for one in statements(facts) if one.programme.id == name)


def test_a_facility_is_not_helped_by_the_link_nor_a_visiting_service_by_the_productivity_addition():
    for name in ("wage-support-2025", "treatment-improvement-2026"):
        joined = {"treatment_addition": True, "careplan_link_joined": True, "productivity_addition": "no"}
        joined["social_welfare_partnership"] = False
        assert verdict(name, **joined, service_group="visiting") == "met"
        assert verdict(name, **joined, service_group="facility") == "not_met"
        assert verdict(name, **joined, service_group="both") == "not_met"
        assert verdict(name, **joined) == "unknown", "of which kind the office is has to be known first"
        assert verdict(name, **{**joined, "productivity_addition": "I"}, service_group="both") == "met"


def test_a_pledge_is_enough_and_a_planned_addition_only_for_the_wage_support():
    pledged = {"treatment_addition": True, "careplan_link_pledged": True, "service_group": "visiting"}
    assert verdict("wage-support-2025", **pledged) == "met"
    assert verdict("treatment-improvement-2026", **pledged) == "met"
    planned = {"treatment_addition": True, "productivity_addition": "planned", "service_group": "facility"}
    assert verdict("wage-support-2025", **planned) == "met"
    assert verdict("treatment-improvement-2026", **planned, social_welfare_partnership=False) == "not_met"


def test_the_wage_support_needs_the_treatment_addition_first():
    facts = {"careplan_link_joined": True, "service_group": "visiting"}
    assert verdict("wage-support-2025", **facts, treatment_addition=False) == "not_met"


def test_five_offices_raise_the_amount_and_decide_nothing():
    facts = {"careplan_link_track_record": True, "security_action": "one_star", "improvement_plan": True}
    for offices, met in ((4, False), (5, True)):
        (one,) = [s for s in statements({**facts, "careplan_link_offices": offices}) if s.additions]
        assert (one.verdict, one.additions[0][1]) == ("met", met)


def test_every_statement_is_dated_and_every_sentence_has_its_reference_in_both_languages():
    for programme in programmes():
        assert date(2025, 12, 1) < programme.dated < date(2026, 11, 28)
        groups = (one for group in programme.any_of for one in group)
        for note in (*programme.all_of, *groups, *programme.additions, *programme.notes):
            assert note.ref
            assert note.text != note.text_en
            assert note.status == "unconfirmed" or "二次資料" not in note.ref, note.text


@pytest.mark.parametrize(("language", "word"), [("ja", "未確認"), ("en", "not confirmed")])
def test_people_see_the_date_the_certainty_the_keys_and_that_the_free_pass_is_over(language, word):
    with use_language(language):
        shown = "\n".join(related_lines(statements({}), date(2026, 11, 28)))
        before = "\n".join(related_lines(statements({}), date(2026, 5, 31)))
    assert word in shown
    assert "2026-06-15" in shown
    assert "2026-05-31" in shown.replace(before, "")
    assert len(shown.splitlines()) == len(before.splitlines()) + 1
    for key in known_facts():
        assert key in shown
    shown.encode("cp932")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("joined = true", "at joined: this key is not known"),
        ("careplan_link_join = true", "Expected: careplan_link_joined"),
        ('careplan_link_joined = "yes"', "Expected: careplan_link_joined = true"),
        ("careplan_link_joined = 1", "the value is none that is expected"),
        ('careplan_link_offices = "5"', "Expected: careplan_link_offices = 5"),
        ("careplan_link_offices = true", "careplan_link_offices = 5"),
        ('security_action = "three_stars"', 'Expected: security_action = "one_star"'),
        ('service_group = "hospital"', "visiting, facility, both"),
        ("service_group = 1", "visiting, facility, both"),
    ],
)
def test_a_wrong_fact_is_refused_with_what_is_expected_in_both_languages(tmp_path, text, what):
    path = tmp_path / "facts.toml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_facts(path)
    assert what in caught.value.text("en")
    assert "Expected" not in caught.value.text("ja")


def test_the_json_holds_both_languages_dates_and_the_keys_of_a_file_of_facts():
    document = json.loads(CliRunner().invoke(grant, ["related", "--json"]).stdout)
    assert 'service_group = "visiting"  # visiting, facility, both' in document["facts"]
    for one in document["programmes"]:
        assert one["dated"]
        assert all(r["text"] and r["text_en"] for r in one["requirements"])


def test_the_examples_of_facts_can_be_copied_into_a_file_as_they_stand(tmp_path):
    path = tmp_path / "facts.toml"
    path.write_text("\n".join(map(example_of, known_facts())), encoding="utf-8")
    assert set(read_facts(path)) == set(known_facts())
