"""The page of one Setup: follows a run live, shows each remedy, runs checks again, takes confirmations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.web._etags import etag_of, unchanged
from kaigo_gateway.web._keys import GATEWAY, GLANCES, LANGUAGE, LIVE, PRINCIPAL
from kaigo_gateway.web._setups import state_word
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import html, page, see_other, url
from kaigo_gateway.web.pages._setup_view import planned, view_of

if TYPE_CHECKING:
    from kaigo_gateway.web.pages._setup_view import SetupPageView


async def setup_view(request: web.Request) -> SetupPageView:
    """Everything about the Setup that the address names."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    row = await gateway.ledger.row(setup_id)
    state = await request.config_dict[GLANCES].state(gateway, row)
    running = request.config_dict[LIVE].running(setup_id)
    return view_of(gateway, row, state, await planned(gateway, row), running, request[LANGUAGE])


@needs(Role.VIEWER)
async def show(request: web.Request) -> web.StreamResponse:
    """The whole page."""
    return page(request, "setup.html", view=await setup_view(request))


@needs(Role.VIEWER)
async def fragment(request: web.Request) -> web.StreamResponse:
    """The live part alone; 304 while nothing has changed, decided before anything is rendered."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    row = await gateway.ledger.row(setup_id)
    version = request.config_dict[LIVE].version(setup_id)
    trouble = gateway.engine.troubles.get(setup_id)
    parts = (row.head_hash, row.record_count, state_word(row), version, repr(trouble), request[LANGUAGE])
    tag = etag_of(repr(parts).encode())
    if unchanged(request, tag):
        response = web.Response(status=304)
    else:
        text = html(request, "setup_live.html", {"view": await setup_view(request)})
        response = web.Response(text=text, content_type="text/html")
        response.enable_compression()
    response.etag = tag
    response.headers["Cache-Control"] = "no-cache, private"
    return response


def _back(request: web.Request) -> web.Response:
    return see_other(url(request, "setup", id=request.match_info["id"]))


@needs(Role.SUPPORTER)
async def run(request: web.Request) -> web.StreamResponse:
    """Carry the Setup on."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    await gateway.ledger.row(setup_id)
    gateway.engine.kick(setup_id)
    return _back(request)


@needs(Role.SUPPORTER)
async def recheck(request: web.Request) -> web.StreamResponse:
    """Run one check (or several) once more."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    checks = [each for each in (await form_of(request)).get("checks", "").split(",") if each]
    await gateway.reopen(setup_id, checks)
    gateway.engine.kick(setup_id)
    return _back(request)


@needs(Role.SUPPORTER)
async def confirm(request: web.Request) -> web.StreamResponse:
    """Enter a confirmation; of an attached file only its name, size and SHA-256 enter the record."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    async with receive(request) as form:
        answer: dict[str, Any] = {
            "answer": "no" if form.fields.get("answer") == "no" else "yes",
            "by": form.fields.get("by", "")[:100] or request[PRINCIPAL].role.value,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if form.files:
            proof = form.one("evidence")
            answer["evidence"] = {"file": proof.name, "sha256": proof.sha256, "size": proof.size}
    await gateway.confirm(setup_id, form.fields.get("key", ""), answer)
    gateway.engine.kick(setup_id)
    return _back(request)


ROUTES: Final = (
    web.get("/setups/{id}", show, name="setup"),
    web.get("/setups/{id}/fragment", fragment, name="setup_fragment"),
    web.post("/setups/{id}/run", run, name="setup_run"),
    web.post("/setups/{id}/recheck", recheck, name="setup_recheck"),
    web.post("/setups/{id}/confirm", confirm, name="setup_confirm"),
)
