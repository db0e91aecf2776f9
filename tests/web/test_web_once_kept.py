"""Answers that are kept for an Idempotency-Key: on disk or in memory, bounded, across processes."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import contextmanager

import pytest
from kaigo_gateway.ledger._rows import this_owner
from kaigo_gateway.web import _answers
from kaigo_gateway.web._answers import Answer, Held
from once_kit import REPLAYED, Works, keyed, place
from web_kit import Stage2, plugin, served, site_document


async def test_two_services_on_one_folder_know_of_each_others_running_requests(tmp_path):
    here, there = Works(), Works()
    here.go.clear()
    async with served(tmp_path, here.plugin()) as one, served(tmp_path, there.plugin()) as other:
        first = asyncio.create_task(one.post(place("durable"), {"word": "a"}, headers=keyed()))
        await here.begun.wait()
        second = other.post(place("durable"), {"word": "a"}, headers=keyed())
        assert (await asyncio.wait_for(second, 20))[2]["code"] == "KEY_IN_USE"
        here.go.set()
        await first
        assert (await other.post(place("durable"), {"word": "a"}, headers=keyed()))[1][REPLAYED] == "true"
    assert (here.done, there.done) == (["a"], [])


@contextmanager
def marked_by(pid):
    """Every mark stands on the disk already, made by the process ``pid`` of this machine."""
    real = _answers._write_private

    def found(file, text, how):
        if file.suffix == ".running" and not file.exists():
            file.write_text(f"{this_owner().rpartition('/')[0]}/{pid}")
        real(file, text, how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_answers, "_write_private", found)
        yield


@pytest.mark.parametrize("pid", ["999999999", None], ids=["gone", "ours, of an earlier life"])
async def test_a_mark_that_a_dead_process_left_does_not_stand_in_the_way(tmp_path, pid):
    works, name = Works(), []
    works.go.clear()
    async with served(tmp_path, works.plugin()) as client:
        running = asyncio.create_task(client.post(place("durable"), {"word": "a"}, headers=keyed()))
        await works.begun.wait()
        name += [each for each in (tmp_path / "web" / "answers").iterdir() if each.suffix == ".running"]
        works.go.set()
        await running
        (tmp_path / "web" / "answers" / f"{name[0].stem}.json").unlink()
        host, _, here = this_owner().rpartition("/")
        name[0].write_text(f"{host}/{pid or here}")
        assert (await client.post(place("durable"), {"word": "a"}, headers=keyed()))[0] == 200
    assert works.done == ["a", "a"]
    assert not name[0].exists()


@pytest.mark.skipif(os.name != "posix", reason="process ids are asked on POSIX only")
async def test_a_mark_of_another_living_process_is_respected(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        with marked_by(os.getppid()):
            status, _, body = await client.post(place("durable"), {"word": "a"}, headers=keyed())
        assert (status, body["code"], works.done) == (409, "KEY_IN_USE", [])


async def test_a_durable_answer_outlives_the_service_and_one_in_memory_does_not(tmp_path):
    works = Works()
    for _ in range(2):
        async with served(tmp_path, works.plugin()) as client:
            await client.post(place("durable"), {"word": "durable"}, headers=keyed())
            await client.post(place("document"), {"word": "held"}, headers=keyed())
    assert works.done == ["durable", "held", "held"]


async def test_a_login_link_is_given_again_but_never_written_down(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        asked = {"role": "viewer"}
        first = await client.post("/api/v1/login-links", asked, headers=keyed())
        again = await client.post("/api/v1/login-links", asked, headers=keyed())
        assert (again[2], again[1][REPLAYED]) == (first[2], "true")
        assert not (tmp_path / "web" / "answers").exists()


async def test_a_file_in_the_place_of_the_folder_is_said_before_anything_is_done(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        (tmp_path / "web" / "answers").write_text("in the way")
        status, _, body = await client.post("/api/v1/setups", site_document(), headers=keyed())
        assert (status, body["code"]) == (503, "COULD_NOT_RUN")
        assert (await client.get("/api/v1/setups"))["items"] == []


async def test_what_is_older_than_a_day_goes_marks_of_dead_processes_too(tmp_path):
    works, folder = Works(), tmp_path / "web" / "answers"
    async with served(tmp_path, works.plugin()) as client:
        await client.post(place("durable"), {"word": "a"}, headers=keyed())
        (folder / "left.running").write_text(this_owner())
        for each in folder.iterdir():
            os.utime(each, (0, 0))
    async with served(tmp_path, works.plugin()) as client:
        await client.post(place("durable"), {"word": "a"}, headers=keyed())
        assert works.done == ["a", "a"], "an answer of yesterday is none"
        assert len(list(folder.iterdir())) == 1


async def test_a_damaged_answer_is_none(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        await client.post(place("durable"), {"word": "a"}, headers=keyed())
        (kept,) = (tmp_path / "web" / "answers").iterdir()
        for text in ("", "{}", "[]", json.dumps({"body": "?", "headers": [1], "request": "", "size": 0})):
            kept.write_text(text)
            assert (await client.post(place("durable"), {"word": "a"}, headers=keyed()))[0] == 200
    assert len(works.done) == 5


def answer(size):
    return Answer("print", 0, 200, (), b"x" * size)


async def test_answers_in_memory_are_bounded_by_number_bytes_and_age(monkeypatch):
    monkeypatch.setattr(_answers, "MOST_HELD", 3)
    monkeypatch.setattr(_answers, "MOST_HELD_BYTES", 100)
    held = Held()
    for number in range(5):
        await held.keep(str(number), answer(1))
    assert [await held.find(str(number)) is not None for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    await held.keep("big", answer(99))
    assert [await held.find(name) is not None for name in ("3", "4", "big")] == [False, True, True]
    monkeypatch.setattr(_answers, "DAY", -1)
    assert await held.find("big") is None
