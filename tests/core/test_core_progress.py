"""What a listener hears while a Setup runs."""

from __future__ import annotations

import asyncio

from core_kit import (
    Bench,
    check,
    host_of,
    plugin_with,
    well,
)


async def test_progress_tells_what_happens(sqlite_ledger):
    async def talks(context):
        context.progress("half way")
        return well()

    bench = Bench(sqlite_ledger, host_of(plugin_with(check("reader.a", talks))))
    with bench.progress.listen("S1") as mine, bench.progress.listen("other") as other:
        await bench.run()
    told = [mine.get_nowait() for _ in range(mine.qsize())]
    assert [
        (event.kind, event.data.get("check_id")) for event in told if event.data.get("stage") != "expense"
    ] == [
        ("stage", None),
        ("started", "reader.a"),
        ("progress", "reader.a"),
        ("ended", "reader.a"),
        ("finished", None),
    ]
    ended = next(event for event in told if event.kind == "ended")
    assert (ended.data["status"], ended.data["codes"]) == ("ok", ["SEEN_WELL"])
    assert other.empty()


async def test_progress_may_be_told_from_a_sync_check(sqlite_ledger):
    """The queue belongs to the loop, a sync check runs in a thread."""

    def talks(context):
        for number in range(100):
            context.progress(str(number))
        return well()

    bench = Bench(sqlite_ledger, host_of(plugin_with(check("reader.a", talks))))
    got = []
    with bench.progress.listen("S1") as queue:
        task = asyncio.create_task(bench.run())
        while not (got and got[-1].kind == "finished"):
            got.append(await asyncio.wait_for(queue.get(), 10))
        await task
    assert [event.data["text"] for event in got if event.kind == "progress"] == [str(n) for n in range(100)]


async def test_a_slow_listener_blocks_nobody(sqlite_ledger):
    from kaigo_gateway.setup import Progress, ProgressHub

    hub = ProgressHub(size=2)
    with hub.listen() as queue:
        for number in range(5):
            hub.tell(Progress("S1", "progress", number))
        assert [queue.get_nowait().seq for _ in range(queue.qsize())] == [3, 4]
