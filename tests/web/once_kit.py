"""A plugin with every kind of POST, for the tests of Idempotency-Key."""

from __future__ import annotations

import asyncio
import io

from aiohttp import FormData, web
from kaigo_gateway.web import Operation, Part, _answers, model_body, receive, reply
from kaigo_gateway.web.api.table import PREFIX
from pydantic import BaseModel
from web_kit import Stage2, plugin

REPLAYED = "Idempotent-Replayed"


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
