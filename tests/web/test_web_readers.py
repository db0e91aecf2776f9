"""The readers page shows what the drivers say now, each second, without opening a card."""

from __future__ import annotations

import threading

import pytest
from kaigo_gateway.web import _readers
from test_web_browser import signed_in, violations
from web_kit import Stage2, plugin, served


class Driver:
    """Has ``states`` by reader; ``open`` is never asked for."""

    name = "kit"

    def __init__(self, **states):
        self.states, self.asked = states, 0

    def readers(self):
        self.asked += 1
        return list(self.states)

    def state(self, reader):
        return self.states[reader]


def with_drivers(*drivers):
    return plugin(Stage2(), gateway_card_reader_drivers=lambda settings: list(drivers))


async def now(client, language="en"):
    return (await client.call("GET", f"/readers/now?lang={language}"))[2].decode()


async def test_readers_and_states_are_shown_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(_readers, "SECOND", 0.0)
    driver = Driver(Front={"present", "inuse"}, Back=set())
    async with served(tmp_path, with_drivers(driver)) as client:
        text = await now(client)
        assert "in use by another program, card in the reader" in text
        assert "unknown" in text
        told = await client.get("/api/v1/readers")
        front, back = (
            {"driver": "kit", "name": "Front", "states": ["inuse", "present"]},
            {"driver": "kit", "name": "Back", "states": ["unknown"]},
        )
        assert told == {"items": [front, back], "silent": []}
        assert "カードあり" in await now(client, "ja")
        driver.states = {}
        assert "No card reader is connected." in await now(client)


async def test_many_pages_cost_one_question_a_second(tmp_path, monkeypatch):
    monkeypatch.setattr(_readers, "SECOND", 3600.0)
    driver = Driver(Front={"empty"})
    async with served(tmp_path, with_drivers(driver)) as client:
        for _ in range(5):
            assert "no card" in await now(client)
    assert driver.asked == 1


async def test_a_driver_that_hangs_or_raises_is_named_and_the_others_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(_readers, "SECOND", 0.0)
    monkeypatch.setattr(_readers, "LIMIT", 0.2)
    go_on, stuck, broken = threading.Event(), Driver(), Driver(Front={"empty"})
    stuck.name, broken.name, entered = "stuck", "broken", []
    stuck.readers = lambda: entered.append(1) or (go_on.wait(30) and [])
    broken.state = lambda reader: 1 / 0
    async with served(tmp_path, with_drivers(stuck, broken, Driver(Side={"empty"}))) as client:
        for _ in range(3):
            text = await now(client)
            assert "stuck gives no answer" in text
            assert "broken gives no answer" in text
            assert "Side" in text
        assert entered == [1], "a hanging driver is left alone until it comes back"
        go_on.set()


@pytest.mark.browser
async def test_a_card_that_comes_and_goes_is_seen_without_a_click(tmp_path, chromium):
    driver = Driver(Front={"empty"})
    async with served(tmp_path, with_drivers(driver)) as client, signed_in(chromium, client, "ja") as page:
        await page.goto(f"{client.service.address}/readers")
        await page.get_by_text("カードなし").wait_for()
        driver.states = {"Front": {"present"}}
        await page.get_by_text("カードあり").wait_for()
        assert await violations(page) == []
        driver.states = {}
        await page.get_by_text("カードリーダーは接続されていません。").wait_for()
