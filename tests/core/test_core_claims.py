"""Claims in the ledger, on both databases: opened once, one chain, nothing half-written, tampering found."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from core_kit import OFFICE, open_setup, plugin
from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.ledger import CaseBook, CaseHead, CaseMoved, CaseTaken, Ledger, UnknownCase, verify
from kaigo_gateway.ledger._chain import entry_hash
from kaigo_gateway.model.cases import CaseEntry, CaseMove, Examination, LifeCycle, MoveRefused
from kaigo_gateway.model.descriptors import GrantProgramme

pytest_plugins = "kaigo_gateway.testing"

HEAD = CaseHead("city-x", 2026, OFFICE)
CLAIM = f"city-x-2026-{OFFICE}"


def body(state, **more):
    entry = CaseEntry(state=state, on=date(2026, 11, 28), **more)
    return {"entry": entry.body()}


async def begun(ledger, head=HEAD):
    book = CaseBook(ledger)
    await book.open(head, "open", body("open"))
    return book


async def faults(ledger):
    return {fault.code for fault in (await verify(ledger, {})).faults}


async def test_a_claim_is_opened_once_and_its_entries_form_one_chain_over_all_claims(ledger):
    book = await begun(ledger)
    other = CaseHead("city-x", 2026, "1370000002")
    await book.open(other, "open", body("open"))
    await book.append(CLAIM, "done", body("done", evidence="R-1"), after=1)
    with pytest.raises(CaseTaken, match=CLAIM):
        await book.open(HEAD, "open", body("open"))
    records = await book.records()
    assert [(record.number, record.case_id, record.seq) for record in records] == [
        (1, CLAIM, 1), (2, other.id, 1), (3, CLAIM, 2),
    ]  # fmt: skip
    assert [record.prev_hash for record in records[1:]] == [record.hash for record in records[:-1]]
    row = await book.row(CLAIM)
    assert (row.state, row.entry_count, row.head_hash) == ("done", 2, records[-1].hash)
    found = await verify(ledger, {})
    assert (found.intact, found.claims, found.entries) == (True, 2, 3)


async def test_a_simulated_claim_does_not_stand_in_the_way_of_the_real_one(ledger):
    book = await begun(ledger)
    simulated = CaseHead("city-x", 2026, OFFICE, simulated=True)
    row = await book.open(simulated, "open", body("open"))
    assert row.id == f"{CLAIM}-simulated"
    assert await faults(ledger) == set()


async def test_an_entry_behind_an_old_one_is_refused_and_leaves_nothing(ledger):
    book = await begun(ledger)
    await book.append(CLAIM, "done", body("done"), after=1)
    with pytest.raises(CaseMoved):
        await book.append(CLAIM, "lost", body("lost"), after=1)
    with pytest.raises(CaseMoved):
        await book.append("nope", "lost", body("lost"), after=0)
    with pytest.raises(UnknownCase) as caught:
        await book.row("nope")
    assert caught.value.exit_code == 2
    assert ((await book.row(CLAIM)).state, len(await book.records())) == ("done", 2)
    assert await faults(ledger) == set()


async def test_many_at_once_open_one_claim_and_enter_one_move(ledger):
    book = CaseBook(ledger)
    opened = await asyncio.gather(
        *(book.open(HEAD, "open", body("open")) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, CaseTaken) for each in opened) == 7
    moved = await asyncio.gather(
        *(book.append(CLAIM, "done", body("done"), after=1) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, CaseMoved) for each in moved) == 7
    assert [record.number for record in await book.records()] == [1, 2]
    assert await faults(ledger) == set()


OPENER = """
import asyncio, sys
sys.path.insert(0, sys.argv[3])
from test_core_claims import HEAD, body
from kaigo_gateway.ledger import CaseBook, CaseTaken, Ledger

async def main():
    async with Ledger(sys.argv[1]) as ledger:
        sys.stdin.readline()
        try:
            await CaseBook(ledger).open(HEAD, "open", body("open", by=sys.argv[2]))
            print("opened")
        except CaseTaken as error:
            print("taken", error.text("en"))

asyncio.run(main())
"""


def processes(database_url, count, script=OPENER):
    here = str(Path(__file__).parent)
    return [
        subprocess.Popen(
            [sys.executable, "-c", script, database_url, str(number), here],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(count)
    ]  # fmt: skip


async def test_two_machines_that_open_the_same_claim_at_once_end_with_one(database_url):
    async with Ledger(database_url):
        pass
    running = processes(database_url, 3)
    for each in running:
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60)[0] for each in running]
    assert sorted(text.split()[0] for text in said) == ["opened", "taken", "taken"]
    assert all(CLAIM in text for text in said if text.startswith("taken"))
    async with Ledger(database_url) as ledger:
        assert len(await CaseBook(ledger).records()) == 1
        assert await faults(ledger) == set()


CRASHER = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[3])
import sqlalchemy as sa
from test_core_claims import CLAIM, body
from kaigo_gateway.ledger import CaseBook, Ledger

async def main():
    async with Ledger(sys.argv[1]) as ledger:
        @sa.event.listens_for(ledger.engine.sync_engine, "after_cursor_execute")
        def fall(connection, cursor, statement, *_):
            if statement.startswith(os.environ["AFTER"]):
                os._exit(9)
        sys.stdin.readline()
        await CaseBook(ledger).append(CLAIM, "done", body("done"), after=1)

asyncio.run(main())
"""


@pytest.mark.parametrize("after", ["UPDATE claim_case", "INSERT INTO claim_entry"])
async def test_a_crash_between_two_steps_of_a_move_leaves_nothing_half_written(
    database_url, after, monkeypatch
):
    async with Ledger(database_url) as ledger:
        await begun(ledger)
    monkeypatch.setenv("AFTER", after)
    (child,) = processes(database_url, 1, CRASHER)
    child.communicate("go\n", timeout=60)
    assert child.returncode == 9
    async with Ledger(database_url) as ledger:
        book = CaseBook(ledger)
        assert ((await book.row(CLAIM)).state, len(await book.records())) == ("open", 1)
        await book.append(CLAIM, "done", body("done"), after=1)
        assert await faults(ledger) == set()


async def test_a_ledger_of_the_release_before_takes_claims_after_its_migration(database_url):
    from kaigo_gateway.ledger._engine import make_engine, migrate

    engine = make_engine(database_url)
    await migrate(engine, "0001")
    await engine.dispose()
    async with Ledger(database_url) as ledger:
        await open_setup(ledger)
        head = CaseHead("city-x", 2026, OFFICE, setup_id="S1")
        await CaseBook(ledger).open(head, "open", body("open"))
        assert [row.setup_id for row in await CaseBook(ledger).rows(setup_id="S1")] == ["S1"]
        assert await faults(ledger) == set()


async def test_a_claim_of_a_setup_that_is_not_there_is_refused_by_the_database(ledger):
    with pytest.raises(CouldNotRun):
        await begun(ledger, CaseHead("city-x", 2026, OFFICE, setup_id="nope"))
    assert await CaseBook(ledger).records() == []


DEEDS = {
    "evidence_is_changed": (
        ["UPDATE claim_entry SET body=replace(body, 'R-1', 'R-2') WHERE number=2"],
        {"RECORD_CHANGED"},
    ),
    "a_time_is_changed": (
        ["UPDATE claim_entry SET at='2020-01-01T00:00:00Z' WHERE number=2"],
        {"RECORD_CHANGED"},
    ),
    "a_body_is_no_json": (["UPDATE claim_entry SET body='{' WHERE number=1"], {"RECORD_CHANGED"}),
    "an_entry_is_deleted": (["DELETE FROM claim_entry WHERE number=2"], {"RECORD_MISSING"}),
    "the_last_entry_is_deleted": (["DELETE FROM claim_entry WHERE number=4"], {"RECORD_MISSING"}),
    "entries_are_swapped": (
        [
            "UPDATE claim_entry SET number=9 WHERE number=1",
            "UPDATE claim_entry SET number=1 WHERE number=3",
            "UPDATE claim_entry SET number=3 WHERE number=9",
        ],
        {"RECORD_REORDERED"},
    ),
    "an_entry_is_given_to_another_claim": (
        ["UPDATE claim_entry SET case_id='city-x-2026-1370000002', seq=9 WHERE number=2"],
        {"RECORD_CHANGED", "RECORD_MISSING"},
    ),
    "a_claim_is_deleted": (
        [
            f"DELETE FROM claim_entry WHERE case_id='{CLAIM}'",
            f"DELETE FROM claim_case WHERE id='{CLAIM}'",
        ],
        {"RECORD_MISSING"},
    ),
    "only_the_row_of_a_claim_is_deleted": (
        [f"DELETE FROM claim_case WHERE id='{CLAIM}'"],
        {"CLAIM_MISSING"},
    ),
    "the_state_is_exchanged": (["UPDATE claim_case SET state='paid'"], {"CLAIM_CHANGED"}),
    "the_office_is_exchanged": (
        [f"UPDATE claim_case SET office_number='1370000009' WHERE id='{CLAIM}'"],
        {"CLAIM_CHANGED"},
    ),
    "a_simulated_claim_is_made_a_real_one": (
        [f"UPDATE claim_case SET simulated=1-simulated WHERE id='{CLAIM}'"],
        {"CLAIM_CHANGED"},
    ),
    "a_row_says_fewer_entries": (
        [f"UPDATE claim_case SET entry_count=1 WHERE id='{CLAIM}'"],
        {"RECORD_MISSING"},
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_verify_finds_that(tmp_path, deed):
    path = tmp_path / "ledger.db"
    url = f"sqlite+aiosqlite:///{path}"
    async with Ledger(url) as ledger:
        book = await begun(ledger)
        await book.append(CLAIM, "done", body("done", evidence="R-1"), after=1)
        await book.open(CaseHead("city-x", 2026, "1370000002"), "open", body("open"))
        await book.append("city-x-2026-1370000002", "done", body("done"), after=1)
        assert await faults(ledger) == set()
    statements, expected = DEEDS[deed]
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        assert connection.execute(statement).rowcount > 0, statement
    connection.commit()
    connection.close()
    async with Ledger(url) as ledger:
        assert expected <= await faults(ledger)


async def test_an_entry_that_is_hashed_anew_does_not_fit_its_follower(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    async with Ledger(url) as ledger:
        book = await begun(ledger)
        await book.append(CLAIM, "done", body("done"), after=1)
        first = (await book.records())[0]
        forged = first.body.replace("2026-11-28", "2026-01-01")
        fields = {"number": 1, "case_id": CLAIM, "seq": 1, "at": first.at, "prev_hash": first.prev_hash}
        async with ledger.engine.begin() as connection:
            statement = sa.text("UPDATE claim_entry SET body=:body, hash=:hash WHERE number=1")
            await connection.execute(statement, {"body": forged, "hash": entry_hash(**fields, body=forged)})
        assert "RECORD_REORDERED" in await faults(ledger)


# The desk: a programme of a vendor with states of its own.


def city(**parts):
    """A vendor's programme: open → done, with a number as evidence."""

    def begin(entry, known):
        return entry

    def judge(case, entry):
        if not entry.evidence:
            raise MoveRefused("A number is needed.", "Write it.")
        return entry

    def examine(claim, files, view):
        return Examination({}, {"overall": "ok", "documents": []})

    life = {
        "states": {"open": "it is open", "done": "it is done"},
        "moves": {"open": (CaseMove("done", "End it", "the number"),)},
        "begin": begin, "judge": judge, "examine": examine, "claim_of": lambda view: None,
    }  # fmt: skip
    programme = GrantProgramme(
        "city-x", 2026, "City X", lambda claim: None, life=LifeCycle(**{**life, **parts})
    )
    return plugin("city", gateway_grant_programmes=lambda: [programme])


async def test_a_vendors_programme_keeps_its_claims_without_any_other_code(make_gateway):
    gateway = await make_gateway(city())
    desk = gateway.claims
    case = await desk.open("city-x", 2026, OFFICE, {"by": "x"})
    assert (case.id, case.state) == (CLAIM, "open")
    with pytest.raises(MoveRefused, match="A number is needed"):
        await desk.move(CLAIM, {"state": "done"})
    with pytest.raises(MoveRefused, match=r'cannot go from .* to "paid"'):
        await desk.move(CLAIM, {"state": "paid"})
    moved = await desk.move(CLAIM, {"state": "done", "evidence": "1"})
    assert [entry.state for entry in moved.entries] == ["open", "done"]
    assert json.loads((await desk.book.records(CLAIM))[0].body)["case"]["office_number"] == OFFICE
    with pytest.raises(InputError, match="city-y/2026"):
        await desk.open("city-y", 2026, OFFICE, {})


@pytest.mark.parametrize(
    "judge",
    [lambda case, entry: None, lambda case, entry: 1 / 0, lambda case, entry: sys.exit(1)],
    ids=["wrong type", "raises", "exits"],
)
async def test_a_broken_programme_is_named_and_enters_nothing(make_gateway, judge):
    gateway = await make_gateway(city(judge=judge))
    await gateway.claims.open("city-x", 2026, OFFICE, {})
    with pytest.raises(CouldNotRun, match="city-x/2026"):
        await gateway.claims.move(CLAIM, {"state": "done", "evidence": "1"})
    assert len((await gateway.claims.case(CLAIM)).entries) == 1


async def test_two_moves_at_once_are_judged_one_after_the_other(make_gateway):
    gateway = await make_gateway(city())
    await gateway.claims.open("city-x", 2026, OFFICE, {})
    moves = [gateway.claims.move(CLAIM, {"state": "done", "evidence": str(n)}) for n in range(5)]
    found = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(each, MoveRefused) for each in found) == 4
    assert len((await gateway.claims.case(CLAIM)).entries) == 2


async def test_a_damaged_claim_is_said_to_be_damaged(make_gateway):
    gateway = await make_gateway(city())
    await gateway.claims.open("city-x", 2026, OFFICE, {})
    async with gateway.ledger.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE claim_entry SET body='{}'"))
    with pytest.raises(CouldNotRun, match="cannot be read") as caught:
        await gateway.claims.case(CLAIM)
    assert "ledger verify" in caught.value.text("en")


async def test_a_programme_that_is_missing_because_its_plugin_is_broken_names_the_plugin(tmp_path):
    from kaigo_gateway import Gateway
    from kaigo_gateway.settings import LedgerSettings, Settings, sqlite_url

    settings = Settings(ledger=LedgerSettings(url=sqlite_url(tmp_path / "ledger.db")))
    old = plugin("acme", api_version=99)
    async with Gateway(settings, plugins=[old], discover_installed=False) as gateway:
        with pytest.raises(InputError) as caught:
            await gateway.claims.programme("city-x", 2026)
    assert "These plugins could not be used: " in caught.value.text("en")
    assert "acme" in caught.value.text("ja")
