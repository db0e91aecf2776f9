"""The life of a claim: allowed moves, refused moves with their reason, one claim for each office number."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest
from factories import RULES
from kaigo_gateway.errors import InputError
from kaigo_gateway.model.claims import Verdict
from kaigo_gateway.model.results import Status
from kaigo_subsidy.casebook import Event, Readiness, Register, State, move, open_case
from kaigo_subsidy.casebook._states import NEXT

OFFICE = "1370000001"
PASSED = Readiness(verdict="partly", grant=62000, rule_hash="ab" * 32, precheck="warn")
WHOLE_LIFE = (
    Event(state=State.READY, on=date(2026, 11, 20), readiness=PASSED),
    Event(state=State.SUBMITTED, on=date(2026, 11, 22), evidence="受付番号 0001"),
    Event(state=State.RETURNED, on=date(2026, 12, 10), evidence="領収書の型番がない"),
    Event(state=State.SUBMITTED, on=date(2026, 12, 12), evidence="受付番号 0002"),
    Event(state=State.DECIDED, on=date(2027, 1, 20), evidence="決定通知 1", amount=62000),
    Event(state=State.PAID, on=date(2027, 2, 26), evidence="通帳 3頁", amount=62000),
    Event(state=State.TAX_REPORTED, on=date(2027, 6, 1), evidence="報告 9", amount=0),
    Event(state=State.CLOSED, on=date(2032, 4, 1)),
)


def begun():
    return open_case([], OFFICE, RULES.rules, date(2026, 11, 1))


def at(state):
    case = begun()
    for event in WHOLE_LIFE:
        if case.state is state:
            break
        case = move(case, event, RULES.rules)
    return case


def test_a_claim_lives_through_return_decision_payment_and_report():
    case = begun()
    for event in WHOLE_LIFE:
        case = move(case, event, RULES.rules)
    assert case.state is State.CLOSED
    assert [event.on for event in case.events] == sorted(event.on for event in case.events)


@pytest.mark.parametrize("state", list(State))
def test_every_other_move_is_refused_and_the_allowed_ones_are_named(state):
    case = at(state)
    for wanted in State:
        if wanted in NEXT[state]:
            continue
        with pytest.raises(InputError) as caught:
            move(case, Event(state=wanted, on=date(2032, 5, 1), evidence="x", amount=0), RULES.rules)
        assert all(str(option) in str(caught.value.text("en")) for option in NEXT[state])


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.RETURNED, State.DECIDED, State.PAID, State.TAX_REPORTED]
)
def test_a_move_without_its_evidence_is_refused(state):
    before = next(a.state for a, b in pairwise((begun().events[0], *WHOLE_LIFE)) if b.state is state)
    with pytest.raises(InputError, match="needs its evidence"):
        move(at(before), Event(state=state, on=date(2027, 3, 1), evidence=" ", amount=1), RULES.rules)


def test_money_moves_need_an_amount_and_zero_is_one():
    with pytest.raises(InputError, match="amount"):
        move(at(State.DECIDED), Event(state=State.PAID, on=date(2027, 2, 26), evidence="x"), RULES.rules)
    assert move(at(State.PAID), WHOLE_LIFE[-2], RULES.rules).events[-1].amount == 0


def test_days_do_not_run_backwards_and_submission_keeps_to_the_window():
    with pytest.raises(InputError, match="before the last entry"):
        move(begun(), Event(state=State.READY, on=date(2026, 10, 31)), RULES.rules)
    late = Event(state=State.SUBMITTED, on=date(2027, 3, 13), evidence="x")
    with pytest.raises(InputError, match="2027-03-12"):
        move(at(State.READY), late, RULES.rules)


def test_a_second_claim_of_an_office_number_is_refused_and_another_programme_is_not():
    first = at(State.PAID)
    with pytest.raises(InputError, match="already has a claim"):
        open_case([first], OFFICE, RULES.rules, date(2026, 12, 1))
    assert open_case([first], "1370000002", RULES.rules, date(2026, 12, 1)).state is State.PREPARING


def test_the_register_only_ever_grows(tmp_path):
    register = Register(tmp_path / "claims.jsonl")
    register.open(OFFICE, RULES.rules, date(2026, 11, 1))
    before = register.path.read_bytes()
    register.move(OFFICE, RULES.rules, WHOLE_LIFE[0])
    assert register.path.read_bytes().startswith(before)
    assert register.cases()[f"{OFFICE}/kiban-office/2026"].state is State.READY
    with pytest.raises(InputError, match="already has a claim"):
        register.open(OFFICE, RULES.rules, date(2026, 11, 2))
    with pytest.raises(InputError, match="no claim of office"):
        register.move("1370000009", RULES.rules, WHOLE_LIFE[0])


def test_a_refused_move_writes_nothing(tmp_path):
    register = Register(tmp_path / "claims.jsonl")
    register.open(OFFICE, RULES.rules, date(2026, 11, 1))
    before = register.path.read_bytes()
    with pytest.raises(InputError):
        register.move(OFFICE, RULES.rules, WHOLE_LIFE[4])
    assert register.path.read_bytes() == before


@pytest.mark.parametrize("line", ["{", '{"office_number": "x"}', "[]"])
def test_a_damaged_register_names_the_line(tmp_path, line):
    register = Register(tmp_path / "claims.jsonl")
    register.open(OFFICE, RULES.rules, date(2026, 11, 1))
    with register.path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match="line 2"):
        register.cases()


def test_the_commands_keep_the_register(tmp_path):
    from click.testing import CliRunner
    from kaigo_subsidy.cli import grant

    register = str(tmp_path / "claims.jsonl")

    def run(*args):
        return CliRunner().invoke(grant, ["case", *args, "--register", register], catch_exceptions=False)

    fixed = ("--year", "2026", "--on", "2026-11-20")
    assert "preparing" in run("open", OFFICE, *fixed).stdout
    assert "ready" in run("move", OFFICE, "ready", "--override", "checked by hand", *fixed).stdout
    assert "submitted" in run("move", OFFICE, "submitted", "--evidence", "R1", *fixed).stdout
    listed = json.loads(run("list", "--json").stdout)
    assert listed["cases"][0]["state"] == "submitted"
    assert len(listed["cases"][0]["events"]) == 3
    assert listed["cases"][0]["events"][1]["override"] == "checked by hand"


@pytest.mark.parametrize(
    ("readiness", "told"),
    [
        (None, "only after its assessment and the pre-check"),
        (PASSED.model_copy(update={"verdict": Verdict.INELIGIBLE}), "nothing would be granted"),
        (PASSED.model_copy(update={"precheck": Status.FAIL}), "pre-check of its attachments ended with fail"),
        (
            PASSED.model_copy(update={"precheck": Status.ERROR}),
            "pre-check of its attachments ended with error",
        ),
    ],
)
def test_a_claim_that_was_not_found_in_order_is_not_ready_unless_a_person_says_why(readiness, told):
    event = Event(state=State.READY, on=date(2026, 11, 20), readiness=readiness, override=" ")
    with pytest.raises(InputError, match=told):
        move(begun(), event, RULES.rules)
    overridden = event.model_copy(update={"override": "asked the helpdesk"})
    assert move(begun(), overridden, RULES.rules).events[-1].override == "asked the helpdesk"


def test_the_command_assesses_the_claim_and_looks_at_its_attachments_before_ready(tmp_path):
    from click.testing import CliRunner
    from kaigo_subsidy.cli import grant

    register, claim = tmp_path / "claims.jsonl", tmp_path / "claim.toml"
    Register(register).open(OFFICE, RULES.rules, date(2026, 11, 1))
    claim.write_text(
        'programme = "kiban-office"\nfiscal_year = 2026\napplied_on = 2026-11-20\n'
        f'[office]\nnumber = "{OFFICE}"\nservices = ["11"]\n'
        '[[expenses]]\nkind = "connection_support"\nitem = "web_service_setup"\namount = 30000\n'
        "incurred_on = 2026-06-01\n",
        encoding="utf-8",
    )
    fixed = ("--register", str(register), "--year", "2026", "--on", "2026-11-20")

    def ready(office, *args):
        asked = ["case", "move", office, *args, *fixed]
        return CliRunner().invoke(grant, asked, catch_exceptions=False)

    with pytest.raises(InputError, match="pre-check of its attachments ended with fail"):
        ready(OFFICE, "ready", "--claim", str(claim))
    with pytest.raises(InputError, match="not of 1370000002"):
        ready("1370000002", "ready", "--claim", str(claim))
    assert "--override" in ready(OFFICE, "preparing", "--override", "x").output
    pages = []
    for code in ("bankbook", "service_evidence", "receipt", "menu_screen"):
        page = tmp_path / f"{code}.jpg"
        page.write_bytes(b"\xff\xd8\xff\xe0" + code.encode() * 9 + b"\xff\xd9")
        pages += ["--attach", f"{code}={page}"]
    assert "ready" in ready(OFFICE, "ready", "--claim", str(claim), *pages).stdout
    recorded = Register(register).cases()[f"{OFFICE}/kiban-office/2026"].events[-1].readiness
    assert (recorded.verdict, recorded.grant, recorded.precheck) == ("eligible", 30000, "warn")
    assert recorded.rule_hash == RULES.hash
