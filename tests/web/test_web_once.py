"""Idempotency-Key on every POST: done once, answered again, refused where it is another request."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from aiohttp import ClientTimeout
from kaigo_gateway.web import Role
from kaigo_gateway.web.api._examples import examples
from kaigo_gateway.web.api.openapi import operations_of_this_release
from kaigo_gateway.web.api.table import PREFIX
from once_kit import REPLAYED, Works, form_of, keyed, place
from test_web_roles import whole_service
from web_kit import Stage2, plugin, served, site_document

ALL = {f"{each.method} {PREFIX}{each.path}": each for each in operations_of_this_release()}


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
