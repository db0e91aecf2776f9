"""Idempotency-Key: a POST that is sent twice is done once (draft-ietf-httpapi-idempotency-key-header).

Every POST route of the API passes :func:`keyed`, those of plugins too, so no handler can forget it. The first
answer is kept under caller, operation and key: the same request gets it again, another one is refused (422),
and while the first is still running the second is too (409). A refused request was not done, so nothing is
kept of it.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.web._answers import MOST_BYTES, Answer
from kaigo_gateway.web._keys import FILED, HELD, OPTIONS, PRINCIPAL
from kaigo_gateway.web._problems import Problem, problem
from kaigo_gateway.web._uploads import FORM, receive
from kaigo_gateway.web.api._operation import read_body

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from kaigo_gateway.web._answers import Filed, Held
    from kaigo_gateway.web.api._operation import Operation

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
_LONGEST: Final = 200
_OF_THE_MOMENT: Final = frozenset({"content-length", "date", "server", "set-cookie"})


@dataclass(frozen=True, slots=True)
class _Way:
    """``durable``: answers outlive the service. ``form``: a form is taken apart; ``own``: who knows how."""

    durable: bool
    form: bool = False
    own: bool = False

    def reads_form(self, request: web.Request) -> bool:
        """Whether the body is only known when the handler has read it."""
        return self.form or (self.own and request.content_type == "multipart/form-data")


def keyed(operation: Operation, prefix: str) -> web.RouteDef:
    """The route of an operation below ``prefix``; a POST remembers its answers by key."""
    form = bool(operation.parts) or operation.more_files
    return _keyed_route(operation.route(prefix), _Way(operation.durable, form))


def keyed_bare(route: web.RouteDef) -> web.RouteDef:
    """The same for a plugin's bare route; what it does is not known, so its answers outlive the service."""
    return _keyed_route(route, _Way(durable=True, own=True))


def _keyed_route(route: web.RouteDef, way: _Way) -> web.RouteDef:
    if route.method not in {"POST", "*"}:
        return route
    return web.RouteDef(route.method, route.path, _once(route.handler, way), route.kwargs)


def _once(handler: Any, way: _Way) -> Handler:
    async def once(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST":
            answer: web.StreamResponse = await handler(request)
            return answer
        if not 1 <= len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
            raise problem("BAD_REQUEST", detail=HEADER)
        return await _answered(request, handler, way, key)

    # a class-based view is a handler too; of a class only its name and mark are taken over
    return wraps(handler, updated=() if isinstance(handler, type) else ("__dict__",))(once)


async def _answered(request: web.Request, handler: Handler, way: _Way, key: str) -> web.StreamResponse:
    answers: Filed | Held = request.config_dict[FILED if way.durable else HELD]
    name = _name(request, key)
    kept = await answers.find(name)
    if kept is None:
        async with answers.running(name) as mine:
            if not mine:
                raise problem("KEY_IN_USE", Retry_After="1")
            kept = await answers.find(name)  # the first may have ended in between
            if kept is None:
                response, answer = await _first(request, handler, way)
                if answer is not None:
                    await answers.keep(name, answer)
                return response
    return await _again(request, kept, way)


def _name(request: web.Request, key: str) -> str:
    """Where an answer stands: one caller's key for one operation is nobody else's."""
    caller = request.get(PRINCIPAL)
    who = f"{caller.by}/{caller.role}/{caller.key}" if caller else f"nobody/{request.remote}"
    resource = request.match_info.route.resource
    assert resource is not None
    return hashlib.sha256(f"{who}\nPOST {resource.canonical}\n{key}".encode()).hexdigest()


async def _first(
    request: web.Request, handler: Handler, way: _Way
) -> tuple[web.StreamResponse, Answer | None]:
    """Do it, and say what to remember; nothing of a stream that changed nothing and whose reader has gone."""
    asked = None if way.reads_form(request) else await _document(request, way)
    response = await handler(request)
    size, form = 0, request.get(FORM)
    if asked is None and form is not None:
        asked, size = _print(request, form.print_of()), sum(each.size for each in form.files)
    body = _body_of(response)
    if body is None and not way.durable and request.transport is None:
        return response, None
    headers = () if body is None else tuple(_lasting(response))
    return response, Answer(asked, size, response.status, headers, body)


async def _again(request: web.Request, kept: Answer, way: _Way) -> web.Response:
    """The first answer once more. Raises problems 409, 422."""
    if kept.request is not None and await _asked_again(request, kept, way) != kept.request:
        raise problem("KEY_REUSED")
    if kept.request is None or kept.body is None:
        raise problem("ANSWER_NOT_KEPT")
    response = web.Response(body=kept.body, status=kept.status, headers=kept.headers)
    response.headers[REPLAYED] = "true"
    return response


async def _asked_again(request: web.Request, kept: Answer, way: _Way) -> str | None:
    if not way.reads_form(request):
        return await _document(request, way)
    try:
        async with receive(request, most=max(kept.size, 1)) as form:
            return _print(request, form.print_of())
    except Problem as trouble:
        if trouble.code in {"TOO_LARGE", "MEDIA_TYPE"}:  # so it cannot be what was sent first
            return None
        raise


async def _document(request: web.Request, way: _Way) -> str:
    """What a document says. A bare route's is read by aiohttp, whose own methods find it again then."""
    if not way.own:
        return _print(request, await read_body(request))
    try:
        async with asyncio.timeout(request.config_dict[OPTIONS].body_time_limit):
            return _print(request, await request.read())
    except TimeoutError:
        raise problem("TOO_SLOW") from None


def _print(request: web.Request, body: bytes) -> str:
    return hashlib.sha256(f"{request.path_qs}\n{request.content_type}\n".encode() + body).hexdigest()


def _body_of(response: web.StreamResponse) -> bytes | None:
    """The bytes of an answer; None for one that is streamed or too long to keep."""
    body = response.body if isinstance(response, web.Response) else None
    if isinstance(response, web.Response) and body is None:
        return b""
    return body if isinstance(body, bytes) and len(body) <= MOST_BYTES else None


def _lasting(response: web.StreamResponse) -> list[tuple[str, str]]:
    return [(key, value) for key, value in response.headers.items() if key.lower() not in _OF_THE_MOMENT]
