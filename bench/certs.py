"""What reading, keeping and installing certificates cost, as ratios to bare tools: ``python bench/certs.py``.

Prints JSON. Each ratio's two sides are measured in turns within one run, so that the load of the machine
falls on both alike; figures are medians of ``ROUNDS`` rounds.

``read``: an ordinary RSA-2048 file with its chain, read and judged (dry-run handshake included), over
``openssl pkcs12`` reading the same. ``apart`` is the product's way, a fresh worker process per file; ``here``
the same work in this process, which tells what the isolation costs.
``stall``: the longest time in milliseconds that the event loop did not turn while a file with 1 000 000
rounds was loaded (aim 20), beside the loop at rest, beside the loader in a plain thread, and beside any other
process that computes for as long (``busy_neighbour``): on a crowded machine the scheduler alone costs that.
``context``: opening the vault (scrypt, by design slow), and an SSL context made anew and cached.
``nss``: the journalled installation over bare ``pk12util`` into an equal database.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "certs"))

from certs_rig import OFFICE, PASSWORD, Rig, key_of, run
from kaigo_certs import Installer, NssStore, Vault, judge, read_identity, read_identity_async
from kaigo_certs.reading._load import load
from kaigo_certs.reading._read import _finish, _prepare
from kaigo_gateway.probe import forget_contexts
from kaigo_gateway.probe._contexts import Trust, context_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_certs import Bundle

ROUNDS = 9


def in_turns(**work: Callable[[], Any]) -> dict[str, float]:
    """Median milliseconds of each piece of work, measured in turns."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, piece in work.items():
            start = time.perf_counter()
            piece()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def bench_read(rig: Rig, folder: Path) -> dict[str, Any]:
    data = rig.openssl()
    file = rig.write(data, ".p12")
    command = [
        "openssl",
        "pkcs12",
        "-in",
        str(file),
        "-passin",
        f"pass:{PASSWORD}",
        "-noenc",
        "-out",
        str(folder / "out"),
    ]

    def judged(bundle: Bundle) -> None:
        judge(bundle, office_number=OFFICE, issuer_pem=rig.chain_pem)

    def here() -> None:
        ready = _prepare(data, PASSWORD, None)
        judged(_finish(ready, load(ready.data, ready.password)))

    bundle = read_identity(data, PASSWORD)
    found = in_turns(
        openssl=lambda: subprocess.run(command, check=True, capture_output=True),
        apart=lambda: judged(read_identity(data, PASSWORD)),
        here=here,
        judge=lambda: judged(bundle),
    )
    return {
        "ms": rounded(found),
        "apart_over_openssl": ratio(found["apart"], found["openssl"]),
        "here_over_openssl": ratio(found["here"], found["openssl"]),
    }


async def longest_stall(work: Callable[[], Any] | None) -> float:
    """The longest pause of the loop in milliseconds while ``work`` (a coroutine function) runs."""
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - start - 0.001)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    await (work() if work else asyncio.sleep(0.5))
    watcher.cancel()
    with suppress(asyncio.CancelledError):
        await watcher
    return worst * 1000


async def neighbour() -> None:
    """Another process that computes about as long as the worker does, and has nothing to do with us."""
    program = "import hashlib; hashlib.pbkdf2_hmac('sha256', b'x', b'y', 1_000_000)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    await process.wait()


async def bench_stall(rig: Rig) -> dict[str, Any]:
    data = rig.openssl("-iter", "1000000")
    stalls: dict[str, list[float]] = {"at_rest": [], "busy_neighbour": [], "apart": [], "in_a_thread": []}
    for _ in range(7):
        stalls["busy_neighbour"].append(await longest_stall(neighbour))
        stalls["at_rest"].append(await longest_stall(None))
        stalls["apart"].append(await longest_stall(lambda: read_identity_async(data, PASSWORD)))
        stalls["in_a_thread"].append(await longest_stall(lambda: asyncio.to_thread(load, data, PASSWORD)))
    return {"ms": rounded({name: statistics.median(values) for name, values in stalls.items()}), "aim_ms": 20}


def bench_context(rig: Rig, folder: Path) -> dict[str, Any]:
    vault = Vault.open(folder / "vault", "a good passphrase")
    vault.put(read_identity(rig.p12(), PASSWORD), OFFICE)
    trust = Trust.pinned(rig.write(rig.chain_pem))
    identity = vault.identity(OFFICE)

    def anew() -> None:
        forget_contexts()
        context_for(trust, vault.identity(OFFICE))

    found = in_turns(
        open_vault=lambda: Vault.open(folder / "vault", "a good passphrase"),
        context_anew=anew,
        context_cached=lambda: context_for(trust, identity),
    )
    return {"ms": rounded(found), "anew_over_cached": ratio(found["context_anew"], found["context_cached"])}


def bench_nss(rig: Rig, folder: Path) -> dict[str, Any]:
    vault = Vault.open(folder / "vault", "a good passphrase")
    file = rig.write(rig.p12(rig.leaf(key=key_of("p256"))), ".p12")
    vault.put(read_identity(file.read_bytes(), PASSWORD), "1370000002")
    identity = vault.identity("1370000002")
    assert identity is not None
    counter = iter(range(10_000))

    def database() -> Path:
        path = folder / f"nss{next(counter)}"
        path.mkdir()
        run("certutil", "-N", "--empty-password", "-d", f"sql:{path}")
        return path

    empty = iter([database() for _ in range(2 * ROUNDS)])
    found = in_turns(
        pk12util=lambda: run("pk12util", "-d", f"sql:{next(empty)}", "-i", file, "-W", PASSWORD),
        install=lambda: Installer(NssStore(next(empty)), folder / "journal").install(identity),
    )
    return {"ms": rounded(found), "install_over_pk12util": ratio(found["install"], found["pk12util"])}


def ratio(one: float, other: float) -> float:
    return round(one / other, 2)


def rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rig = Rig(folder)
        result = {
            "read": bench_read(rig, folder),
            "stall": asyncio.run(bench_stall(rig)),
            "context": bench_context(rig, folder),
            "nss": bench_nss(rig, folder),
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
