"""A cancellation at any moment: no lock stays behind, no claim is lost, and what was recorded is known."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading

import pytest
import sqlalchemy as sa
from core_kit import Bench, check, host_of, open_setup, plugin_with
from kaigo_gateway import Gateway
from kaigo_gateway.ledger import Entry, Ledger, verify

OWN_MOMENTS = random.Random(20261128)


def note(key: object) -> Entry:
    return Entry("note", str(key), {"text": "x"})


def at_the_commit(ledger: Ledger, action) -> None:
    """Call ``action`` once, when the next transaction is about to be committed."""
    sa.event.listen(ledger.engine.sync_engine, "commit", lambda _: action(), once=True)


async def cancelled_at_the_commit(ledger: Ledger, work) -> None:
    task = asyncio.ensure_future(work)
    at_the_commit(ledger, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_write_cancelled_while_it_waits_for_the_lock_leaves_none(sqlite_ledger, tmp_path):
    await open_setup(sqlite_ledger)
    claimed = await sqlite_ledger.claim("S1")
    with sqlite3.connect(tmp_path / "ledger.db", check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(sqlite_ledger.send("S1", "key", {}))
        await asyncio.sleep(0.1)
        task.cancel()
        threading.Timer(0.2, other.rollback).start()
        with pytest.raises(asyncio.CancelledError):
            await task
    with sqlite3.connect(tmp_path / "ledger.db", timeout=0, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    await claimed.append([note(1)])


async def test_a_record_cancelled_at_its_commit_is_counted(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await cancelled_at_the_commit(ledger, claimed.append([note(1)]))
    await claimed.append([note(2)])
    assert [record.key for record in await ledger.records("S1")][-2:] == ["1", "2"]


async def test_a_claim_cancelled_at_its_commit_is_given_back(ledger):
    await open_setup(ledger)
    await cancelled_at_the_commit(ledger, ledger.claim("S1"))
    assert (await ledger.claim("S1")) is not None


async def test_a_sealing_cancelled_at_its_commit_stands(ledger):
    bench = Bench(ledger, host_of(plugin_with(check("one"))))
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    sealed = Entry("setup.sealed", "1", {"overall": "ok"})
    await cancelled_at_the_commit(ledger, claimed.seal(sealed, bench.key, "key1", "ok"))
    await claimed.give_back()
    assert (await ledger.row("S1")).state == "done"
    assert (await verify(ledger, {"key1": bench.key.public_key()})).intact


async def test_a_run_cancelled_again_and_again_comes_to_its_end(ledger):
    names = [f"check{number}" for number in range(6)]
    bench = Bench(ledger, host_of(plugin_with(*(check(name) for name in names))))
    await open_setup(ledger)
    for _ in range(60):
        task = asyncio.create_task(bench.runner.advance("S1"))
        await asyncio.sleep(OWN_MOMENTS.random() * 0.02)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled() or task.exception() is None  # never Busy, never a broken database
    assert await bench.runner.advance("S1") == "done"
    results = [record.key for record in await ledger.records("S1") if record.kind == "check.result"]
    assert len(results) == len({*results})
    assert (await bench.state()).seals == 1
    assert {key.partition("#")[0] for key in results} >= {*names}


async def test_a_reopening_cancelled_half_way_can_be_asked_for_again(tmp_path, monkeypatch):
    monkeypatch.setenv("KAIGO_GATEWAY_LEDGER__URL", f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}")
    async with Gateway(plugins=[plugin_with(check("one"))], discover_installed=False) as gateway:
        await open_setup(gateway.ledger)
        for moment in range(12):
            task = asyncio.create_task(gateway.reopen("S1", ["one"]))
            await asyncio.sleep(moment * 0.001)
            task.cancel()
            await asyncio.wait({task})
        assert "one" in await gateway.reopen("S1", ["one"])
