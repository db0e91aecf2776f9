"""The version of a Setup: compared by the database, held until what depends on it is written."""

from __future__ import annotations

import asyncio
import time

import pytest
import sqlalchemy as sa
from kaigo_gateway.ledger import Busy, Fenced, Ledger, SetupMoved, UnknownSetup, renew, seen
from kaigo_gateway.ledger._tables import setup
from test_core_ledger import entry, open_setup


async def version(ledger):
    return (await seen(ledger, "S1"))[1]


async def test_everything_that_is_entered_gives_another_version(ledger):
    await open_setup(ledger)
    versions = [await version(ledger)]

    async def grown():
        versions.append(await version(ledger))

    claimed = await ledger.claim("S1")
    await grown()
    await claimed.append([entry("a")])
    await grown()
    await ledger.send("S1", "card", {"answer": "yes"})
    await grown()
    await claimed.release("done")
    await grown()
    await renew(ledger, "S1", versions[-1])
    await grown()
    assert len(set(versions)) == len({each.tag for each in versions}) == 6
    assert await version(ledger) == versions[-1], "reading changes nothing"


async def test_an_old_version_is_refused_and_nothing_is_entered(ledger):
    await open_setup(ledger)
    old = await version(ledger)
    await (await ledger.claim("S1")).release("waiting")
    before = await seen(ledger, "S1")
    for action in (
        ledger.claim("S1", states=("waiting",), expect=old),
        ledger.send("S1", "card", {}, expect=old),
        renew(ledger, "S1", old),
    ):
        with pytest.raises(SetupMoved) as caught:
            await action
        assert "S1" in caught.value.text("en")
        assert caught.value.text("ja") != caught.value.text("en")
    assert await seen(ledger, "S1") == before
    assert await ledger.events("S1") == {}
    with pytest.raises(UnknownSetup):
        await seen(ledger, "nope")


async def test_the_present_version_is_let_through(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1", expect=await version(ledger))
    await claimed.append([entry("a")])
    await claimed.release("waiting")
    await ledger.send("S1", "card", {"answer": "yes"}, expect=await version(ledger))
    assert (await ledger.row("S1")).state == "ready"


async def test_of_many_with_one_version_over_two_connections_one_is_let_through(database_url):
    async with Ledger(database_url) as one, Ledger(database_url) as other:
        await open_setup(one)
        for number in range(10):
            wanted = await version(one)
            answers = [each.send("S1", f"key-{number}-{index}", {}, expect=wanted)
                       for index, each in enumerate((one, other) * 4)]  # fmt: skip
            done = await asyncio.gather(*answers, return_exceptions=True)
            assert sorted(type(each).__name__ for each in done) == ["NoneType", *["SetupMoved"] * 7]
        assert len(await one.events("S1")) == 10
        for claims in (False, True):
            wanted = await version(other)
            actions = [each.claim("S1", expect=wanted) if claims else renew(each, "S1", wanted)
                       for each in (one, other) * 3]  # fmt: skip
            done = await asyncio.gather(*actions, return_exceptions=True)
            assert sum(not isinstance(each, Exception) for each in done) == 1
            assert sum(isinstance(each, SetupMoved) for each in done) == 5


async def test_who_is_at_work_is_neither_fenced_nor_passed_by(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await renew(ledger, "S1", await version(ledger))
    await claimed.append([entry("a")])
    with pytest.raises(Busy):
        await ledger.claim("S1", expect=await version(ledger))
    async with ledger.begin() as connection:
        await connection.execute(sa.update(setup).values(lease_until=time.time() - 1))
    await renew(ledger, "S1", await version(ledger))
    with pytest.raises(Fenced):
        await claimed.append([entry("b")])
