"""Messages to the vendor's own server: none lost, repeated ones known by their key, nothing said aloud."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from aiohttp import web
from core_kit import OFFICE, check, open_setup, plugin_with, site
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kaigo_gateway import Gateway
from kaigo_gateway.delivery import Delivery, NotDelivered
from kaigo_gateway.errors import InputError
from kaigo_gateway.ledger import Entry, Ledger
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.settings import (
    DeliverySettings,
    LedgerSettings,
    Settings,
    VaultSettings,
    load_settings,
    sqlite_url,
)
from kaigo_gateway.web import create_app
from pydantic import SecretStr

TOKEN = "delivery-token-of-nobody"


@dataclass
class Receiver:
    """A vendor's server: what it took, and how it behaves."""

    status: int = 204
    cut: bool = False
    port: int = 0
    scheme: str = "http"
    requests: list[dict] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    @property
    def keys(self) -> list[str]:
        return [message["key"] for request in self.requests for message in request["messages"]]

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/kaigo"

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.tokens.add(request.headers.get("Authorization", ""))
        if self.status < 300:
            self.requests.append(await request.json())
        if self.cut:  # taken, but the answer never arrives
            request.transport.abort()
        headers = {"Location": "http://localhost:1/"} if self.status in {301, 307} else {}
        return web.Response(status=self.status, headers=headers)


@asynccontextmanager
async def receiving(context=None, **how):
    receiver = Receiver(scheme="https" if context else "http", **how)
    app = web.Application()
    app.router.add_post("/kaigo", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", receiver.port, ssl_context=context)
    await listening.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def comes(condition):
    """Wait until a condition holds, for a minute at most."""
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(condition)


def wanted(url, **more):
    return Settings(delivery=DeliverySettings(url=url, **more))


async def put(ledger, *keys, setup="S1"):
    await open_setup(ledger, setup)
    claimed = await ledger.claim(setup)
    for key in keys:
        body = {"setup": setup, "check_id": key, "findings": [["ok", "SEEN_WELL"]]}
        await claimed.append([Entry("check.result", key, {})], {f"{setup}/{key}": body})
    return claimed


async def test_messages_go_out_in_order_and_only_once(ledger):
    await put(ledger, *(f"check.{number}" for number in range(205)))
    async with receiving() as receiver:
        delivery = Delivery(ledger, wanted(receiver.url))
        assert (await delivery.send(), await delivery.send()) == (205, 0)
        assert receiver.keys == [f"S1/check.{number}" for number in range(205)]
        assert [len(request["messages"]) for request in receiver.requests] == [100, 100, 5]
        first = receiver.requests[0]
    assert first["schema"] == "kaigo-gateway/delivery/1"
    assert first["messages"][0] == {
        "key": "S1/check.0",
        "setup": "S1",
        "check_id": "check.0",
        "findings": [["ok", "SEEN_WELL"]],
    }
    assert await ledger.waiting() == 0


async def test_the_end_of_a_setup_is_told_with_its_verdict_and_its_sealed_hash(ledger):
    claimed = await put(ledger, "a")
    await claimed.seal(
        Entry("setup.sealed", "1", {"overall": "ok"}), Ed25519PrivateKey.generate(), "key1", "ok"
    )
    async with receiving() as receiver:
        assert await Delivery(ledger, wanted(receiver.url)).send() == 2
        told = receiver.requests[0]["messages"][-1]
    row = await ledger.row("S1")
    assert told == {
        "key": "S1/setup.sealed/1", "setup": "S1", "sealed": row.head_hash, "overall": "ok",
        "simulated": row.simulated,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refused the messages (HTTP 401)"),
        (403, "refused the messages (HTTP 403)"),
        (404, "did not take the messages (HTTP 404)"),
        (500, "did not take the messages (HTTP 500)"),
        (307, "points to another address (HTTP 307)"),
    ],
)
async def test_whatever_the_server_answers_nothing_is_lost_and_one_sentence_says_why(ledger, status, told):
    await put(ledger, "a", "b")
    async with receiving(status=status) as receiver:
        delivery = Delivery(ledger, wanted(receiver.url))
        with pytest.raises(NotDelivered) as caught:
            await delivery.send()
        assert told in caught.value.text("en")
        assert "Nothing is lost" in caught.value.text("en")
        assert "失われていません" in caught.value.text("ja")
        assert (caught.value.exit_code, await ledger.waiting()) == (3, 2)
        receiver.status = 200
        assert await delivery.send() == 2


async def test_an_answer_that_never_arrives_leads_to_a_repeated_message_with_the_same_key(ledger):
    await put(ledger, "a")
    async with receiving(cut=True) as receiver:
        delivery = Delivery(ledger, wanted(receiver.url))
        with pytest.raises(NotDelivered, match="could not be reached"):
            await delivery.send()
        receiver.cut = False
        assert await delivery.send() == 1
        assert receiver.keys == ["S1/a", "S1/a"]


async def test_a_server_that_is_not_there_is_named_without_the_token(ledger, monkeypatch):
    await put(ledger, "a")
    monkeypatch.setenv("HUB_TOKEN", TOKEN)
    delivery = Delivery(ledger, wanted("http://localhost:9/kaigo", token={"$env": "HUB_TOKEN"}))
    with structlog.testing.capture_logs() as logs, pytest.raises(NotDelivered) as caught:
        await delivery.send()
    assert "http://localhost:9/kaigo could not be reached" in caught.value.text("en")
    assert TOKEN not in caught.value.text("en") + caught.value.text("ja") + str(logs) + repr(
        caught.value.__cause__
    )


async def test_the_token_is_sent_and_a_missing_one_is_said(ledger, monkeypatch):
    await put(ledger, "a")
    async with receiving() as receiver:
        delivery = Delivery(ledger, wanted(receiver.url, token={"$env": "HUB_TOKEN"}))
        monkeypatch.delenv("HUB_TOKEN", raising=False)
        with pytest.raises(InputError, match="HUB_TOKEN is not set"):
            await delivery.send()
        monkeypatch.setenv("HUB_TOKEN", TOKEN)
        assert await delivery.send() == 1
        assert receiver.tokens == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("token", ["two\nlines", "ひみつ"])
async def test_a_token_that_no_header_can_hold_is_said_before_anything_is_sent(ledger, monkeypatch, token):
    await put(ledger, "a")
    monkeypatch.setenv("HUB_TOKEN", token)
    async with receiving() as receiver:
        with pytest.raises(InputError, match="cannot be sent") as caught:
            await Delivery(ledger, wanted(receiver.url, token={"$env": "HUB_TOKEN"})).send()
    assert receiver.tokens == set()
    assert token not in caught.value.text("ja")


async def test_an_address_that_is_none_is_a_trouble_and_does_not_end_deliveries(sqlite_ledger):
    await put(sqlite_ledger, "a")
    nowhere = wanted(f"https://{'a' * 70}.example/", every=1)
    with pytest.raises(NotDelivered, match="could not be reached"):
        await Delivery(sqlite_ledger, nowhere).send()


async def test_a_mistake_of_ours_is_a_trouble_and_does_not_end_deliveries(sqlite_ledger, monkeypatch):
    await put(sqlite_ledger, "a")
    async with receiving() as receiver:
        delivery, tries = Delivery(sqlite_ledger, wanted(receiver.url, every=1)), []

        async def mistaken(limit):
            tries.append(limit)
            raise ZeroDivisionError

        with monkeypatch.context() as broken:
            broken.setattr(sqlite_ledger, "unsent", mistaken)
            async with delivery:
                await comes(lambda: delivery.trouble is not None)
                broken.undo()
                await comes(lambda: delivery.trouble is None)
    assert (receiver.keys, len(tries)) == (["S1/a"], 1)


async def test_only_a_server_with_a_trusted_certificate_is_told_anything(ledger, tmp_path):
    await put(ledger, "a")
    authority = DemoAuthority(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.server_files("localhost"))
    async with receiving(context) as receiver:
        with pytest.raises(NotDelivered, match="could not be reached"):
            await Delivery(ledger, wanted(receiver.url)).send()
        assert receiver.requests == []
        assert await Delivery(ledger, wanted(receiver.url, ca_file=authority.root_pem)).send() == 1
        (tmp_path / "none.pem").write_text("no certificate", encoding="utf-8")
        with pytest.raises(InputError, match="cannot be read"):
            await Delivery(ledger, wanted(receiver.url, ca_file=tmp_path / "none.pem")).send()


async def test_without_a_server_in_the_settings_nothing_is_sent(ledger):
    with pytest.raises(InputError, match="name no server"):
        await Delivery(ledger, Settings()).send()
    async with Delivery(ledger, Settings()) as delivery:
        assert delivery.trouble is None


@pytest.mark.parametrize(
    "url",
    ["http://hub.example.jp/", "https://user:word@hub.example.jp/", "hub.example.jp", "ftp://localhost/"],
)
def test_an_address_that_is_not_encrypted_or_holds_a_password_is_refused(tmp_path, url):
    (tmp_path / "s.toml").write_text(f'[delivery]\nurl = "{url}"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"delivery\.url"):
        load_settings(tmp_path / "s.toml")


async def test_it_goes_on_by_itself_when_the_server_comes_back(sqlite_ledger):
    await put(sqlite_ledger, "a")
    async with receiving(status=503) as receiver:
        settings = wanted(receiver.url, every=1)
        async with Delivery(sqlite_ledger, settings) as delivery:
            with structlog.testing.capture_logs() as logs:
                await comes(lambda: delivery.trouble is not None)
            assert [(each["event"], each["again_in"]) for each in logs] == [("messages_not_delivered", 2)]
            receiver.status = 200
            await comes(lambda: delivery.trouble is None)
    assert await sqlite_ledger.waiting() == 0
    assert receiver.keys == ["S1/a"]


async def test_the_service_tells_of_a_setup_without_names_or_amounts(tmp_path):
    async with receiving() as receiver:
        settings = Settings(
            vault=VaultSettings(folder=tmp_path / "vault"),
            ledger=LedgerSettings(url=sqlite_url(tmp_path / "ledger.db")),
            delivery=DeliverySettings(url=receiver.url, every=1),
        )
        plugin = plugin_with(check("platform.line"))
        gateway = Gateway(
            settings,
            plugins=[plugin],
            discover_installed=False,
            passphrase=lambda: SecretStr("correct horse"),
        )
        async with gateway:
            runner = web.AppRunner(create_app(gateway))
            await runner.setup()
            setup_id = await gateway.create(site())
            gateway.engine.kick(setup_id)
            await comes(lambda: any("/setup.sealed/" in key for key in receiver.keys))
            await runner.cleanup()
    told = json.dumps(receiver.requests, ensure_ascii=False)
    assert f"{setup_id}/platform.line#1" in receiver.keys
    assert all(m["simulated"] is False for request in receiver.requests for m in request["messages"])
    assert not any(word in told for word in (OFFICE, "架空"))


async def test_the_commands_show_what_waits_and_send_it(tmp_path, program):
    database = sqlite_url(tmp_path / "ledger.db")
    async with Ledger(database) as ledger:
        await put(ledger, "a", "b")
    async with receiving() as receiver:
        settings = {"KAIGO_GATEWAY_LEDGER__URL": database, "KAIGO_GATEWAY_DELIVERY__URL": receiver.url}

        async def run(*arguments):
            return await asyncio.to_thread(program, "--lang", "en", "ledger", *arguments, **settings)

        shown = json.loads((await run("outbox", "--json")).out)
        assert (shown["waiting"], shown["url"]) == (2, receiver.url)
        assert [message["key"] for message in shown["first"]] == ["S1/a", "S1/b"]
        assert f"2 messages wait. They go to: {receiver.url}" in (await run("outbox")).out
        assert "2 messages delivered." in (await run("deliver")).out
        assert receiver.keys == ["S1/a", "S1/b"]
        async with Ledger(database) as ledger:
            await put(ledger, "c", setup="S2")
        receiver.status = 401
        refused = await run("deliver")
    assert (refused.code, "HTTP 401" in refused.err, "Traceback" in refused.err) == (3, True, False)
