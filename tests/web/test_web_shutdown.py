"""Stopping: open streams and a run under way end with the service, and the run goes on at the next start."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from kaigo_gateway._gateway import Gateway
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.web import Principal, Role, WebOptions, create_app
from pydantic import SecretStr
from web_kit import Stage2, plugin, served, site_document, until

KIT = Path(__file__).resolve().parent
CHILD = """
import asyncio, sys
sys.path.insert(0, {kit!r})
from pathlib import Path
from web_kit import Stage2, plugin, served
from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import Stage
from kaigo_gateway.hookspecs import hookimpl
from web_kit import BOOK

folder, slow = Path(sys.argv[1]), sys.argv[2] == "slow"
kit = plugin(Stage2())
checks = kit.gateway_checks(site=None)

async def lingers(context):
    context.progress("lingering")
    await asyncio.sleep(60 if slow else 0)
    return BOOK.finding("KIT_WELL", seen={{"what": "at last"}})

def gateway_checks(site):
    needs = ("platform.line",)
    slow = Check("platform.slow", Stage.PLATFORM, "Slow", lingers, needs, order=3, time_limit=90)
    return [*checks, slow]

kit.gateway_checks = hookimpl(gateway_checks)

async def main():
    async with served(folder, kit) as client:
        print(client.service.address, client.token("administrator"), flush=True)
        await client.service.wait()

asyncio.run(main())
"""


@asynccontextmanager
async def child(folder, pace):
    """A service in a process of its own: the process, its address, its headers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD.format(kit=str(KIT)), str(folder), pace, stdout=asyncio.subprocess.PIPE
    )
    try:
        while True:
            line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
            if line.startswith("http"):
                break
        address, token = line.split()
        yield process, address, {"Authorization": f"Bearer {token}"}
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is of POSIX")
async def test_a_stopped_service_ends_its_streams_and_its_run_and_goes_on_at_the_next_start(tmp_path):
    async with (
        child(tmp_path, "slow") as (process, address, headers),
        ClientSession(headers=headers) as session,
    ):
        async with session.post(f"{address}/api/v1/setups", json=site_document()) as made:
            setup = await made.json()
        own, every = f"{address}/api/v1/setups/{setup['id']}/events", f"{address}/api/v1/events"
        streams = [await session.get(url) for url in (own, own, every, every)]
        targets = {"targets": [{"url": "https://192.0.2.1/"}]}
        streams.append(await session.post(f"{address}/api/v1/targets", json=targets))
        async for line in streams[0].content:
            if b"lingering" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        for stream in streams:
            stream.close()
    async with child(tmp_path, "quick") as (_, address, headers), ClientSession(headers=headers) as session:
        events = f"{address}/api/v1/setups/{setup['id']}/events?until=idle"
        for _ in range(50):
            async with session.get(events) as stream:
                await stream.read()
            async with session.get(f"{address}/api/v1/setups/{setup['id']}") as answer:
                found = await answer.json()
            if found["state"] == "done":
                break
            await asyncio.sleep(0.2)
        assert (found["state"], found["sealed"]) == ("done", True)
        async with session.get(f"{address}/api/v1/ledger/verification") as answer:
            assert (await answer.json())["intact"]


class OwnLogin:
    """The product's login: a header names its user."""

    def principal(self, request):
        name = request.headers.get("X-Product-User")
        return None if name is None else Principal(Role(name), "product", name)


def gateway_in(folder):
    return Gateway(
        demo_settings(folder), plugins=[plugin(Stage2())], discover_installed=False,
        passphrase=lambda: SecretStr("Kit-Passphrase-1"),
    )  # fmt: skip


async def test_two_gateways_live_in_one_product_apart_from_each_other(tmp_path, aiohttp_client):
    async with gateway_in(tmp_path / "a") as first, gateway_in(tmp_path / "b") as second:
        product = web.Application()
        for name, gateway in (("a", first), ("b", second)):
            options = WebOptions(folder=tmp_path / name / "web", hosts=None)
            product.add_subapp(f"/{name}", create_app(gateway, access=OwnLogin(), options=options))
        outside = await aiohttp_client(product)
        user = {"X-Product-User": "supporter"}
        made = await outside.post("/a/api/v1/setups", json=site_document(), headers=user)
        assert made.headers["Location"].startswith("/a/api/v1/setups/")
        stream = await outside.get(f"{made.headers['Location']}/events?until=idle", headers=user)
        assert b"event: state" in await stream.read()
        there = [(await (await outside.get(f"/{name}/api/v1/setups", headers=user)).json()) for name in "ab"]
        assert [len(each["items"]) for each in there] == [1, 0]
        page = await (await outside.get("/b/", headers={**user, "Accept": "text/html"})).text()
        assert 'href="/b/new"' in page
        assert (await outside.get("/b/settings", headers=user)).status == 403
        assert (await outside.get("/a/api/v1/setups")).status == 401
        nowhere = await outside.get("/a/api/v1/nowhere", headers=user)
        assert (nowhere.status, (await nowhere.json())["code"]) == (404, "NOT_FOUND")


async def test_a_product_that_stops_ends_open_streams_before_the_gateway_is_closed(tmp_path, aiohttp_server):
    async with gateway_in(tmp_path) as gateway:
        product = web.Application()
        options = WebOptions(folder=tmp_path / "web", hosts=None)
        product.add_subapp("/kaigo", create_app(gateway, access=OwnLogin(), options=options))
        server = await aiohttp_server(product, shutdown_timeout=20)
        async with ClientSession(headers={"X-Product-User": "supporter"}) as session:
            url = str(server.make_url("/kaigo/api/v1/events"))
            stream = await session.get(url)
            assert await stream.content.readline() == b"retry: 2000\n"
            await asyncio.wait_for(server.close(), 15)  # aiohttp itself would wait for the stream
            with closing(stream):
                assert b"event: caught-up" in await stream.content.read()
        assert await gateway.setups() == []


async def test_an_application_that_was_never_started_costs_nothing(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        create_app(client.gateway, access=OwnLogin(), options=WebOptions(folder=tmp_path / "other"))
        _, _, setup = await client.post("/api/v1/setups", site_document())
        await until(client, setup["id"], "done")
        assert not (tmp_path / "other").exists()
