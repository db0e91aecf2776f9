"""Two people at one Setup, many Setups on a page, one feed over all: nothing is overwritten or missed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing

from aiohttp import ClientTimeout
from attacks import attack
from kaigo_gateway.web._options import WebOptions
from web_kit import Stage2, plugin, served, site_document, until, write_certificate


async def finished(client, folder):
    _, _, body = await client.post("/api/v1/setups", site_document(certificate=write_certificate(folder)))
    await until(client, body["id"], "done")
    return body["id"]


async def tag_of(client, setup_id, language="en"):
    _, headers, _ = await client.call("GET", f"/api/v1/setups/{setup_id}?lang={language}")
    return headers["ETag"]


async def test_a_change_is_made_only_to_the_version_that_was_seen(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        rechecks, asked = f"/api/v1/setups/{setup_id}/rechecks", {"checks": ["platform.line"]}
        seen = await tag_of(client, setup_id)
        assert (await client.post(rechecks, asked, headers={"If-Match": seen}))[0] == 202
        await until(client, setup_id, "done")
        status, _, body = await client.post(rechecks, asked, headers={"If-Match": seen})
        assert (status, body["code"]) == (412, "CHANGED_MEANWHILE")
        for wanted in (await tag_of(client, setup_id, "ja"), "*"):
            assert (await client.post(rechecks, asked, headers={"If-Match": wanted}))[0] == 202
            await until(client, setup_id, "done")
        assert (await client.post(rechecks, asked))[0] == 202, "without the header nothing is asked"
        await until(client, setup_id, "done")


async def test_of_two_changes_to_one_version_one_is_made(tmp_path):
    stage = Stage2()
    async with served(tmp_path, plugin(stage), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        seen = {"If-Match": await tag_of(client, setup_id)}
        asked = {"checks": ["platform.line"]}
        both = await asyncio.gather(
            *(client.post(f"/api/v1/setups/{setup_id}/rechecks", asked, headers=seen) for _ in range(2))
        )
        assert sorted(status for status, _, _ in both) == [202, 412]
        await until(client, setup_id, "done")
        assert stage.runs["line"] == 2


async def test_a_repeated_key_gets_its_first_answer_though_the_setup_has_changed(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        headers = {"If-Match": await tag_of(client, setup_id), "Idempotency-Key": "once"}
        asked = {"checks": ["platform.line"]}
        first = await client.post(f"/api/v1/setups/{setup_id}/rechecks", asked, headers=headers)
        await until(client, setup_id, "done")
        again = await client.post(f"/api/v1/setups/{setup_id}/rechecks", asked, headers=headers)
        assert (first[0], first[2]) == (again[0], again[2])


async def test_pages_stay_as_they_are_while_setups_are_opened_and_share_a_moment(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        ids = {(await client.post("/api/v1/setups", site_document()))[2]["id"] for _ in range(5)}
        with closing(sqlite3.connect(client.gateway.ledger.engine.url.database)) as ledger, ledger:
            ledger.execute("UPDATE setup SET created_at = '2026-11-22T00:00:00.000000Z'")
        page = await client.get("/api/v1/setups?limit=2")
        seen = [item["id"] for item in page["items"]]
        while page["next"]:
            await client.post("/api/v1/setups", site_document())
            page = await client.get(page["next"])
            seen += [item["id"] for item in page["items"]]
        assert (len(seen), set(seen)) == (5, ids)


class Feed:
    """Reads a stream of events."""

    def __init__(self, answer):
        self.answer = answer

    async def until(self, wanted):
        """The events up to the first that ``wanted`` accepts: (id, kind, data)."""
        got, block = [], {}
        while True:
            line = (await asyncio.wait_for(self.answer.content.readline(), 20)).decode().rstrip("\n")
            if line:
                key, _, value = line.partition(": ")
                block[key] = value
            elif "event" in block:
                got.append((block.get("id"), block["event"], json.loads(block["data"])))
                block = {}
                if wanted(got[-1]):
                    return got
            else:
                block = {}


def caught_up(event):
    return event[1] == "caught-up"


async def test_one_feed_tells_of_every_setup_and_goes_on_where_it_broke_off(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        url = f"{client.service.address}/api/v1/events"
        bearer = {"Authorization": f"Bearer {client.token('viewer')}"}
        ids = [(await client.post("/api/v1/setups", site_document()))[2]["id"] for _ in range(2)]
        async with client.session.get(url, headers=bearer, timeout=ClientTimeout()) as answer:
            feed = Feed(answer)
            there = await feed.until(caught_up)
            assert {data["id"] for _, kind, data in there if kind == "setup"} == set(ids)
            third = await finished(client, tmp_path)
            told = await feed.until(lambda event: event[2].get("id") == third and event[2]["state"] == "done")
        last = {**bearer, "Last-Event-ID": told[-1][0]}
        async with client.session.get(url, headers=last, timeout=ClientTimeout()) as answer:
            behind = await Feed(answer).until(caught_up)
            assert third not in {data.get("id") for _, _, data in behind}
        other_run = {**bearer, "Last-Event-ID": "ffffffff-999"}
        async with client.session.get(url, headers=other_run, timeout=ClientTimeout()) as answer:
            everything = await Feed(answer).until(caught_up)
            assert {data["id"] for _, kind, data in everything if kind == "setup"} == {*ids, third}


@attack("more streams of one caller than the limit", 429)
async def test_one_caller_cannot_hold_every_stream(tmp_path, monkeypatch):
    import kaigo_gateway.web.serving as room

    monkeypatch.setattr(room, "WebOptions", lambda **given: WebOptions(**given, max_streams=2))
    async with served(tmp_path, plugin(Stage2())) as client:
        url = f"{client.service.address}/api/v1/events"
        bearer = {"Authorization": f"Bearer {client.token('viewer')}"}
        held = [await client.session.get(url, headers=bearer) for _ in range(2)]
        status, headers, body = await client.call("GET", "/api/v1/events", role="viewer")
        assert (status, body["code"], headers["Retry-After"]) == (429, "TOO_MANY_STREAMS", "5")
        other = await client.session.get(
            url, headers={"Authorization": f"Bearer {client.token('supporter')}"}
        )
        assert other.status == 200, "another caller still gets its stream"
        for each in (*held, other):
            each.close()
