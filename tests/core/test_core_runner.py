"""The runner: stages, needs, isolation of checks, waiting, resuming, sealing."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path

import pytest
from core_kit import (
    BOOK,
    Bench,
    badly,
    check,
    codes,
    host_of,
    plugin,
    plugin_with,
    site,
    well,
)
from kaigo_gateway.errors import CouldNotRun, NotInstalled
from kaigo_gateway.ledger import verify
from kaigo_gateway.model.descriptors import Waiting
from kaigo_gateway.model.results import Phase, Stage, Status


async def run(ledger, *checks, **parts):
    """Run a Setup of ``checks`` to its end and give its state."""
    bench = Bench(ledger, host_of(plugin_with(*checks)))
    return await bench.run(the_site=site(**parts))


async def test_every_result_is_recorded_and_the_setup_sealed(ledger):
    bench = Bench(ledger, host_of(plugin_with(check("reader.a"), check("platform.b", stage=Stage.PLATFORM))))
    state = await bench.run()
    assert set(state.results) == {"reader.a", "platform.b", "expense.records"}
    assert state.sealed
    assert (await ledger.row("S1")).state == "done"
    assert (await verify(ledger, bench.keys)).intact
    kinds = [record.kind for record in await ledger.records("S1")]
    assert kinds == ["setup.opened", *["check.result"] * 3, "setup.sealed"]


async def test_stages_run_in_their_order(sqlite_ledger):
    seen = []

    def noting(name):
        return lambda context: (seen.append(name), well())[1]

    stages = (Stage.CAREPLAN, Stage.READER, Stage.PLATFORM, Stage.CERTIFICATE)
    await run(sqlite_ledger, *(check(f"{stage}.x", noting(stage), stage=stage) for stage in stages))
    assert seen == [Stage.CERTIFICATE, Stage.READER, Stage.PLATFORM, Stage.CAREPLAN]


async def test_checks_of_one_stage_run_side_by_side(sqlite_ledger):
    """Each waits for the other: one after the other they would never end."""
    barrier = asyncio.Barrier(3)

    async def meet(context):
        await barrier.wait()
        return well()

    state = await run(sqlite_ledger, *(check(f"reader.{name}", meet, time_limit=20) for name in "abc"))
    assert state.overall() is Status.WARN  # no expenses
    assert {codes(state, f"reader.{name}")[0] for name in "abc"} == {"SEEN_WELL"}


async def test_a_check_waits_for_its_needs_and_sees_their_findings(sqlite_ledger):
    def second(context):
        return well(context.results["reader.first"][0].seen["what"])

    async def first(context):
        await asyncio.sleep(0.01)
        return well("from the first")

    state = await run(
        sqlite_ledger, check("reader.a_second", second, needs=("reader.first",)), check("reader.first", first)
    )
    assert state.results["reader.a_second"].findings[0].seen == {"what": "from the first"}


@pytest.mark.parametrize("need", ["reader.fails", "reader.skipped", "reader.unknown", "platform.later"])
async def test_an_unmet_need_skips_with_its_reason(sqlite_ledger, need):
    state = await run(
        sqlite_ledger,
        check("reader.fails", lambda context: badly()),
        check("reader.skipped", needs=("reader.fails",)),
        check("platform.later", stage=Stage.PLATFORM),
        check("reader.last", needs=(need,)),
    )
    finding = state.results["reader.last"].findings[0]
    assert (finding.reason_code, finding.status) == ("NEED_NOT_MET", Status.SKIP)
    assert finding.seen["needs"] == [need]
    assert state.sealed


async def test_needs_in_a_circle_end_as_visible_skips(sqlite_ledger):
    state = await run(
        sqlite_ledger,
        check("reader.a", needs=("reader.b",)),
        check("reader.b", needs=("reader.a",)),
        check("reader.c", needs=("reader.c",)),
    )
    assert {name: codes(state, name) for name in ("reader.a", "reader.b", "reader.c")} == {
        "reader.a": ["NEED_NOT_MET"],
        "reader.b": ["NEED_NOT_MET"],
        "reader.c": ["NEED_NOT_MET"],
    }


async def test_a_warning_meets_a_need(sqlite_ledger):
    state = await run(
        sqlite_ledger,
        check("reader.odd", lambda context: BOOK.finding("SEEN_ODDLY")),
        check("reader.next", needs=("reader.odd",)),
    )
    assert codes(state, "reader.next") == ["SEEN_WELL"]


async def test_only_declared_evidence_leaves_a_check(sqlite_ledger):
    evidence = {"allowed": 1, "password": "hunter22", "dump": "x" * 1000}
    state = await run(
        sqlite_ledger, check("reader.a", lambda _: well(evidence=evidence), evidence=("allowed",))
    )
    assert state.results["reader.a"].findings[0].evidence == {"allowed": 1}
    assert not [record for record in await sqlite_ledger.records("S1") if "hunter22" in record.body]


async def test_known_secrets_are_masked_wherever_they_stand(sqlite_ledger):
    def leaks(context):
        return well("the password is hunter22", evidence={"list": [{"hunter22": "hunter22!"}]})

    def raises(context):
        raise RuntimeError("login with hunter22 refused")

    async def reports(context):
        context.progress("sending hunter22")
        return well()

    checks = [
        check("reader.a", leaks, evidence=("list",)),
        check("reader.b", raises),
        check("reader.c", reports),
    ]
    bench = Bench(sqlite_ledger, host_of(plugin_with(*checks)))
    bench.redactor.learn("hunter22")
    with bench.progress.listen("S1") as queue:
        await bench.run()
    assert "hunter22" not in "".join(record.body for record in await sqlite_ledger.records("S1"))
    assert "hunter22" not in json.dumps([queue.get_nowait().data for _ in range(queue.qsize())])
    assert "hunter22" not in json.dumps(await sqlite_ledger.unsent())


def hangs(context):
    threading.Event().wait(5)


async def hangs_async(context):
    await asyncio.sleep(30)


def crashes(context):
    raise ValueError("odd byte 7")


def exits(context):
    sys.exit(5)


async def interrupts(context):
    raise KeyboardInterrupt


async def cancels(context):
    raise asyncio.CancelledError


def not_there(context):
    raise NotInstalled("pyscard", "pip install 'kaigo-gateway[card]'")


def cannot(context):
    raise CouldNotRun("The folder {folder} is gone.", folder="/x")


def circular(context):
    ring: list = []
    ring.append(ring)
    return well(evidence={"e": ring})


TROUBLES = {
    "hangs": (hangs, "CHECK_TIMED_OUT", "0.2"),
    "hangs_async": (hangs_async, "CHECK_TIMED_OUT", "0.2"),
    "crashes": (crashes, "CHECK_CRASHED", "ValueError: odd byte 7"),
    "exits": (exits, "CHECK_EXITED", "SystemExit"),
    "interrupts": (interrupts, "CHECK_EXITED", "KeyboardInterrupt"),
    "cancels": (cancels, "CHECK_EXITED", "CancelledError"),
    "not_there": (not_there, "NOT_INSTALLED", "kaigo-gateway[card]"),
    "cannot": (cannot, "CHECK_COULD_NOT_RUN", "/x"),
    "gives_none": (lambda context: None, "CHECK_WRONG_RESULT", "NoneType"),
    "gives_text": (lambda context: "ok", "CHECK_WRONG_RESULT", "str"),
    "gives_nothing": (lambda context: [], "CHECK_WRONG_RESULT", "list"),
    "gives_mixture": (lambda context: [well(), "x"], "CHECK_WRONG_RESULT", "list"),
    "unknown_code": (lambda context: BOOK.finding("NO_SUCH_CODE"), "CHECK_CRASHED", "NO_SUCH_CODE"),
    "nan": (lambda context: well(evidence={"e": float("nan")}), "CHECK_WRONG_RESULT", ""),
    "too_big": (lambda context: well(evidence={"e": 2**60}), "CHECK_WRONG_RESULT", ""),
    "object": (lambda context: well(evidence={"e": object()}), "CHECK_WRONG_RESULT", ""),
    "surrogate": (lambda context: well("\ud800"), "CHECK_WRONG_RESULT", ""),
    "circular": (circular, "CHECK_WRONG_RESULT", ""),
    "waits_in_vain": (lambda context: (_ for _ in ()).throw(Waiting("")), "CHECK_WRONG_RESULT", ""),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_check_in_trouble_becomes_a_result_and_the_rest_goes_on(sqlite_ledger, trouble):
    function, code, detail = TROUBLES[trouble]
    state = await asyncio.wait_for(
        run(
            sqlite_ledger,
            check("reader.bad", function, time_limit=0.2, evidence=("e",)),
            check("reader.good"),
        ),
        20,
    )
    finding = state.results["reader.bad"].findings[0]
    assert finding.reason_code == code
    assert detail in json.dumps(dict(finding.seen))
    assert codes(state, "reader.good") == ["SEEN_WELL"]
    assert state.sealed


async def test_paths_and_dates_are_recorded_as_text(sqlite_ledger):
    state = await run(
        sqlite_ledger, check("reader.a", lambda context: well(Path("/x"), phases=[Phase(name="tls", ms=1.5)]))
    )
    finding = state.results["reader.a"].findings[0]
    assert finding.seen == {"what": "/x"}
    assert finding.phases[0].ms == 1.5


async def test_plugin_problems_stand_in_the_record_all_of_them(ledger):
    def raises(site):
        raise RuntimeError("first")

    def also_raises(setup):
        raise RuntimeError("second")

    bench = Bench(ledger, host_of(plugin("bad", gateway_checks=raises, gateway_expenses=also_raises)))
    state = await bench.run()
    assert codes(state, "plugins.bad") == ["PLUGIN_HOOK_FAILED"]
    assert codes(state, "expense.records") == ["EXPENSES_NONE", "PLUGIN_HOOK_FAILED"]
    assert state.overall() is Status.ERROR
    assert state.sealed


async def test_several_problems_of_one_plugin_are_all_recorded(sqlite_ledger):
    twice = [check("reader.a"), check("reader.b"), check("reader.a"), check("reader.b")]
    state = await run(sqlite_ledger, *twice)
    assert codes(state, "plugins.acme") == ["CHECK_ID_TAKEN", "CHECK_ID_TAKEN"]
    assert [each.seen["detail"] for each in state.results["plugins.acme"].findings] == [
        "reader.a",
        "reader.b",
    ]


async def test_settings_that_do_not_fit_keep_the_plugin_out_visibly(sqlite_ledger):
    from pydantic import BaseModel

    class Wanted(BaseModel):
        model_config = {"extra": "forbid"}
        retries: int = 1

    acme = plugin("acme", settings_model=Wanted, gateway_checks=lambda site: [check("reader.a")])
    bench = Bench(sqlite_ledger, host_of(acme))
    state = await bench.run(the_site=site(plugins={"acme": {"retries": "many"}}))
    assert codes(state, "plugins.acme") == ["PLUGIN_SETTINGS"]
    assert "retries" in state.results["plugins.acme"].findings[0].seen["detail"]
    assert "reader.a" not in state.results


async def test_settings_reach_the_check_as_the_plugins_model(sqlite_ledger):
    from pydantic import BaseModel

    class Wanted(BaseModel):
        retries: int = 1

    checks = [check("reader.a", lambda context: well(context.settings.retries))]
    acme = plugin("acme", settings_model=Wanted, gateway_checks=lambda site: checks)
    bench = Bench(sqlite_ledger, host_of(acme))
    state = await bench.run(the_site=site(plugins={"acme": {"retries": 7}}))
    assert state.results["reader.a"].findings[0].seen == {"what": 7}
