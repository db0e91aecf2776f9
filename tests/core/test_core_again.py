"""Running checks of a Setup again: earlier results stay, expense lines are reversed, never edited (赤黒)."""

from __future__ import annotations

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
from kaigo_gateway.ledger import verify
from kaigo_gateway.model.expenses import ExpenseKind, SupportItem
from kaigo_gateway.model.results import Stage


def lines_from(*wanted):
    """A gateway_expenses hook that gives the lines that ``wanted`` holds at the moment of the call."""
    return lambda setup: [
        setup.site.expenses[0].model_copy(update={"key": key, "amount": amount, "proof": ("reader.a",)})
        for key, amount in wanted
    ]


async def reopen(bench, *checks):
    """What the façade does to run checks again."""
    from kaigo_gateway.ledger import Entry

    claimed = await bench.ledger.claim("S1", states=("ready", "waiting", "done"))
    state = await bench.state()
    await claimed.append([Entry("checks.reopened", str(state.reruns + 1), {"checks": list(checks)})])
    await claimed.release("ready")


def booked(records):
    """Key, colour and amount of all expense records in order."""
    bodies = [record.document for record in records if record.kind == "expense.line"]
    return [(body["line"]["key"], body["entry"], body["line"]["amount"]) for body in bodies]


async def test_running_again_keeps_earlier_results_and_reverses_changed_lines(ledger):
    outcome, amounts, lines = ["good"], [("visit", 5000), ("reader", 6500)], []
    lines.extend(amounts)

    def judged(context):
        return well(outcome[0])

    def expenses(setup):
        return lines_from(*lines)(setup)

    the_site = site(expenses=[price("visit", 5000)])
    acme = plugin_with(
        check("reader.a", judged), check("platform.b", stage=Stage.PLATFORM), gateway_expenses=expenses
    )
    bench = Bench(ledger, host_of(acme))
    state = await bench.run(the_site=the_site)
    assert booked(await ledger.records("S1")) == [("visit", "black", 5000), ("reader", "black", 6500)]

    outcome[0] = "better"
    lines[:] = [("visit", 4000), ("reader", 6500), ("extra", 100)]
    await reopen(bench, "reader.a", "expense.records")
    assert not (await bench.state()).sealed
    assert await bench.runner.advance("S1") == "done"

    state = await bench.state()
    assert [each.findings[0].seen["what"] for each in state.history["reader.a"]] == ["good", "better"]
    assert len(state.history["platform.b"]) == 1
    assert booked(await ledger.records("S1"))[2:] == [
        ("visit", "red", -5000),
        ("visit", "black", 4000),
        ("extra", "black", 100),
    ]
    assert {key: line.amount for key, line in state.lines.items()} == {
        "visit": 4000,
        "reader": 6500,
        "extra": 100,
    }
    assert sum(amount for _, _, amount in booked(await ledger.records("S1"))) == 10600
    found = await verify(ledger, bench.keys)
    assert (found.intact, found.seals) == (True, 2)


async def test_running_again_without_a_change_books_nothing(sqlite_ledger):
    acme = plugin_with(check("reader.a"), gateway_expenses=lines_from(("visit", 5000)))
    bench = Bench(sqlite_ledger, host_of(acme))
    await bench.run(the_site=site(expenses=[price("visit", 5000)]))
    for _ in range(2):
        await reopen(bench, "reader.a", "expense.records")
        await bench.runner.advance("S1")
    assert booked(await sqlite_ledger.records("S1")) == [("visit", "black", 5000)]


async def test_a_line_that_is_no_longer_proved_is_reversed(sqlite_ledger):
    lines = [("visit", 5000)]

    def expenses(setup):
        return lines_from(*lines)(setup)

    bench = Bench(sqlite_ledger, host_of(plugin_with(check("reader.a"), gateway_expenses=expenses)))
    await bench.run(the_site=site(expenses=[price("visit", 5000)]))
    lines.clear()
    await reopen(bench, "expense.records")
    await bench.runner.advance("S1")
    assert booked(await sqlite_ledger.records("S1")) == [("visit", "black", 5000), ("visit", "red", -5000)]
    assert (await bench.state()).lines == {}


async def test_a_line_given_twice_or_without_key_is_named_and_never_doubled(sqlite_ledger):
    acme = plugin_with(
        check("reader.a"), gateway_expenses=lines_from(("visit", 5000), ("visit", 5000), ("", 1)), name="acme"
    )
    bench = Bench(sqlite_ledger, host_of(acme))
    state = await bench.run(the_site=site(expenses=[price("visit", 5000)]))
    assert booked(await sqlite_ledger.records("S1")) == [("visit", "black", 5000)]
    assert codes(state, "expense.records") == ["EXPENSES_RECORDED", *["PLUGIN_HOOK_WRONG_TYPE"] * 2]
    assert state.results["expense.records"].findings[0].seen["total"] == "5,000"


async def test_lines_stand_in_the_order_of_the_rules_whichever_plugin_answers_first(sqlite_ledger):
    reader = {"kind": "card_reader", "item": None, "key": "r"}
    rights = {"kind": "connection_support", "item": "user_rights", "key": "u"}
    careplan = {"kind": "connection_support", "item": "careplan_link", "key": "c"}

    def giving(name, *lines):
        def expenses(setup):
            return [setup.site.expenses[0].model_copy(update=_typed(line)) for line in lines]

        return plugin_with(check(f"{name}.a"), gateway_expenses=expenses, name=name)

    bench = Bench(sqlite_ledger, host_of(giving("one", careplan, rights), giving("two", reader)))
    state = await bench.run(the_site=site(expenses=[price("visit", 5000)]))
    assert list(state.lines) == ["r", "u", "c"]


def _typed(line):
    item = SupportItem(line["item"]) if line["item"] else None
    return {**line, "kind": ExpenseKind(line["kind"]), "item": item, "proof": ()}
