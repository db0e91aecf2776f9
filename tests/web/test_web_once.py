"""Idempotency-Key on every POST: done once, answered again, refused where it is another request."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from contextlib import contextmanager

import pytest
from aiohttp import ClientTimeout, FormData, web
from kaigo_gateway.ledger._rows import this_owner
from kaigo_gateway.web import Operation, Part, Role, _answers, model_body, receive, reply
from kaigo_gateway.web._answers import Answer, Held
from kaigo_gateway.web.api._examples import examples
from kaigo_gateway.web.api.openapi import operations_of_this_release
from kaigo_gateway.web.api.table import PREFIX
from pydantic import BaseModel
from test_web_roles import whole_service
from web_kit import Stage2, plugin, served, site_document

REPLAYED = "Idempotent-Replayed"
ALL = {f"{each.method} {PREFIX}{each.path}": each for each in operations_of_this_release()}


def keyed(key="once"):
    return {"Idempotency-Key": key}


class Asked(BaseModel):
    """What the kit's operation is asked."""

    word: str = ""


class Works:
    """What a plugin adds in every way there is; counts what was done, and waits where it is told to."""

    def __init__(self):
        self.done, self.go, self.begun = [], asyncio.Event(), asyncio.Event()
        self.go.set()

    async def document(self, request):
        asked = await model_body(request, Asked)
        self.begun.set()
        await self.go.wait()
        self.done.append(asked.word)
        return reply(asked)

    async def form(self, request):
        async with receive(request) as form:
            self.done.append(form.one("file").name)
        return web.Response(body=b"PK\x00\xff", content_type="application/zip")

    async def stream(self, request):
        asked = await model_body(request, Asked)
        self.done.append(asked.word)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a line\n")
        self.begun.set()
        await self.go.wait()
        return response

    async def bare(self, request):
        self.done.append((await request.json())["word"])
        return web.json_response({"number": len(self.done)}, headers={"X-Kit": "1"})

    async def bare_form(self, request):
        reader = await request.multipart()
        self.done.append(await (await reader.next()).text())
        return web.json_response({"number": len(self.done)})

    async def json_of_aiohttp(self, request):
        self.done.append((await request.json())["word"])
        return reply(Asked(word=self.done[-1]))

    async def raw(self, request):
        self.done.append(b"".join([chunk async for chunk in request.content.iter_chunked(10)]))
        return web.Response(text="raw")

    async def unread(self, request):
        self.done.append("unread")
        return web.Response(text="unread")

    async def long(self, request):
        self.done.append("long")
        return web.Response(body=b"x" * (_answers.MOST_BYTES + 1))

    def plugin(self):
        works = self

        class View(web.View):
            async def post(self):
                works.done.append("view")
                return web.json_response({"number": len(works.done)})

        operations = [
            Operation("POST", "/document", self.document, "d", "Kit", Asked, body=Asked),
            Operation("POST", "/durable", self.document, "d", "Kit", Asked, body=Asked, durable=True),
            Operation(
                "POST", "/form", self.form, "f", "Kit", "application/zip", parts=(Part("file", file=True),)
            ),
            Operation("POST", "/stream", self.stream, "s", "Kit", "application/x-ndjson", body=Asked),
            Operation("POST", "/long", self.long, "l", "Kit", "application/zip"),
            Operation("POST", "/json", self.json_of_aiohttp, "d", "Kit", Asked, body=Asked),
            web.post("/bare", self.bare),
            web.post("/raw", self.raw),
            web.post("/unread", self.unread),
            web.post("/bare-form", self.bare_form),
            web.view("/view", View),
        ]
        return plugin(Stage2(), gateway_routes=lambda gateway: operations)


def place(name):
    return f"{PREFIX}/plugins/kit/{name}"


def form_of(data, name="a.txt"):
    form = FormData()
    form.add_field("file", io.BytesIO(data), filename=name)
    return form


def posts(app):
    """The addresses of all POST routes of the API that are really there."""
    found = {
        route.resource.canonical
        for route in app.router.routes()
        if route.resource is not None and route.method in {"POST", "*"}
    }
    return sorted(path for path in found if path.startswith(PREFIX))


async def test_every_post_route_looks_at_its_key_before_anything_is_done(tmp_path):
    async with whole_service(tmp_path) as client:
        routes = posts(client.service.app)
        assert {f"POST {path}" for path in routes} == {name for name in ALL if name.startswith("POST ")}
        for path in routes:
            url = re.sub(r"{\w+}", "x", path)
            status, _, body = await client.post(url, {}, headers=keyed("k" * 201))
            assert (status, body["code"], body["detail"]) == (400, "BAD_REQUEST", "Idempotency-Key"), path


def request_of(operation):
    """A request of an operation that its own examples say is good, or a form with a file."""
    shown = examples().get(operation.name, {}).get("request", operation.examples.get("request"))
    return {"data": form_of(b"a,b\n1,2\n")} if operation.parts else {"json": shown or {}}


async def test_what_any_post_route_answered_well_it_answers_again_without_doing_it(tmp_path):
    again = {}
    async with whole_service(tmp_path) as client:
        for name, operation in ALL.items():
            if operation.method != "POST":
                continue
            path = re.sub(r"{\w+}", "x", name.removeprefix("POST "))
            first = await client.call("POST", path, headers=keyed(), **request_of(operation))
            second = await client.call("POST", path, headers=keyed(), **request_of(operation))
            if first[0] >= 300:  # refused, so there is nothing to remember
                assert REPLAYED not in second[1], name
                assert second[2].get("code") != "KEY_REUSED", name
            elif operation.reply == "application/x-ndjson":
                assert (second[0], second[2]["code"]) == (409, "ANSWER_NOT_KEPT"), name
            else:
                again[operation.name] = (first[0], first[2]) == (second[0], second[2])
                assert second[1][REPLAYED] == "true", name
    assert all(again.values()), again
    assert {"post_setups", "post_files", "post_login_links", "post_assessments", "post_claims"} <= set(again)
    assert any(name.startswith("post_plugins_careplan_link") for name in again), again
    assert any(name.startswith("post_plugins_subsidy") for name in again), again


@pytest.mark.parametrize("name", ["document", "durable", "json", "bare"])
async def test_a_plugins_document_is_taken_once_and_another_one_is_refused(tmp_path, name):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        first = await client.post(place(name), {"word": "a"}, headers=keyed())
        second = await client.post(place(name), {"word": "a"}, headers=keyed())
        assert first[0] == 200
        assert (second[0], second[2], second[1][REPLAYED]) == (200, first[2], "true")
        assert second[1].get("X-Kit") == first[1].get("X-Kit")
        status, _, body = await client.post(place(name), {"word": "b"}, headers=keyed())
        assert (status, body["code"]) == (422, "KEY_REUSED")
        assert works.done == ["a"]
        await client.post(place(name), {"word": "b"}, headers=keyed("another"))
        await client.post(place(name), {"word": "b"})
        assert works.done == ["a", "b", "b"]


async def test_a_form_is_the_same_with_another_boundary_and_another_with_another_file(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        for _ in range(2):
            status, headers, body = await client.call(
                "POST", place("form"), data=form_of(b"abc"), headers=keyed()
            )
            assert (status, body, headers["Content-Type"]) == (200, b"PK\x00\xff", "application/zip")
        for other in (form_of(b"abd"), form_of(b"abc", "b.txt"), form_of(b"a" * 100_000)):
            status, _, body = await client.call("POST", place("form"), data=other, headers=keyed())
            assert (status, body["code"]) == (422, "KEY_REUSED")
        status, _, body = await client.post(place("form"), {"word": "a"}, headers=keyed())
        assert (status, body["code"]) == (422, "KEY_REUSED")
        assert works.done == ["a.txt"]
        assert not list((tmp_path / "web" / "uploads").iterdir())


@pytest.mark.parametrize("name", ["stream", "long"])
async def test_a_streamed_or_long_answer_is_not_kept_and_nothing_is_done_again(tmp_path, name):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        assert (await client.post(place(name), {"word": "a"}, headers=keyed()))[0] == 200
        status, _, body = await client.post(place(name), {"word": "a"}, headers=keyed())
        assert (status, body["code"]) == (409, "ANSWER_NOT_KEPT")
        status, _, body = await client.post(place(name), {"word": "b"}, headers=keyed())
        assert (status, body["code"]) == (422, "KEY_REUSED")
        assert len(works.done) == 1


async def test_a_stream_whose_reader_has_gone_may_be_asked_for_again(tmp_path):
    works = Works()
    works.go.clear()
    async with served(tmp_path, works.plugin()) as client:
        bearer = {"Authorization": f"Bearer {client.token(Role.SUPPORTER)}", **keyed()}
        url = client.service.address + place("stream")
        answer = await client.session.post(
            url, json={"word": "a"}, headers=bearer, timeout=ClientTimeout(total=30)
        )
        await works.begun.wait()
        answer.close()
        await asyncio.sleep(0.2)
        works.go.set()
        for _ in range(50):
            status, _, _ = await client.post(place("stream"), {"word": "a"}, headers=bearer)
            if status != 409:
                break
            await asyncio.sleep(0.05)
        assert (status, works.done) == (200, ["a", "a"])


async def test_a_handler_that_takes_its_form_apart_by_itself_is_done_once_too(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        first = await client.call("POST", place("bare-form"), data=form_of(b"abc"), headers=keyed())
        assert first[0] == 200
        for data in (b"abc", b"abd"):
            status, _, body = await client.call(
                "POST", place("bare-form"), data=form_of(data), headers=keyed()
            )
            assert (status, body["code"]) == (409, "ANSWER_NOT_KEPT")
        assert works.done == ["abc"]


async def test_a_handler_that_streams_its_document_gets_it_whole_and_is_done_once_too(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        data = b"x" * 5_000_000  # more than a document may be
        first = await client.call("POST", place("raw"), data=io.BytesIO(data), headers=keyed())
        status, _, body = await client.call("POST", place("raw"), data=io.BytesIO(data), headers=keyed())
        assert first[0] == 200
        assert (status, body["code"]) == (409, "ANSWER_NOT_KEPT")
        assert works.done == [data]


async def test_a_body_that_the_handler_does_not_read_is_compared_all_the_same(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        first = await client.post(place("unread"), {"word": "a"}, headers=keyed())
        again = await client.post(place("unread"), {"word": "a"}, headers=keyed())
        assert (first[0], again[1][REPLAYED]) == (200, "true")
        assert (await client.post(place("unread"), {"word": "b"}, headers=keyed()))[2]["code"] == "KEY_REUSED"
        assert works.done == ["unread"]
        data = b"x" * 5_000_000
        sent = [client.call("POST", place("unread"), data=io.BytesIO(data), headers=keyed("b")) for _ in "ab"]
        assert [(await each)[0] for each in sent] == [200, 409], "done, though too long to compare"
        assert works.done == ["unread"] * 2


async def test_a_class_based_view_of_a_plugin_is_done_once(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        for _ in range(2):
            assert (await client.post(place("view"), {}, headers=keyed()))[2] == {"number": 1}


@pytest.mark.parametrize("name", ["document", "durable"])
async def test_of_two_requests_at_the_same_time_one_is_done_and_the_other_is_told_to_wait(tmp_path, name):
    works = Works()
    works.go.clear()
    async with served(tmp_path, works.plugin()) as client:
        first = asyncio.create_task(client.post(place(name), {"word": "a"}, headers=keyed()))
        await works.begun.wait()
        second = client.post(place(name), {"word": "a"}, headers=keyed())
        status, headers, body = await asyncio.wait_for(second, 20)
        assert (status, body["code"], headers["Retry-After"]) == (409, "KEY_IN_USE", "1")
        works.go.set()
        assert (await first)[0] == 200
        assert (await client.post(place(name), {"word": "a"}, headers=keyed()))[1][REPLAYED] == "true"
        assert works.done == ["a"]


async def test_many_at_the_same_time_open_one_setup(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        document = site_document()
        sent = [client.post("/api/v1/setups", document, headers=keyed()) for _ in range(8)]
        answers = await asyncio.gather(*sent)
        assert {status for status, _, _ in answers} <= {201, 409}
        assert len({body["id"] for status, _, body in answers if status == 201}) == 1
        assert len((await client.get("/api/v1/setups"))["items"]) == 1


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


async def test_a_key_belongs_to_its_caller_and_its_operation(tmp_path):
    works = Works()
    async with served(tmp_path, works.plugin()) as client:
        for role in (Role.SUPPORTER, Role.ADMINISTRATOR):
            await client.post(place("document"), {"word": role}, headers=keyed(), role=role)
        await client.post(place("durable"), {"word": "other operation"}, headers=keyed())
        assert works.done == ["supporter", "administrator", "other operation"]


async def test_a_refused_request_may_be_mended_and_sent_with_the_same_key(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        assert (await client.post("/api/v1/setups", {"office": {}}, headers=keyed()))[0] == 422
        assert (await client.post("/api/v1/setups", site_document(), headers=keyed()))[0] == 201


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
