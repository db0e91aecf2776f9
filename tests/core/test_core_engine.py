"""The local engine: whatever is due gets advanced; a queue is only a hint."""

from __future__ import annotations

import asyncio

from core_kit import open_setup
from kaigo_gateway.engine import LocalEngine
from kaigo_gateway.errors import CouldNotRun


class Work:
    """An ``advance`` that notes its calls and ends the Setup (or fails as told)."""

    def __init__(self, ledger, fails=()):
        self.ledger, self.fails, self.calls, self.called = ledger, set(fails), [], asyncio.Event()
        self.at_once = self.most = 0

    async def __call__(self, setup_id):
        self.calls.append(setup_id)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        self.called.set()
        if setup_id in self.fails:
            raise CouldNotRun("no paper")
        claimed = await self.ledger.claim(setup_id)
        await claimed.release("waiting", seen_events=0)
        return "waiting"

    async def until(self, count):
        while len(self.calls) < count:
            self.called.clear()
            await asyncio.wait_for(self.called.wait(), 10)


async def test_due_setups_are_found_without_anybody_kicking(sqlite_ledger):
    for name in ("S1", "S2"):
        await open_setup(sqlite_ledger, name)
    work = Work(sqlite_ledger)
    async with LocalEngine(sqlite_ledger, work, poll=0.02):
        await work.until(2)
    assert sorted(work.calls[:2]) == ["S1", "S2"]


async def test_a_kick_starts_at_once_and_only_once(sqlite_ledger):
    work = Work(sqlite_ledger)
    async with LocalEngine(sqlite_ledger, work, poll=60) as engine:
        await asyncio.sleep(0.05)  # the first sweep found nothing
        await open_setup(sqlite_ledger)
        for _ in range(5):
            engine.kick("S1")
        await work.until(1)
        await asyncio.sleep(0.05)
    assert work.calls == ["S1"]


async def test_a_setup_in_trouble_is_left_alone_until_it_is_kicked(sqlite_ledger):
    await open_setup(sqlite_ledger)
    work = Work(sqlite_ledger, fails={"S1"})
    async with LocalEngine(sqlite_ledger, work, poll=0.02) as engine:
        await work.until(1)
        await asyncio.sleep(0.1)
        assert work.calls == ["S1"]
        assert engine.troubles["S1"].exit_code == 3
        work.fails.clear()
        engine.kick("S1")
        await work.until(2)
        assert "S1" not in engine.troubles


async def test_no_more_than_the_wanted_number_run_at_once(sqlite_ledger):
    for number in range(8):
        await open_setup(sqlite_ledger, f"S{number}")
    work = Work(sqlite_ledger)
    async with LocalEngine(sqlite_ledger, work, poll=0.02, concurrency=2):
        await work.until(8)
    assert work.most <= 2


async def test_leaving_the_engine_cancels_what_runs(sqlite_ledger):
    await open_setup(sqlite_ledger)
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(setup_id):
        entered.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    async with LocalEngine(sqlite_ledger, endless, poll=0.02):
        await asyncio.wait_for(entered.wait(), 10)
    assert cancelled.is_set()
