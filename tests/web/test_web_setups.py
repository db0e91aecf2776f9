"""Setups over REST: opened, run, followed, run again, confirmed; the same answer as the command line's."""

from __future__ import annotations

import asyncio
import json

from kaigo_gateway.web.access import Role
from web_kit import Stage2, plugin, served, site_document, until, write_certificate


async def opened(client, folder, **changes):
    document = site_document(certificate=write_certificate(folder), **changes)
    status, headers, body = await client.post("/api/v1/setups", document, role=Role.SUPPORTER)
    assert status == 201, body
    assert headers["Location"] == f"/api/v1/setups/{body['id']}"
    return body["id"]


async def records_of(client, setup_id, after=None):
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    path = f"/api/v1/setups/{setup_id}/events?until=idle"
    _, head, body = await client.call("GET", path, headers=headers)
    assert head["Content-Type"].startswith("text/event-stream")
    events = [block for block in body.decode().split("\n\n") if "event: record" in block]
    return [int(block.split("id: ")[1].split("\n")[0]) for block in events]


async def test_a_setup_is_opened_run_and_reported_over_rest(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        status, _, _ = await client.post(f"/api/v1/setups/{setup_id}/run")
        assert status == 202
        found = await until(client, setup_id, "done")
        assert (found["overall"], found["sealed"], found["trouble"]) == ("warn", True, None)
        report = await client.get(f"/api/v1/setups/{setup_id}/report?lang=ja")
        expected = (await client.gateway.report(setup_id, "ja")).document()
        assert {**report, "generated_at": ""} == {**expected, "generated_at": ""}


async def test_events_carry_the_numbers_of_their_records_and_resume_behind_the_last_one(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        found = await until(client, setup_id, "done")
        numbers = list(range(1, found["record_count"] + 1))
        assert await records_of(client, setup_id) == numbers
        assert await records_of(client, setup_id, after=4) == numbers[4:]
        status, _, _ = await client.call(
            "GET", f"/api/v1/setups/{setup_id}/events", headers={"Last-Event-ID": "x"}
        )
        assert status == 400


async def test_a_stream_until_idle_ends_with_the_state_that_ended_it(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        _, _, body = await client.call("GET", f"/api/v1/setups/{setup_id}/events?until=idle")
        states = [
            json.loads(line[6:]) for line in body.decode().split("\n") if line.startswith('data: {"state"')
        ]
        assert states[-1]["state"] == "done"


async def test_a_repaired_check_runs_again_and_the_first_result_stays_in_the_record(tmp_path):
    stage = Stage2(broken=True)
    async with served(tmp_path, plugin(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        assert (await until(client, setup_id, "done"))["overall"] == "fail"
        stage.broken = False
        status, _, body = await client.post(
            f"/api/v1/setups/{setup_id}/rechecks", {"checks": ["platform.line"]}
        )
        assert status == 202
        assert {"platform.line", "platform.step"} <= set(body["checks"])
        found = await until(client, setup_id, "done")
        assert (found["overall"], found["sealed"]) == ("warn", True)
        state = await client.gateway.state(setup_id)
        assert [each.status.value for each in state.history["platform.line"]] == ["fail", "ok"]


async def test_a_setup_waits_for_a_person_and_goes_on_with_the_answer(tmp_path):
    async with served(tmp_path, plugin(Stage2(asks=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        found = await until(client, setup_id, "waiting")
        assert [question["key"] for question in found["questions"]] == ["kit.done"]
        answer = {"key": "kit.done", "answer": {"answer": "yes"}}
        status, _, _ = await client.post(f"/api/v1/setups/{setup_id}/confirmations", answer)
        assert status == 202
        assert (await until(client, setup_id, "done"))["questions"] == []


async def test_a_post_with_the_same_idempotency_key_is_done_once_even_after_a_restart(tmp_path):
    document = site_document()
    key = {"Idempotency-Key": "visit-1"}
    async with served(tmp_path, plugin(Stage2())) as client:
        _, _, first = await client.post("/api/v1/setups", document, headers=key)
        status, headers, second = await client.post("/api/v1/setups", document, headers=key)
        assert (status, second["id"], headers["Location"]) == (
            201, first["id"], f"/api/v1/setups/{first['id']}",
        )  # fmt: skip
        other = site_document(supporter={"name": "other"})
        status, _, body = await client.post("/api/v1/setups", other, headers=key)
        assert (status, body["code"]) == (422, "KEY_REUSED")
    async with served(tmp_path, plugin(Stage2())) as client:
        _, _, third = await client.post("/api/v1/setups", document, headers=key)
        assert third["id"] == first["id"]
        assert len((await client.get("/api/v1/setups"))["items"]) == 1


async def test_a_list_is_given_page_by_page(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        ids = []
        for _ in range(5):
            ids.append((await client.post("/api/v1/setups", site_document()))[2]["id"])
            await asyncio.sleep(0.002)
        page = await client.get("/api/v1/setups?limit=2")
        seen = [item["id"] for item in page["items"]]
        while page["next"]:
            page = await client.get(page["next"])
            seen += [item["id"] for item in page["items"]]
        assert seen == ids[::-1]


async def test_what_has_not_changed_is_not_sent_again(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        await until(client, setup_id, "done")
        for path in (f"/api/v1/setups/{setup_id}", f"/api/v1/setups/{setup_id}/report", "/api/v1/setups"):
            _, headers, _ = await client.call("GET", path)
            status, again, body = await client.call("GET", path, headers={"If-None-Match": headers["ETag"]})
            assert (status, body, again["ETag"]) == (304, b"", headers["ETag"]), path


async def test_the_vaults_missing_passphrase_is_said_at_the_setup(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        _, _, body = await client.post("/api/v1/setups", site_document())
        await client.post(f"/api/v1/setups/{body['id']}/run")
        await until(client, body["id"], "done")
    async with served(tmp_path, plugin(Stage2()), passphrase="Another-Passphrase-2") as client:
        _, _, body = await client.post("/api/v1/setups", site_document())
        await client.post(f"/api/v1/setups/{body['id']}/run")
        path = f"/api/v1/setups/{body['id']}?lang=ja"
        for _ in range(100):
            trouble = (await client.get(path))["trouble"]
            if trouble:
                break
            await asyncio.sleep(0.05)
        assert trouble["code"] == "VAULT_UNUSABLE"
        assert "Another-Passphrase-2" not in json.dumps(trouble)


async def test_a_toml_site_file_is_accepted_as_it_is(tmp_path):
    text = '[office]\nnumber = "1370000001"\nname = "n"\nservices = ["11"]\n[supporter]\nname = "s"\n'
    async with served(tmp_path, plugin(Stage2())) as client:
        status, _, body = await client.call(
            "POST", "/api/v1/setups", data=text.encode(), headers={"Content-Type": "application/toml"}
        )
        assert (status, body["office"]["number"]) == (201, "1370000001")


async def test_a_stream_whose_follower_fails_ends_and_the_next_one_works(tmp_path, monkeypatch):
    from kaigo_gateway.web._feeds import Feed

    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        await until(client, setup_id, "done")
        with monkeypatch.context() as broken:
            broken.setattr(Feed, "_look", lambda self: 1 / 0)
            status, _, body = await client.call("GET", f"/api/v1/setups/{setup_id}/events")
            assert (status, body.count(b"event: record")) == (200, 0)
        assert await records_of(client, setup_id)


async def test_a_client_that_falls_behind_is_cut_off_and_loses_nothing(tmp_path, monkeypatch):
    from kaigo_gateway.web import _feeds

    client = _feeds.Client()
    monkeypatch.setattr(_feeds, "BACKLOG", 3)
    for number in range(1, 6):
        client.give(number, b"event")
    given = [client.queue.get_nowait() for _ in range(client.queue.qsize())]
    assert given[:4] == [(1, b"event"), (2, b"event"), (3, b"event"), None]


async def test_a_mistake_of_ours_stops_one_setup_with_a_sentence_and_can_be_continued(tmp_path, monkeypatch):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        whole = client.gateway.engine._advance

        async def broken(setup_id):
            raise KeyError("mistake")

        client.gateway.engine._advance = broken
        setup_id = await opened(client, tmp_path)
        for _ in range(100):
            found = await client.get(f"/api/v1/setups/{setup_id}?lang=en")
            if found["trouble"]:
                break
            await asyncio.sleep(0.02)
        assert "mistake of the program (KeyError)" in found["trouble"]["message"]
        client.gateway.engine._advance = whole
        await client.post(f"/api/v1/setups/{setup_id}/run")
        assert (await until(client, setup_id, "done"))["trouble"] is None
