"""The service: reads against a bare handler, 1,000 streams, a large upload, the first page, idle memory.

    python bench/web.py [--seconds N] [--clients N] [--upload MB]

Each server runs in a process of its own; the rounds of ours and of the bare handler are interleaved on one
machine, so the ratio matters more than the rates. The table goes to stderr, the figures as JSON to stdout.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "web"))

from aiohttp import ClientSession, MultipartWriter, TCPConnector, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TICKS = 20
"""Progress lines of the check that the streams follow."""


async def serve_ours(folder: Path) -> None:
    """Child: the service with one finished Setup and one whose check ticks when it is run."""
    from web_kit import Stage2, plugin, served, site_document, until, write_certificate

    stage = Stage2()
    kit = plugin(stage)
    checks = kit.gateway_checks(site=None)  # type: ignore[attr-defined]

    def tick(context: Any) -> Any:
        stage.runs["tick"] = stage.runs.get("tick", 0) + 1
        for _ in range(TICKS if stage.runs["tick"] > 1 else 0):
            context.progress(f"{time.time():.6f}")
            time.sleep(0.25)
        return checks[0].run(context)

    from dataclasses import replace

    from kaigo_gateway.hookspecs import hookimpl
    from kaigo_gateway.model.descriptors import FileValidator

    ticking = [replace(checks[0], id="platform.tick", run=tick, order=3)]

    kit.gateway_checks = hookimpl(_with_site([*checks, *ticking]))  # type: ignore[attr-defined]
    size = FileValidator("size", "Size", lambda paths: {"overall": "ok", "files": [], "bytes": _size(paths)})
    kit.gateway_file_validators = hookimpl(lambda: [size])  # type: ignore[attr-defined]
    async with served(folder, kit, files=(folder,)) as client:
        document = site_document(certificate=write_certificate(folder))
        _, _, body = await client.post("/api/v1/setups", document)
        await until(client, body["id"], "done")
        from kaigo_gateway.web.access import Role

        said = {
            "address": client.service.address,
            "id": body["id"],
            "token": client.token(Role.ADMINISTRATOR),
            "link": client.service.link,
        }
        print(json.dumps(said), flush=True)
        await asyncio.Event().wait()


def _with_site(checks: list[Any]) -> Any:
    def gateway_checks(site: Any) -> list[Any]:
        del site
        return checks

    return gateway_checks


def _size(paths: Any) -> int:
    return sum(path.stat().st_size for path in paths)


async def serve_bare(file: Path) -> None:
    """Child: one handler that answers with the bytes of a file."""
    body = await asyncio.to_thread(file.read_bytes)

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"address": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def child(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """A server of this file in a process of its own, and what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        while True:
            line = await process.stdout.readline()
            if line.startswith(b"{"):
                break
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def rss(pid: int) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def rate(url: str, token: str, seconds: float, workers: int = 8) -> float:
    """Requests per second over kept connections."""
    end, count = time.perf_counter() + seconds, 0

    async def work(session: ClientSession) -> None:
        nonlocal count
        while time.perf_counter() < end:
            async with session.get(url) as answer:
                await answer.read()
                assert answer.status == 200
            count += 1

    headers = {"Authorization": f"Bearer {token}"}
    async with ClientSession(headers=headers, connector=TCPConnector(limit=workers)) as session:
        begin = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(workers)))
        return count / (time.perf_counter() - begin)


async def compare(ours: dict[str, Any], path: str, folder: Path, seconds: float) -> dict[str, float]:
    """Our route and a bare handler with the same bytes, in turn, five rounds each."""
    headers = {"Authorization": f"Bearer {ours['token']}"}
    async with ClientSession(headers=headers) as session, session.get(ours["address"] + path) as answer:
        (folder / "bytes").write_bytes(await answer.read())
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    async with child("--bare", str(folder / "bytes")) as (_, bare):
        for _ in range(5):
            rates["ours"].append(await rate(ours["address"] + path, ours["token"], seconds))
            rates["bare"].append(await rate(bare["address"] + path, ours["token"], seconds))
    found = {name: statistics.median(values) for name, values in rates.items()}
    return {**found, "ratio": found["ours"] / found["bare"], "bytes": (folder / "bytes").stat().st_size}


async def streams(
    process: asyncio.subprocess.Process, ours: dict[str, Any], clients: int
) -> dict[str, float]:
    """Many streams on one run: memory of the server for each, and how late an event arrives."""
    host, port = ours["address"].removeprefix("http://").split(":")
    before, delays, connected = rss(process.pid), [], asyncio.Semaphore(0)
    enough = asyncio.Event()

    async def follow() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        request = (
            f"GET /api/v1/setups/{ours['id']}/events HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {ours['token']}\r\nLast-Event-ID: 9999\r\n\r\n"
        )
        writer.write(request.encode())
        ready = False
        while line := await reader.readline():
            if not ready and line.startswith(b"event: state"):
                ready = True
                connected.release()
            if b'"kind": "progress"' in line:
                told = float(json.loads(line.removeprefix(b"data: "))["text"])
                delays.append((time.time() - told) * 1000)
                if len(delays) >= clients * TICKS:
                    enough.set()
        writer.close()

    tasks = [asyncio.create_task(follow()) for _ in range(clients)]
    for _ in range(clients):
        await connected.acquire()
    with_clients = rss(process.pid)
    async with ClientSession(headers={"Authorization": f"Bearer {ours['token']}"}) as session:
        url = f"{ours['address']}/api/v1/setups/{ours['id']}/rechecks"
        async with session.post(url, json={"checks": ["platform.tick"]}) as answer:
            assert answer.status == 202
    try:
        await asyncio.wait_for(enough.wait(), 120)
    except TimeoutError:
        print(f"only {len(delays)} of {clients * TICKS} events came", file=sys.stderr)
    begin = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    for task in tasks:
        task.cancel()
    delays.sort()
    return {
        "clients": clients,
        "kb_per_client": (with_clients - before) * 1000 / clients,
        "events": len(delays),
        "delay_ms_median": delays[len(delays) // 2],
        "delay_ms_p99": delays[int(len(delays) * 0.99)],
        "_": time.perf_counter() - begin,
    }


async def upload(
    process: asyncio.subprocess.Process, ours: dict[str, Any], megabytes: int
) -> dict[str, float]:
    """A form of so many MB sent to a validator: how much memory of the server it takes, and how fast."""
    chunk = b"x" * 65536

    async def body() -> AsyncIterator[bytes]:
        for _ in range(megabytes * 1_000_000 // len(chunk)):
            yield chunk

    before, peak = rss(process.pid), rss(process.pid)

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, rss(process.pid))
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    begin = time.perf_counter()
    async with ClientSession(headers={"Authorization": f"Bearer {ours['token']}"}) as session:
        with MultipartWriter("form-data") as form:
            form.append(body()).set_content_disposition("form-data", name="file", filename="large.csv")
            async with session.post(f"{ours['address']}/api/v1/validators/size", data=form) as answer:
                assert answer.status == 200
                assert (await answer.json())["bytes"] > 0
    seconds = time.perf_counter() - begin
    watching.cancel()
    return {"mb": megabytes, "memory_grew_mb": peak - before, "mb_per_s": megabytes / seconds}


async def first_page(ours: dict[str, Any]) -> dict[str, float] | None:
    """Bytes and time until the verdict is seen in Chromium, with an empty cache; None without a browser."""
    program = shutil.which("chromium")
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        return None
    if program is None:
        return None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        times, weights = [], []
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(ours["link"])
        await page.wait_for_url(f"{ours['address']}/")
        cookies = await context.cookies()
        for _ in range(5):
            context = await browser.new_context()
            await context.add_cookies(cookies)
            page = await context.new_page()
            sizes: list[asyncio.Task[dict[str, int]]] = []
            page.on(
                "requestfinished",
                lambda request, kept=sizes: (
                    None if "/events" in request.url else kept.append(asyncio.ensure_future(request.sizes()))
                ),
            )
            begin = time.perf_counter()
            await page.goto(f"{ours['address']}/setups/{ours['id']}", wait_until="commit")
            await page.locator(".verdict").wait_for()
            times.append((time.perf_counter() - begin) * 1000)
            await page.wait_for_load_state("load")
            weights.append(sum(size["responseBodySize"] for size in await asyncio.gather(*sizes)))
            await context.close()
        await browser.close()
    return {"kb": max(weights) / 1000, "verdict_ms_median": statistics.median(times)}


async def idle() -> dict[str, float]:
    """Memory of ``kaigo-gateway serve`` as installed after its first page, and how long it takes to stop."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        made = await asyncio.create_subprocess_exec(  # the ledger is made once; every later start finds it
            sys.executable,
            "-m",
            "kaigo_gateway",
            "setup",
            "list",
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await made.wait()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kaigo_gateway", "--lang", "en", "serve", "--port", "0",
            env=environment, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        said = [(await process.stdout.readline()).decode() for _ in range(4)]
        start = rss(process.pid)
        address = said[0].split()[1]
        token = (Path(home) / "kaigo-gateway/web/tokens").read_text(encoding="ascii").split()[-1]
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
        async with ClientSession(headers=headers) as session:
            async with session.get(f"{address}/") as answer:
                assert answer.status == 200
            site = {
                "office": {"number": "1370000001", "name": "n", "services": ["11"]},
                "supporter": {"name": "s"},
            }
            async with session.post(f"{address}/api/v1/setups", json=site) as made:
                where = made.headers["Location"]
            used = rss(process.pid)
            async with session.get(f"{address}{where}/events") as stream:
                await stream.content.readline()
                begin = time.perf_counter()
                process.send_signal(signal.SIGTERM)
                await process.wait()
                stop = time.perf_counter() - begin
    return {"mb_after_start": start, "mb_after_first_page_and_setup": used, "stop_s_with_open_stream": stop}


async def run(seconds: float, clients: int, megabytes: int) -> dict[str, Any]:
    """All measurements."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with child("--ours", name) as (process, ours):
            found["read_reason"] = await compare(ours, "/api/v1/reasons/KIT_BADLY", folder, seconds)
            found["read_setup"] = await compare(ours, f"/api/v1/setups/{ours['id']}", folder, seconds)
            found["page"] = await first_page(ours)
            found["upload"] = await upload(process, ours, megabytes)
            found["streams"] = await streams(process, ours, clients)
            found["streams"].pop("_")
    found["idle"] = await idle()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--upload", type=int, default=1000)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ours:
        asyncio.run(serve_ours(chosen.ours))
    elif chosen.bare:
        asyncio.run(serve_bare(chosen.bare))
    else:
        found = asyncio.run(run(chosen.seconds, chosen.clients, chosen.upload))
        for part, figures in found.items():
            shown = ", ".join(f"{name} {value:.4g}" for name, value in (figures or {}).items())
            print(f"{part:12} {shown or 'not measured'}", file=sys.stderr)
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
