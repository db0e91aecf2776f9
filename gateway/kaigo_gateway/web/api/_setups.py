"""Setups: open, list, look at, run, run again, confirm, report."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger import renew
from kaigo_gateway.report.model import Report
from kaigo_gateway.web._document import setup_document
from kaigo_gateway.web._etags import tagged, with_tag
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._match import expected
from kaigo_gateway.web._setups import summary_of
from kaigo_gateway.web._sites import site_of_request
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._operation import JSON, Operation, model_body, query_of, reply
from kaigo_gateway.web.api.models import (
    Confirmation,
    LanguageQuery,
    PageQuery,
    Recheck,
    Rechecked,
    SetupDetail,
    SetupPage,
)

_TAG: Final = N_("Setups")


async def _detail(request: web.Request, setup_id: str, status: int) -> web.Response:
    body, tag = await setup_document(request, setup_id, request[LANGUAGE])
    location = str(request.app.router["get_setups_id"].url_for(id=setup_id))
    response = web.Response(body=body, status=status, content_type=JSON, headers={"Location": location})
    response.etag = tag
    return response


async def create(request: web.Request) -> web.StreamResponse:
    """Open a Setup; its work begins at once (the engine would find it a little later anyway)."""
    gateway = request.config_dict[GATEWAY]
    site = await site_of_request(request, gateway, request.config_dict[OPTIONS])
    setup_id = await gateway.create(site)
    gateway.engine.kick(setup_id)
    return await _detail(request, setup_id, 201)


async def index(request: web.Request) -> web.StreamResponse:
    """A page of Setups."""
    query = query_of(request, PageQuery)
    rows = await request.config_dict[GATEWAY].setups(limit=query.limit + 1, before=query.before)
    more = len(rows) > query.limit
    address = None
    if more:
        here = request.app.router["get_setups"].url_for()
        address = str(here.with_query(limit=query.limit, before=rows[query.limit - 1].cursor))
    page = SetupPage(items=tuple(summary_of(row) for row in rows[: query.limit]), next=address)
    headers = {"Link": f'<{address}>; rel="next"'} if address else None
    return tagged(request, reply(page, headers=headers))


async def show(request: web.Request) -> web.StreamResponse:
    """One Setup."""
    body, tag = await setup_document(request, request.match_info["id"], request[LANGUAGE])
    return with_tag(request, web.Response(body=body, content_type=JSON), tag)


async def run(request: web.Request) -> web.StreamResponse:
    """Have a Setup carried on; follow it by its events."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    await gateway.ledger.row(setup_id)
    seen = await expected(request)
    if seen is not None:
        await renew(gateway.ledger, setup_id, seen)
    gateway.engine.kick(setup_id)
    return await _detail(request, setup_id, 202)


async def recheck(request: web.Request) -> web.StreamResponse:
    """Run checks once more; earlier results stay in the record."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    asked = await model_body(request, Recheck)
    seen = await expected(request)
    checks = await gateway.reopen(setup_id, asked.checks, expect=seen)
    gateway.engine.kick(setup_id)
    return reply(Rechecked(checks=tuple(checks)), status=202)


async def confirm(request: web.Request) -> web.StreamResponse:
    """Enter what a person confirmed."""
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    answer = await model_body(request, Confirmation)
    seen = await expected(request)
    await gateway.confirm(setup_id, answer.key, answer.answer, expect=seen)
    gateway.engine.kick(setup_id)
    return await _detail(request, setup_id, 202)


async def report(request: web.Request) -> web.StreamResponse:
    """The report of a Setup, as ``kaigo-gateway setup show --json`` prints it."""
    query_of(request, LanguageQuery)
    found = await request.config_dict[GATEWAY].report(request.match_info["id"], request[LANGUAGE])
    fixed = found.model_copy(update={"generated_at": ""})
    response = web.json_response(found.document())
    return tagged(request, response, of=fixed.model_dump_json().encode())


_ONE = "/setups/{id}"
OPERATIONS: Final = (
    Operation(
        "GET", "/setups", index, N_("List Setups, newest first"), _TAG, SetupPage,
        query=PageQuery, headers=("ETag",),
    ),
    Operation(
        "POST", "/setups", create,
        N_("Open a Setup from a site document, JSON or TOML; its work begins"), _TAG,
        SetupDetail, role=Role.SUPPORTER, status=201, site=True, durable=True, located=True,
        problems=("PATH_NOT_ALLOWED",),
    ),
    Operation("GET", _ONE, show, N_("Look at a Setup"), _TAG, SetupDetail, headers=("ETag",)),
    Operation(
        "POST", f"{_ONE}/run", run, N_("Carry a Setup on"), _TAG, SetupDetail,
        role=Role.SUPPORTER, status=202, durable=True, if_match=True,
    ),
    Operation(
        "POST", f"{_ONE}/rechecks", recheck, N_("Run checks once more"), _TAG, Rechecked,
        role=Role.SUPPORTER, status=202, body=Recheck, durable=True, if_match=True,
        problems=("SETUP_BUSY", "INPUT_ERROR"),
    ),
    Operation(
        "POST", f"{_ONE}/confirmations", confirm, N_("Enter what a person confirmed"),
        _TAG, SetupDetail, role=Role.SUPPORTER, status=202, body=Confirmation, durable=True, if_match=True,
    ),
    Operation(
        "GET", f"{_ONE}/report", report, N_("The report in one language"), _TAG, Report,
        query=LanguageQuery, headers=("ETag",),
    ),
)  # fmt: skip
