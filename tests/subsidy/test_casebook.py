"""The life of a claim: allowed moves, refused moves with their reason, one claim for each office number."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from factories import RULES
from kaigo_gateway.errors import InputError
from kaigo_gateway.model.cases import Case, CaseEntry, MoveRefused
from kaigo_gateway.model.claims import Verdict
from kaigo_gateway.model.results import Status
from kaigo_subsidy.casebook import MOVES, Readiness, State, begin, case_calendar, days_of, entries_of, judge

OFFICE = "1370000001"
PASSED = Readiness(verdict="partly", grant=62000, rule_hash="ab" * 32, precheck="warn")
FACTS = {"readiness": PASSED.model_dump(mode="json")}
WHOLE_LIFE = (
    CaseEntry(state=State.READY, on=date(2026, 11, 20), facts=FACTS),
    CaseEntry(state=State.SUBMITTED, on=date(2026, 11, 22), evidence="受付番号 0001"),
    CaseEntry(state=State.RETURNED, on=date(2026, 12, 10), evidence="領収書の型番がない"),
    CaseEntry(state=State.SUBMITTED, on=date(2026, 12, 12), evidence="受付番号 0002", facts=FACTS),
    CaseEntry(state=State.DECIDED, on=date(2027, 1, 20), evidence="決定通知 1", amount=62000),
    CaseEntry(state=State.PAID, on=date(2027, 2, 26), evidence="通帳 3頁", amount=62000),
    CaseEntry(state=State.TAX_REPORTED, on=date(2027, 6, 1), evidence="報告 9", amount=0),
    CaseEntry(state=State.CLOSED, on=date(2032, 4, 1)),
)


def move(case, entry):
    return case.model_copy(update={"entries": (*case.entries, judge(case, entry, RULES.rules))})


def begun(**more):
    entry = begin(CaseEntry(state=State.PREPARING, on=date(2026, 11, 1)), (), RULES.rules)
    values = {"id": "c", "programme": "kiban-office", "fiscal_year": 2026, "office_number": OFFICE}
    return Case.model_validate({**values, **more, "entries": (entry,)})


def at(state):
    case = begun()
    for event in WHOLE_LIFE:
        if case.state == state:
            break
        case = move(case, event)
    return case


def test_a_claim_lives_through_return_decision_payment_and_report():
    case = begun()
    for event in WHOLE_LIFE:
        case = move(case, event)
    assert case.state == State.CLOSED
    assert [event.on for event in case.entries] == sorted(event.on for event in case.entries)


@pytest.mark.parametrize("state", list(State))
def test_every_other_move_is_refused_and_the_allowed_ones_are_named(state):
    case = at(state)
    for wanted in State:
        if wanted in {option.state for option in MOVES[state]}:
            continue
        with pytest.raises(InputError) as caught:
            move(case, CaseEntry(state=wanted, on=date(2032, 5, 1), evidence="x", amount=0))
        assert all(option.state in caught.value.text("en") for option in MOVES[state])


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.RETURNED, State.DECIDED, State.PAID, State.TAX_REPORTED]
)
def test_a_move_without_its_evidence_is_refused(state):
    before = next(a.state for a, b in pairwise((begun().entries[0], *WHOLE_LIFE)) if b.state == state)
    with pytest.raises(InputError, match="the claim needs"):
        move(at(before), CaseEntry(state=state, on=date(2027, 3, 1), evidence=" ", amount=1))


def test_money_moves_need_an_amount_and_zero_is_one():
    with pytest.raises(InputError, match="yen paid"):
        move(at(State.DECIDED), CaseEntry(state=State.PAID, on=date(2027, 2, 26), evidence="x"))
    assert move(at(State.PAID), WHOLE_LIFE[-2]).entries[-1].amount == 0


def test_days_do_not_run_backwards_and_submission_keeps_to_the_window():
    with pytest.raises(InputError, match="before the last entry"):
        move(begun(), CaseEntry(state=State.READY, on=date(2026, 10, 31)))
    late = CaseEntry(state=State.SUBMITTED, on=date(2027, 3, 13), evidence="x")
    with pytest.raises(InputError, match="2027-03-12"):
        move(at(State.READY), late)


def test_a_claim_of_another_year_is_a_question_that_a_person_answers():
    earlier = begun(fiscal_year=2025)
    entry = CaseEntry(state=State.PREPARING, on=date(2026, 11, 1))
    with pytest.raises(MoveRefused, match="fiscal year 2025") as caught:
        begin(entry, [earlier], RULES.rules)
    assert "第6条第3号" in caught.value.text("ja")
    answered = entry.model_copy(update={"override": "portal: R7 does not count"})
    assert begin(answered, [earlier], RULES.rules) is answered


def test_what_was_sent_back_is_looked_at_again_before_it_is_handed_in_again():
    again = CaseEntry(state=State.SUBMITTED, on=date(2026, 12, 12), evidence="受付番号 0002")
    with pytest.raises(MoveRefused, match="only after its assessment and the pre-check"):
        move(at(State.RETURNED), again)
    for more in ({"facts": FACTS}, {"override": "only the bank book was missing"}):
        assert move(at(State.RETURNED), again.model_copy(update=more)).state == State.SUBMITTED


def test_the_first_submission_needs_no_second_look():
    assert move(at(State.READY), WHOLE_LIFE[1]).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.PREPARING, {"2027-03-12"}),
        (State.RETURNED, {"2027-03-12"}),
        (State.SUBMITTED, {"2026-12-31", "2027-01-31", "2028-04-30", "2032-03-31"}),
        (State.DECIDED, {"2027-02-28", "2028-04-30", "2032-03-31"}),
        (State.PAID, {"2028-04-30", "2032-03-31"}),
        (State.TAX_REPORTED, {"2032-03-31"}),
    ],
)
def test_days_follow_from_where_the_claim_really_stands(state, expected):
    """Decided stands after the second submission, in December: payment by the end of February."""
    days = days_of(at(state), RULES.rules)
    assert {str(each.day) for each in days} == expected
    assert [each.day for each in days] == sorted(each.day for each in days)


def test_a_day_that_is_no_business_day_comes_with_the_one_before():
    found = {str(each.day): str(each.open_day) for each in days_of(at(State.SUBMITTED), RULES.rules)}
    assert found["2026-12-31"] == "2026-12-28"  # 29 December to 3 January
    assert found["2027-01-31"] == "2027-01-29"  # a Sunday
    assert found["2028-04-30"] == "2028-04-28"  # a Sunday after a holiday


def test_a_calendar_program_reads_the_days_and_moves_those_that_changed():
    icalendar = pytest.importorskip("icalendar")
    made = datetime(2026, 11, 28, tzinfo=UTC)

    def events(case):
        data = case_calendar(case, days_of(case, RULES.rules), made)
        found = icalendar.Calendar.from_ical(data)
        assert found.errors == []
        return {str(event["UID"]): event for event in found.walk("VEVENT")}

    first, second = events(at(State.SUBMITTED)), events(at(State.DECIDED))
    assert set(second) < set(first)
    payment = "payment_by-c@kaigo-gateway"
    assert str(first[payment].decoded("DTSTART")) == "2027-01-29"
    assert str(second[payment].decoded("DTSTART")) == "2027-02-26"
    assert second[payment]["SEQUENCE"] > first[payment]["SEQUENCE"]
    assert "期日 2027-02-28 は閉庁日" in str(second[payment]["DESCRIPTION"])
    alarm = first["tax_report_by-c@kaigo-gateway"].walk("VALARM")[0]
    assert alarm.decoded("TRIGGER").days == -30


@pytest.mark.parametrize("line", ["{", '{"office_number": "x"}', "[]", '{"office_number": 1, "events": 3}'])
def test_a_damaged_register_names_the_line(tmp_path, line):
    path = tmp_path / "claims.jsonl"
    path.write_text(OLD + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        entries_of(path)


OLD = (
    '{"office_number": "1370000001", "programme": "kiban-office", "fiscal_year": 2026, "events":'
    ' [{"state": "preparing", "on": "2026-11-01", "evidence": "", "amount": null}]}\n'
    '{"office_number": "1370000001", "programme": "kiban-office", "fiscal_year": 2026, "events":'
    ' [{"state": "ready", "on": "2026-11-02", "override": "by hand", "readiness": null}]}\n'
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The commands, with a ledger of their own."""

    from click.testing import CliRunner
    from kaigo_gateway.claims import _desk, _reading
    from kaigo_gateway.cli import root

    monkeypatch.setenv("KAIGO_GATEWAY_LEDGER__URL", f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}")
    for room in (_desk, _reading):
        monkeypatch.setattr(room, "today", lambda: date(2026, 11, 28))

    def invoke(*arguments):
        asked = ["--lang", "en", "grant", "case", *map(str, arguments)]
        return CliRunner().invoke(root, asked, catch_exceptions=True)

    return invoke


FIXED = ("--fiscal-year", "2026")


def test_the_commands_keep_claims_in_the_ledger(run, tmp_path):
    assert "preparing" in run("open", OFFICE, *FIXED).stdout
    (tmp_path / "screen.png").write_bytes(b"seen")
    assert "ready" in run("move", OFFICE, "ready", "--override", "checked by hand", *FIXED).stdout
    proof = ("--evidence", "R1", "--file", tmp_path / "screen.png", "--by", "山田")
    assert "submitted" in run("move", OFFICE, "submitted", *proof, *FIXED).stdout
    listed = json.loads(run("list", "--json").stdout)["cases"]
    assert (listed[0]["state"], len(listed[0]["entries"])) == ("submitted", 3)
    assert listed[0]["entries"][1]["override"] == "checked by hand"
    assert listed[0]["entries"][2]["file"]["size"] == 4
    shown = run("show", "kiban-office-2026-1370000001").stdout
    for told in ("handed in", "R1", "山田", "screen.png", "next: decided", "decision expected by 2026-12-31"):
        assert told in shown
    assert json.loads(run("list", "--json", "--state", "ready").stdout)["cases"] == []
    run("calendar", OFFICE, *FIXED, "--out", tmp_path / "days.ics")
    assert (tmp_path / "days.ics").read_bytes().count(b"BEGIN:VEVENT") == 4


def test_commands_refuse_in_one_sentence(run, tmp_path):
    run("open", OFFICE, *FIXED)
    for arguments, told in (
        (("open", OFFICE, *FIXED), "already has the claim"),
        (
            ("move", OFFICE, "paid", *FIXED),
            'cannot go from "in preparation (preparing)" to "payment received (paid)"',
        ),
        (("move", OFFICE, "ready", *FIXED, "--on", "2026-10-01"), "before the last entry"),
        (("move", OFFICE, "ready", *FIXED, "--on", "2026-12-01"), "has not come yet"),
        (("move", OFFICE, "ready", *FIXED, "--file", tmp_path / "none"), "cannot be read"),
        (("move", OFFICE, "ready", *FIXED, "--claim", tmp_path / "none"), "none"),
        (("show", "1370000009", *FIXED), "no claim"),
        (("open", "13-7", *FIXED), "ten characters"),
        (("open", "--setup", "nope"), "no Setup"),
        (("open",), "--setup"),
        (
            ("list", "--state", "sent"),
            "There is no state sent. States of a claim: in preparation (preparing)",
        ),
    ):
        done = run(*arguments)
        text = done.output + (done.exception.text("en") if isinstance(done.exception, InputError) else "")
        assert done.exit_code != 0
        assert told in text, (arguments, text)
    assert len(json.loads(run("list", "--json").stdout)["cases"][0]["entries"]) == 1


def test_a_register_of_earlier_days_is_taken_over_once(run, tmp_path):
    old = tmp_path / "claims.jsonl"
    old.write_text(OLD, encoding="utf-8")
    assert "kiban-office-2026-1370000001  ready" in run("import", old).stdout
    again = run("import", old)
    assert "already has the claim" in again.exception.text("en")


@pytest.mark.parametrize(
    ("readiness", "told"),
    [
        (None, "only after its assessment and the pre-check"),
        (PASSED.model_copy(update={"verdict": Verdict.INELIGIBLE}), "nothing would be granted"),
        (PASSED.model_copy(update={"precheck": Status.FAIL}), "pre-check of its attachments found something"),
        (
            PASSED.model_copy(update={"precheck": Status.ERROR}),
            "pre-check of its attachments found something",
        ),
    ],
)
def test_a_claim_that_was_not_found_in_order_is_not_ready_unless_a_person_says_why(readiness, told):
    facts = {} if readiness is None else {"readiness": readiness.model_dump(mode="json")}
    event = CaseEntry(state=State.READY, on=date(2026, 11, 20), facts=facts, override=" ")
    with pytest.raises(MoveRefused, match=told):
        move(begun(), event)
    overridden = event.model_copy(update={"override": "asked the helpdesk"})
    assert move(begun(), overridden).entries[-1].override == "asked the helpdesk"


@pytest.mark.parametrize("facts", [{"readiness": {"verdict": "fine"}}, {"readiness": None}])
def test_a_made_up_pre_check_is_not_one(facts):
    event = CaseEntry(state=State.READY, on=date(2026, 11, 20), facts=facts)
    with pytest.raises(MoveRefused, match="is none"):
        move(begun(), event)


def test_a_pre_check_of_another_office_does_not_count():
    facts = {"readiness": {**FACTS["readiness"], "office": "1370000002"}}
    event = CaseEntry(state=State.READY, on=date(2026, 11, 20), facts=facts, override="x")
    with pytest.raises(MoveRefused, match="not of 1370000001"):
        move(begun(), event)


def test_the_command_assesses_the_claim_and_looks_at_its_attachments_before_ready(run, tmp_path):
    run("open", OFFICE, *FIXED)
    claim = tmp_path / "claim.toml"
    claim.write_text(
        'programme = "kiban-office"\nfiscal_year = 2026\napplied_on = 2026-11-20\n'
        f'[office]\nnumber = "{OFFICE}"\nservices = ["11"]\n'
        '[[expenses]]\nkind = "connection_support"\nitem = "web_service_setup"\namount = 30000\n'
        "incurred_on = 2026-06-01\n",
        encoding="utf-8",
    )
    refused = run("move", OFFICE, "ready", "--claim", claim, *FIXED)
    assert "found something to mend" in refused.exception.text("en")
    assert "receipt: Copy" in refused.output or "is missing" in refused.output
    pages = []
    for code in ("bankbook", "service_evidence", "receipt", "menu_screen"):
        page = tmp_path / f"{code}.jpg"
        page.write_bytes(b"\xff\xd8\xff\xe0" + code.encode() * 9 + b"\xff\xd9")
        pages += ["--attach", f"{code}={page}"]
    assert "ready" in run("move", OFFICE, "ready", "--claim", claim, *pages, *FIXED).stdout
    back = run("move", OFFICE, "preparing", "--claim", claim, *FIXED)
    assert "belong to moves" in back.output
    entry = json.loads(run("show", OFFICE, "--json", *FIXED).stdout)["entries"][-1]
    recorded = entry["facts"]["readiness"]
    assert (recorded["verdict"], recorded["grant"], recorded["precheck"]) == ("eligible", 30000, "warn")
    assert recorded["rule_hash"] == RULES.hash
    run("open", "1370000002", *FIXED)
    other = run("move", "1370000002", "ready", "--claim", claim, *pages, *FIXED)
    assert "not of 1370000002" in other.exception.text("en")


def test_the_list_names_states_and_says_when_nothing_is_like_that(run):
    assert "No claims yet" in run("list").stdout
    run("open", OFFICE, *FIXED)
    assert "kiban-office-2026-1370000001  in preparation (preparing)  2026-11-28" in run("list").stdout
    assert "No claim is like that" in run("list", "--state", "paid").stdout


def test_states_are_said_in_the_readers_language_with_the_code_to_type():
    with pytest.raises(MoveRefused) as caught:
        move(begun(), CaseEntry(state=State.PAID, on=date(2026, 11, 20)))
    assert "「準備中（preparing）」の申請を「入金済み（paid）」に" in caught.value.text("ja")
