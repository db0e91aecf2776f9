"""The network probe against its peers, on one nginx that wants client certificates.

    python bench/probe.py [--rounds N] [--count N]

Compares probes per second and CPU per probe with blackbox_exporter and curl (a process each) and with the
limit that ``openssl s_time`` sets; then 1,000 targets at concurrency 100, and both connections of one Setup
side by side. Ratios matter more than rates: all runs share one machine, interleaved. blackbox_exporter is
left out where it is not installed. The table goes to stderr, figures and ratios as JSON to stdout.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "probe"))

from kaigo_gateway.probe import Target, Trust, probe, probe_many
from kaigo_gateway.probe.counterpart import unused_port
from probe_rig import FileIdentity, Office, nginx, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLACKBOX = "prometheus-blackbox-exporter"


class Bench:
    """One nginx, one office, and the ways to reach the one with the other."""

    def __init__(self, folder: Path, port: int, office: Office, identity: FileIdentity) -> None:
        self.folder, self.port, self.office, self.identity = folder, port, office, identity
        self.trust = Trust.pinned(office.pki.root_pem)

    def target(self, number: int = 0) -> Target:
        return Target.parse(f"https://localhost:{self.port}/{number}", tls13_only=True)

    async def _ours(self, count: int, concurrency: int) -> None:
        targets = (self.target(number) for number in range(count))
        codes = {
            result.code
            async for result in probe_many(
                targets, concurrency=concurrency, trust=self.trust, identity=self.identity
            )
        }
        assert codes == {"HTTP_OK"}, codes

    def ours(self, count: int, concurrency: int) -> None:
        asyncio.run(self._ours(count, concurrency))

    def curl(self, count: int, concurrency: int) -> None:
        command = ["curl", "-sS", "-o", "/dev/null", "--tlsv1.3", "--cacert", str(self.office.pki.root_pem)]
        command += ["--cert", str(self.identity.certificate), "--key", str(self.identity.key)]
        command.append(f"https://localhost:{self.port}/")
        with ThreadPoolExecutor(concurrency) as pool:
            list(pool.map(lambda _: subprocess.run(command, check=True), range(count)))

    def blackbox(self, exporter: int, count: int, concurrency: int) -> None:
        url = f"http://127.0.0.1:{exporter}/probe?module=mtls&target=https://localhost:{self.port}/"

        def one(_: int) -> None:
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert b"probe_success 1" in answer.read()

        with ThreadPoolExecutor(concurrency) as pool:
            list(pool.map(one, range(count)))

    def s_time(self, seconds: int = 3) -> dict[str, float]:
        """New TLS 1.3 connections with the certificate and one GET each: the limit."""
        command = ["openssl", "s_time", "-connect", f"localhost:{self.port}", "-new", "-time", str(seconds)]
        command += [
            "-cert",
            str(self.identity.certificate),
            "-key",
            str(self.identity.key),
            "-www",
            "/",
            "-tls1_3",
        ]
        command += ["-CAfile", str(self.office.pki.root_pem), "-verify", "3"]
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        found = re.search(r"(\d+) connections in ([\d.]+)s;.*\n(\d+) connections in (\d+) real", text)
        assert found, text
        connections, cpu, _, wall = (float(value) for value in found.groups())
        return {"per_s": connections / wall, "cpu_ms": 1000 * cpu / connections}


def cpu_now(pid: int | None) -> float:
    """CPU seconds of this process and its ended children, or of another process."""
    if pid is None:
        usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in usage)
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(
    run: Callable[[int, int], None], count: int, concurrency: int, pid: int | None = None
) -> dict[str, float]:
    begun, cpu = time.perf_counter(), cpu_now(pid)
    run(count, concurrency)
    wall, spent = time.perf_counter() - begun, cpu_now(pid) - cpu
    return {"per_s": count / wall, "cpu_ms": 1000 * spent / count}


@contextlib.contextmanager
def exporter(bench: Bench) -> Iterator[tuple[int, int] | None]:
    """blackbox_exporter with the same certificate; yields its port and process id."""
    if not shutil.which(BLACKBOX):
        yield None
        return
    folder = bench.folder / "blackbox"
    folder.mkdir()
    tls = {
        "ca_file": str(bench.office.pki.root_pem),
        "cert_file": str(bench.identity.certificate),
        "key_file": str(bench.identity.key),
    }
    http = {"tls_config": tls, "preferred_ip_protocol": "ip4"}
    (folder / "config.yml").write_text(
        json.dumps({"modules": {"mtls": {"prober": "http", "timeout": "10s", "http": http}}})
    )
    port = unused_port()
    command = [BLACKBOX, f"--config.file={folder}/config.yml", f"--web.listen-address=127.0.0.1:{port}"]
    with running([*command, "--log.level=error"], port, folder) as process:
        yield port, process.pid


def rates(bench: Bench, rounds: int, count: int) -> dict[str, Any]:
    """Interleaved rounds; medians per way and concurrency."""
    seen: dict[str, list[dict[str, float]]] = {}

    def note(name: str, result: dict[str, float]) -> None:
        seen.setdefault(name, []).append(result)

    bench.ours(10, 2)  # warm the context cache, as a running service has it
    with exporter(bench) as box:
        for _ in range(rounds):
            for concurrency in (1, 8):
                note(f"ours x{concurrency}", measured(bench.ours, count, concurrency))
                if box:
                    port, pid = box
                    way = partial(bench.blackbox, port)
                    note(f"blackbox x{concurrency}", measured(way, count, concurrency, pid))
                note(f"curl x{concurrency}", measured(bench.curl, max(20, count // 4), concurrency))
            note("s_time", bench.s_time())
    return {
        name: {key: round(statistics.median(each[key] for each in results), 2) for key in ("per_s", "cpu_ms")}
        for name, results in seen.items()
    }


_CHILD = """
import asyncio, json, resource, sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from kaigo_gateway.probe import Target, Trust, probe_many
from probe_rig import FileIdentity
async def main():
    identity = FileIdentity(Path({certificate!r}), Path({key!r}))
    targets = (Target.parse("https://localhost:{port}/" + str(n), tls13_only=True) for n in range({count}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, codes = time.perf_counter(), dict()
    trust = Trust.pinned(Path({root!r}))
    stream = probe_many(targets, concurrency={concurrency}, trust=trust, identity=identity)
    async for result in stream:
        codes[result.code] = codes.get(result.code, 0) + 1
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = dict(wall_s=wall, codes=codes, peak_mib=after / 1024, grown_mib=(after - before) / 1024)
    print(json.dumps(facts))
asyncio.run(main())
"""


def thousand(bench: Bench, count: int = 1000, concurrency: int = 100) -> dict[str, Any]:
    """Many targets in a fresh process: wall time and memory."""
    script = _CHILD.format(
        tests=sys.path[0], certificate=str(bench.identity.certificate), key=str(bench.identity.key),
        port=bench.port, count=count, concurrency=concurrency, root=str(bench.office.pki.root_pem),
    )  # fmt: skip
    text = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return dict(json.loads(text))


def many(bench: Bench, rounds: int = 3) -> dict[str, Any]:
    """The round in the middle; ``s_time`` runs right before each, since the machine's load changes."""
    found = []
    for _ in range(rounds):
        limit = bench.s_time()["per_s"]
        told = thousand(bench)
        found.append({**told, "against_s_time": round(told["wall_s"] * limit / 1000, 2)})
    return sorted(found, key=lambda each: float(each["against_s_time"]))[rounds // 2]


@contextlib.contextmanager
def far_away(port: int, delay: float = 0.02) -> Iterator[int]:
    """A relay that holds every piece back for ``delay`` seconds each way: a line with 40 ms round trip."""
    loop = asyncio.new_event_loop()

    async def pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                loop.call_later(delay, target.write, data)
            loop.call_later(delay, target.close)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))

    server = loop.run_until_complete(asyncio.start_server(relay, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _side_by_side(bench: Bench, ports: tuple[int, int], repeats: int = 15) -> dict[str, float]:
    async def one(port: int) -> float:
        begun = time.perf_counter()
        target = Target.parse(f"https://localhost:{port}/", tls13_only=True)
        result = await probe(target, trust=bench.trust, identity=bench.identity)
        assert result.code == "HTTP_OK", result.code
        return time.perf_counter() - begun

    alone: dict[int, list[float]] = {port: [] for port in ports}
    both = []
    for _ in range(repeats):
        for port in ports:
            alone[port].append(await one(port))
        begun = time.perf_counter()
        await asyncio.gather(*map(one, ports))
        both.append(time.perf_counter() - begun)
    slower = max(statistics.median(times) for times in alone.values())
    together = statistics.median(both)
    return {
        "slower_alone_ms": round(1000 * slower, 1),
        "both_ms": round(1000 * together, 1),
        "ratio": round(together / slower, 3),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--count", type=int, default=200)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaigo-bench-") as name:
        folder = Path(name)
        office = Office(folder)
        identity = FileIdentity(*office.pki.issue("TEST office", usage=None, use_rsa=True))
        pair = office.pki.issue(use_rsa=True)
        with nginx(folder / "nginx", *pair, office.pki.root_pem, extra="ssl_session_cache off;") as port:
            bench = Bench(folder, port, office, identity)
            result = {"rates": rates(bench, chosen.rounds, chosen.count), "many": many(bench)}
            with far_away(port) as platform, far_away(port) as careplan:
                result["side_by_side_40ms"] = asyncio.run(_side_by_side(bench, (platform, careplan)))
    result["ratios"] = ratios(result)
    show(result)
    print(json.dumps(result, indent=2))


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """Ours against each peer (more is better), and against the limit."""
    table, found = result["rates"], {}
    for peer in ("blackbox", "curl"):
        for concurrency in ("x1", "x8"):
            if f"{peer} {concurrency}" in table:
                quotient = table[f"ours {concurrency}"]["per_s"] / table[f"{peer} {concurrency}"]["per_s"]
                found[f"ours / {peer} {concurrency}"] = round(quotient, 2)
    limit = table["s_time"]["per_s"]
    found["ours x8 / s_time"] = round(table["ours x8"]["per_s"] / limit, 2)
    found["1000 targets: wall / s_time's"] = result["many"]["against_s_time"]
    return found


def show(result: dict[str, Any]) -> None:
    """The table for people."""
    lines = [f"{'':16}{'probes/s':>10}{'CPU ms':>9}"]
    for name, row in sorted(result["rates"].items()):
        lines.append(f"{name:16}{row['per_s']:10.1f}{row['cpu_ms']:9.2f}")
    lines += [f"{name}: {value}" for name, value in result["ratios"].items()]
    many = result["many"]
    lines.append(
        f"1000 targets at 100: {many['wall_s']:.2f} s, peak {many['peak_mib']:.0f} MiB, {many['codes']}"
    )
    lines.append(f"both connections of a Setup, 40 ms line: {result['side_by_side_40ms']}")
    print("\n".join(lines), file=sys.stderr)


if __name__ == "__main__":
    main()
