"""The readers of this terminal, tried by themselves; nothing is recorded."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from kaigo_gateway.model.results import Stage
from kaigo_gateway.model.site import Office, Site, Supporter
from kaigo_gateway.setup._runner import load_site
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, READERS
from kaigo_gateway.web._readers import WORDS
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import html, page

NOBODY: Final = Site(
    office=Office(number="0000000000", name="-", services=("11",)), supporter=Supporter(name="-")
)
"""Stands in where the readers of this terminal are tried without any office."""


async def _readers(request: web.Request, **found: Any) -> web.Response:
    gateway = request.config_dict[GATEWAY]
    rows, seen = await gateway.setups(limit=20), await request.config_dict[READERS].now(gateway)
    shown = {"rows": rows, "seen": seen, "state_of": WORDS, "chosen": "", "report": None}
    return page(request, "readers.html", **{**shown, **found})


@needs(Role.VIEWER)
async def readers(request: web.Request) -> web.StreamResponse:
    """The readers of this terminal."""
    return await _readers(request)


@needs(Role.VIEWER)
async def readers_now(request: web.Request) -> web.StreamResponse:
    """The readers' present state alone; 304 while nothing has changed."""
    seen = await request.config_dict[READERS].now(request.config_dict[GATEWAY])
    text = html(request, "readers_now.html", {"seen": seen, "state_of": WORDS})
    return tagged(request, web.Response(text=text, content_type="text/html"))


@needs(Role.SUPPORTER)
async def exercise(request: web.Request) -> web.StreamResponse:
    """Exercise the readers now."""
    gateway = request.config_dict[GATEWAY]
    chosen = (await form_of(request)).get("setup", "")
    site = load_site((await gateway.ledger.row(chosen)).document) if chosen else NOBODY
    report = await gateway.check(site, Stage.READER, request[LANGUAGE])
    return await _readers(request, chosen=chosen, report=report)


ROUTES: Final = (
    web.get("/readers", readers, name="readers"),
    web.post("/readers", exercise),
    web.get("/readers/now", readers_now, name="readers_now"),
)
