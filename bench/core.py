"""The core's own cost, as ratios against the bare thing; JSON on stdout. Nothing here is a pass or a fail.

Rounds of both sides alternate, so that a loaded machine slows both; the median of the rounds' ratios counts.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PROGRAM = Path(sys.executable).with_name("kaigo-gateway.exe" if os.name == "nt" else "kaigo-gateway")


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ratio(ours: list[float], bare: list[float], digits: int = 2) -> dict[str, float]:
    """Medians, and the median of the ratios round by round."""
    each = [mine / other for mine, other in zip(ours, bare, strict=True)]
    return {
        "ours": round(statistics.median(ours), 6),
        "bare": round(statistics.median(bare), 6),
        "ratio": round(statistics.median(each), digits),
    }


def timed(action: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


async def timed_async(action: Callable[[], Awaitable[Any]]) -> float:
    begin = time.perf_counter()
    await action()
    return time.perf_counter() - begin


def plugin(name: str) -> ModuleType:
    from kaigo_gateway.hookspecs import hookimpl
    from kaigo_gateway.model.descriptors import PluginInfo

    module = ModuleType(f"bench_{name}")
    module.gateway_plugin_info = hookimpl(lambda: PluginInfo(name, name, 1))  # type: ignore[attr-defined]
    module.gateway_exporters = hookimpl(list_of_nothing)  # type: ignore[attr-defined]
    return module


def list_of_nothing() -> list[Any]:
    return []


async def hooks(rounds: int = 15, calls: int = 20) -> dict[str, Any]:
    """One hook over 1, 5 and 20 plugins, each call isolated in a thread, against a bare pluggy call."""
    from kaigo_gateway import hookspecs
    from kaigo_gateway.plugins import PluginHost

    found = {}
    for count in (1, 5, 20):
        modules = [plugin(f"p{number}") for number in range(count)]
        host = PluginHost(modules, discover_installed=False)
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        for module in modules:
            manager.register(module)

        async def ours(host: PluginHost = host) -> None:
            for _ in range(calls):
                await host.call("gateway_exporters")

        def bare(manager: pluggy.PluginManager = manager) -> None:
            for _ in range(calls):
                manager.hook.gateway_exporters()

        pairs = [((await timed_async(ours)) / calls, timed(bare) / calls) for _ in range(rounds)]
        numbers = ratio([mine for mine, _ in pairs], [other for _, other in pairs], 1)
        numbers["ours_us_per_plugin"] = round(numbers["ours"] / count * 1e6, 1)
        found[f"{count}_plugins"] = numbers
    return found


def start_up(rounds: int = 11) -> dict[str, Any]:
    """``kaigo-gateway --help`` (all bundled plugins asked for commands) against ``python -c pass``."""
    environment = {**os.environ, "LANG": "C.UTF-8"}

    def run(*command: object) -> float:
        arguments = [str(each) for each in command]
        return timed(lambda: subprocess.run(arguments, check=True, capture_output=True, env=environment))

    run(PROGRAM, "--help")
    pairs = [(run(PROGRAM, "--help"), run(sys.executable, "-c", "pass")) for _ in range(rounds)]
    return {**ratio([a for a, _ in pairs], [b for _, b in pairs]), "aim": "<= 5"}


async def ledger(rounds: int = 9, appends: int = 150) -> dict[str, Any]:
    """Fenced, chained, hashed appends per second against bare aiosqlite inserts with the same pragmas."""
    with tempfile.TemporaryDirectory(prefix="kaigo-bench-") as folder:
        pairs = [
            (await _appends(Path(folder), number, appends), await _inserts(Path(folder), number, appends))
            for number in range(rounds)
        ]
    per_second = [(appends / mine, appends / other) for mine, other in pairs]
    return {
        **ratio([a for a, _ in per_second], [b for _, b in per_second]),
        "unit": "per second",
        "aim": ">= 0.5",
    }


def _body(number: int) -> dict[str, Any]:
    return {"check_id": f"reader.{number}", "findings": [{"status": "ok", "seen": {"reader": "x" * 200}}]}


async def _appends(folder: Path, number: int, appends: int) -> float:
    from kaigo_gateway.ledger import Entry, Ledger, SetupHead

    async with Ledger(f"sqlite+aiosqlite:///{folder / f'ours{number}.db'}") as opened:
        head = SetupHead("1370000001", "x", simulated=True, document={"site": {}, "base": "."})
        await opened.create("S1", head, [Entry("setup.opened", "1", {"site": {}})])
        claimed = await opened.claim("S1")
        assert claimed is not None

        async def run() -> None:
            for each in range(appends):
                await claimed.append(
                    [Entry("check.result", str(each), _body(each))], {f"S1/{each}": _body(each)}
                )

        return await timed_async(run)


async def _inserts(folder: Path, number: int, appends: int) -> float:
    """The same rows by hand: one update, one record and one outbox row in one transaction each."""
    import aiosqlite
    from kaigo_gateway.ledger._engine import _PRAGMAS

    async with aiosqlite.connect(folder / f"bare{number}.db", isolation_level=None) as connection:
        for pragma in _PRAGMAS:
            await connection.execute(f"PRAGMA {pragma}")
        await connection.execute("CREATE TABLE setup (id TEXT PRIMARY KEY, count INT, head TEXT, lease REAL)")
        await connection.execute(
            "CREATE TABLE record (setup_id TEXT, seq INT, kind TEXT, key TEXT, at TEXT, body TEXT,"
            " prev TEXT, hash TEXT, PRIMARY KEY (setup_id, seq), UNIQUE (setup_id, kind, key))"
        )
        await connection.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT)")
        await connection.execute("INSERT INTO setup VALUES ('S1', 0, '', 0)")

        async def run() -> None:
            for each in range(appends):
                body = json.dumps(_body(each))
                await connection.execute("BEGIN IMMEDIATE")
                await connection.execute(
                    "UPDATE setup SET count=?, head=?, lease=? WHERE id='S1'", (each, "h", 1.0)
                )
                row = ("S1", each, "check.result", str(each), "2026", body, "p" * 64, "h" * 64)
                await connection.execute("INSERT INTO record VALUES (?,?,?,?,?,?,?,?)", row)
                await connection.execute("INSERT INTO outbox (key, body) VALUES (?,?)", (f"S1/{each}", body))
                await connection.execute("COMMIT")

        return await timed_async(run)


def demo(rounds: int = 3) -> dict[str, Any]:
    """What the demo costs beside its checks, and the peak memory of its process (without its children)."""
    runs = []
    for _ in range(rounds):
        child = subprocess.Popen(
            [str(PROGRAM), "demo", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert child.stdout is not None
        begin = time.perf_counter()
        report = json.loads(child.stdout.read())
        peak = _peak_mib(child)
        timing = report["timing"]
        wall, checks, sandbox = (timing[f"{name}_ms"] for name in ("wall", "checks", "sandbox"))
        process = (time.perf_counter() - begin) * 1000
        own = wall - sandbox
        overhead = (wall - checks) / wall, (own - checks) / own
        runs.append((wall, checks, sandbox, *overhead, peak, process))
    names = (
        "wall_ms",
        "checks_ms",
        "sandbox_ms",
        "overhead",
        "overhead_without_sandbox",
        "peak_mib",
        "process_ms",
    )
    medians = [round(statistics.median(column), 3) for column in zip(*runs, strict=True)]
    return {**dict(zip(names, medians, strict=True)), "aim": "overhead <= 0.2"}


def _peak_mib(child: subprocess.Popen[bytes]) -> float:
    """Peak resident memory of an ended child in MiB; 0 where the system does not say (Windows)."""
    if not hasattr(os, "wait4"):
        child.wait()
        return 0.0
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return round(usage.ru_maxrss * scale / 2**20, 1)


def main() -> None:
    found: dict[str, Any] = {"bench": "core", "python": sys.version.split()[0]}
    for name, measure in (("hooks", hooks), ("start_up", start_up), ("ledger", ledger), ("demo", demo)):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        note(f"{name}: {(measure.__doc__ or '').splitlines()[0]}")
        given = measure()
        found[name] = asyncio.run(given) if asyncio.iscoroutine(given) else given
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
