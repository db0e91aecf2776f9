"""Events as streams: of one Setup its records and live progress, of all Setups their summaries."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.web._feeds import event_bytes
from kaigo_gateway.web._keys import FEEDS, GATEWAY, OVERVIEW, STOPPING
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._slots import stream_slot
from kaigo_gateway.web.api._operation import Operation, query_of
from kaigo_gateway.web.api.models import EventsQuery, LanguageQuery

if TYPE_CHECKING:
    from kaigo_gateway.web._feeds import Client, Feed

HEARTBEAT: Final = 15.0
"""Seconds after which a comment is sent, so that nothing on the way closes a quiet stream."""

_IDLE: Final = frozenset({"done", "waiting", "failed"})


def resume_after(request: web.Request) -> int:
    """Number of the last record that the client has (``Last-Event-ID``). Raises problem 400."""
    text = request.headers.get("Last-Event-ID", "0") or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 12:  # noqa: PLR2004
        raise problem("BAD_REQUEST", detail="Last-Event-ID")
    return int(text)


async def events(request: web.Request) -> web.StreamResponse:
    """Stream events; resume behind ``Last-Event-ID``."""
    setup_id, after = request.match_info["id"], resume_after(request)
    until_idle = query_of(request, EventsQuery).until == "idle"
    await request.config_dict[GATEWAY].ledger.row(setup_id)
    with (
        stream_slot(request),
        request.config_dict[FEEDS].join(setup_id) as (feed, client),
        suppress(ConnectionError),
    ):
        response = await _begun(request)
        await feed.loaded.wait()
        await _send(
            response, feed, client, after, until_idle=until_idle, stopping=request.config_dict[STOPPING]
        )
    return response


async def _begun(request: web.Request) -> web.StreamResponse:
    """The stream's head, and how long a browser waits before it comes back."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    await response.write(b"retry: 2000\n\n")
    return response


async def all_events(request: web.Request) -> web.StreamResponse:
    """Stream the summary of every Setup that changes; begin with those that the client does not have."""
    query_of(request, LanguageQuery)
    overview, stopping = request.config_dict[OVERVIEW], request.config_dict[STOPPING]
    with stream_slot(request), overview.join() as client, suppress(ConnectionError):
        response = await _begun(request)
        await overview.loaded.wait()
        sent = 0
        for number, data in overview.behind(request.headers.get("Last-Event-ID", "")):
            await response.write(data)
            sent = number
        await response.write(b"event: caught-up\ndata: {}\n\n")
        while not stopping.is_set():
            try:
                async with asyncio.timeout(HEARTBEAT):
                    event = await client.queue.get()
            except TimeoutError:
                await response.write(b": alive\n\n")
                continue
            if event is None:
                break
            if event[0] > sent:
                await response.write(event[1])
                sent = event[0]
    return response


async def _send(  # noqa: PLR0913 - one stream's whole state
    response: web.StreamResponse,
    feed: Feed,
    client: Client,
    after: int,
    *,
    until_idle: bool,
    stopping: asyncio.Event,
) -> None:
    """Write what is recorded, then what comes; a record that was sent is not sent again."""
    sent = after
    for number, data in list(feed.records):
        if number > sent:
            await response.write(data)
            sent = number
    await response.write(event_bytes("state", feed.state))
    while not stopping.is_set():
        if until_idle and feed.state.get("state") in _IDLE and client.queue.empty():
            return
        try:
            async with asyncio.timeout(HEARTBEAT):
                event = await client.queue.get()
        except TimeoutError:
            await response.write(b": alive\n\n")
            continue
        if event is None:
            return
        number, data = event
        if number == 0 or number > sent:
            await response.write(data)
            sent = max(sent, number)


OPERATIONS: Final = (
    Operation(
        "GET", "/setups/{id}/events", events,
        N_("Follow a Setup (server-sent events, resumes with Last-Event-ID)"),
        N_("Setups"), "text/event-stream", query=EventsQuery, problems=("TOO_MANY_STREAMS",),
    ),
    Operation(
        "GET", "/events", all_events,
        N_("Follow all Setups (server-sent events, resumes with Last-Event-ID)"),
        N_("Setups"), "text/event-stream", query=LanguageQuery, problems=("TOO_MANY_STREAMS",),
    ),
)  # fmt: skip
