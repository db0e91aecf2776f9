"""A Setup that waits, is carried on, is advanced twice or fenced."""

from __future__ import annotations

import asyncio

import pytest
from core_kit import (
    Bench,
    check,
    codes,
    host_of,
    plugin_with,
    price,
    site,
    well,
)
from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.ledger import verify
from kaigo_gateway.model.descriptors import Waiting
from kaigo_gateway.model.results import Stage


def asking(key="card", seen=None):
    def ask(context):
        answer = context.confirmed(key)
        (seen if seen is not None else []).append(answer)
        return well(answer["answer"])

    return ask


async def test_a_setup_that_waits_goes_on_after_the_answer(ledger):
    ran = []
    checks = [
        check("reader.ask", asking()),
        check("reader.after", needs=("reader.ask",)),
        check("reader.free", lambda context: (ran.append(1), well())[1]),
        check("platform.x", stage=Stage.PLATFORM),
    ]
    bench = Bench(ledger, host_of(plugin_with(*checks)))
    state = await bench.run()
    assert (await ledger.row("S1")).state == "waiting"
    assert list(state.questions) == ["card"]
    assert set(state.results) == {"reader.free", "platform.x"}
    assert await bench.runner.advance("S1") == "waiting"
    await ledger.send("S1", "card", {"answer": "yes", "by": "me"})
    assert await bench.runner.advance("S1") == "done"
    state = await bench.state()
    assert state.results["reader.ask"].findings[0].seen == {"what": "yes"}
    assert "reader.after" in state.results
    assert state.sealed
    assert ran == [1]
    assert (await verify(ledger, bench.keys)).intact
    assert [record.key for record in await ledger.records("S1") if record.kind.startswith("question")] == [
        "card",
        "card",
    ]


async def test_expenses_are_not_counted_before_all_questions_are_answered(sqlite_ledger):
    lines = site(expenses=[price("visit", 5000)]).expenses

    def expenses(setup):
        proved = "reader.ask" in setup.results
        return [lines[0].model_copy(update={"key": "visit", "proof": ("reader.ask",)})] if proved else []

    bench = Bench(
        sqlite_ledger, host_of(plugin_with(check("reader.ask", asking()), gateway_expenses=expenses))
    )
    state = await bench.run(the_site=site(expenses=[price("visit", 5000)]))
    assert "expense.records" not in state.results
    await sqlite_ledger.send("S1", "card", {"answer": "yes"})
    await bench.runner.advance("S1")
    state = await bench.state()
    assert codes(state, "expense.records") == ["EXPENSES_RECORDED"]
    assert [line.amount for line in state.lines.values()] == [5000]


async def test_two_checks_may_ask_the_same_question(ledger):
    bench = Bench(ledger, host_of(plugin_with(check("reader.a", asking()), check("reader.b", asking()))))
    await bench.run()
    assert list((await bench.state()).questions) == ["card"]
    await ledger.send("S1", "card", {"answer": "yes"})
    assert await bench.runner.advance("S1") == "done"


async def test_a_check_that_asks_what_was_answered_is_in_error(sqlite_ledger):
    def stubborn(context):
        raise Waiting("card", "Again?")

    bench = Bench(sqlite_ledger, host_of(plugin_with(check("reader.a", stubborn))))
    await bench.run()
    await sqlite_ledger.send("S1", "card", {"answer": "yes"})
    assert await bench.runner.advance("S1") == "done"
    assert codes(await bench.state(), "reader.a") == ["CHECK_WRONG_RESULT"]


async def test_a_resumed_setup_runs_only_what_has_no_result(ledger):
    runs = []

    def noting(name):
        return lambda context: (runs.append(name), well())[1]

    first, second = check("reader.a", noting("a")), check("platform.b", noting("b"), stage=Stage.PLATFORM)
    bench = Bench(ledger, host_of(plugin_with(first, second)))

    async def stop(*_):
        raise CouldNotRun("out of paper")

    broken = Bench(ledger, bench.host, seal=stop)
    await broken.open()
    with pytest.raises(CouldNotRun):
        await broken.runner.advance("S1")
    assert await bench.runner.advance("S1") == "done"
    assert sorted(runs) == ["a", "b"]
    assert (await verify(ledger, bench.keys)).intact


async def test_a_cancelled_run_can_be_carried_on_at_once(ledger):
    entered = asyncio.Event()

    async def slow(context):
        if entered.is_set():
            return well()
        entered.set()
        return await asyncio.sleep(30)

    bench = Bench(
        ledger, host_of(plugin_with(check("reader.a"), check("platform.b", slow, stage=Stage.PLATFORM)))
    )
    await bench.open()
    task = asyncio.create_task(bench.runner.advance("S1"))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await bench.runner.advance("S1") == "done"
    assert (await bench.state()).results["reader.a"].attempt == 1


async def test_an_advance_of_a_done_setup_changes_nothing(ledger):
    bench = Bench(ledger, host_of(plugin_with(check("reader.a"))))
    await bench.run()
    before = await ledger.records("S1")
    assert await bench.runner.advance("S1") == "done"
    assert await ledger.records("S1") == before


async def test_advances_at_once_run_each_check_once(ledger):
    runs = []

    async def slow(context):
        runs.append(1)
        await asyncio.sleep(0.05)
        return well()

    bench = Bench(ledger, host_of(plugin_with(check("reader.a", slow))))
    await bench.open()
    ends = await asyncio.gather(*(bench.runner.advance("S1") for _ in range(5)), return_exceptions=True)
    assert ends.count("done") == 1
    assert runs == [1]
    assert (await verify(ledger, bench.keys)).intact


async def test_a_fenced_run_records_nothing_more(ledger):
    import sqlalchemy as sa
    from kaigo_gateway.ledger._tables import setup as table

    async def stolen(context):
        async with ledger.engine.begin() as connection:
            await connection.execute(sa.update(table).values(epoch=table.c.epoch + 1))
        return well()

    bench = Bench(ledger, host_of(plugin_with(check("reader.a", stolen))))
    await bench.open()
    assert await bench.runner.advance("S1") == "fenced"
    assert set((await bench.state()).results) == set()


async def test_simulated_setups_are_marked_in_record_and_row(ledger):
    bench = Bench(ledger, host_of())
    await bench.run(the_site=site(simulated=True))
    assert (await ledger.row("S1")).simulated
    documents = {record.kind: record.document for record in await ledger.records("S1")}
    assert documents["setup.opened"]["simulated"] is True
    assert documents["setup.sealed"]["simulated"] is True
