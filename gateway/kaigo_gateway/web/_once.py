"""Idempotency-Key: a POST that is sent twice is done once (draft-ietf-httpapi-idempotency-key-header).

Every POST route of the API passes :func:`keyed`, those of plugins too, so no handler can forget it. The first
answer is kept under caller, operation and key: the same request gets it again, another one is refused (422),
and while the first is still running the second is too (409). A refused request was not done, so nothing is
kept of it.
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.web._answers import MOST_BYTES, Answer
from kaigo_gateway.web._keys import FILED, HELD, OPTIONS, PRINCIPAL
from kaigo_gateway.web._problems import Problem, problem
from kaigo_gateway.web._uploads import FORM, receive
from kaigo_gateway.web.api._operation import BODY, read_body

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from kaigo_gateway.web._answers import Filed, Held

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
_LONGEST: Final = 200
_OF_THE_MOMENT: Final = frozenset({"content-length", "date", "server", "set-cookie"})


def keyed(route: web.RouteDef, *, durable: bool) -> web.RouteDef:
    """The route, where it is a POST with a memory for its answers; ``durable`` ones outlive the service."""
    if route.method not in {"POST", "*"}:
        return route
    return web.RouteDef(route.method, route.path, _once(route.handler, durable=durable), route.kwargs)


def _once(handler: Any, *, durable: bool) -> Handler:
    async def once(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST":
            answer: web.StreamResponse = await handler(request)
            return answer
        if not 1 <= len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
            raise problem("BAD_REQUEST", detail=HEADER)
        return await _answered(request, handler, key, durable=durable)

    # a class-based view is a handler too; of a class only its name and mark are taken over
    return wraps(handler, updated=() if isinstance(handler, type) else ("__dict__",))(once)


async def _answered(request: web.Request, handler: Handler, key: str, *, durable: bool) -> web.StreamResponse:
    answers: Filed | Held = request.config_dict[FILED if durable else HELD]
    name = _name(request, key)
    kept = await answers.find(name)
    if kept is None:
        async with answers.running(name) as mine:
            if not mine:
                raise problem("KEY_IN_USE", Retry_After="1")
            kept = await answers.find(name)  # the first may have ended in between
            if kept is None:
                response = await handler(request)
                if durable or not _is_broken_off(request, response):
                    await answers.keep(name, await _answer(request, response))
                return response
    return await _again(request, kept)


def _name(request: web.Request, key: str) -> str:
    """Where an answer stands: one caller's key for one operation is nobody else's."""
    caller = request.get(PRINCIPAL)
    who = f"{caller.by}/{caller.role}/{caller.key}" if caller else f"nobody/{request.remote}"
    resource = request.match_info.route.resource
    assert resource is not None
    return hashlib.sha256(f"{who}\nPOST {resource.canonical}\n{key}".encode()).hexdigest()


def _is_broken_off(request: web.Request, response: web.StreamResponse) -> bool:
    """Whether a stream's reader has gone before its end."""
    return _body_of(response) is None and request.transport is None


async def _answer(request: web.Request, response: web.StreamResponse) -> Answer:
    """What to remember: the request as the handler has read it, and the answer."""
    form = request.get(FORM)
    if form is None:
        asked, size = await _document(request), None
    else:
        asked, size = _print(request, form.print_of()), sum(each.size for each in form.files)
    body = _body_of(response)
    headers = () if body is None else tuple(_lasting(response))
    return Answer(asked, size, response.status, headers, body)


async def _document(request: web.Request) -> str | None:
    """What was sent, where the handler read it by our means or by aiohttp's; None for means of its own."""
    if BODY in request:
        return _print(request, request[BODY])
    try:
        async with asyncio.timeout(request.config_dict[OPTIONS].body_time_limit):
            body = await request.read()
    except (TimeoutError, web.HTTPException, web.RequestPayloadError):
        return None
    return _print(request, body) if len(body) == request.content.total_bytes else None


async def _again(request: web.Request, kept: Answer) -> web.Response:
    """The first answer once more. Raises problems 409, 422."""
    if kept.request is not None and await _asked_again(request, kept) != kept.request:
        raise problem("KEY_REUSED")
    if kept.request is None or kept.body is None:
        raise problem("ANSWER_NOT_KEPT")
    response = web.Response(body=kept.body, status=kept.status, headers=kept.headers)
    response.headers[REPLAYED] = "true"
    return response


async def _asked_again(request: web.Request, kept: Answer) -> str | None:
    """The request as the first one was read; None for one that cannot be the same."""
    try:
        if kept.size is None:
            return _print(request, await read_body(request))
        async with receive(request, most=max(kept.size, 1)) as form:
            return _print(request, form.print_of())
    except Problem as trouble:
        if trouble.code in {"TOO_LARGE", "MEDIA_TYPE"}:
            return None
        raise


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
