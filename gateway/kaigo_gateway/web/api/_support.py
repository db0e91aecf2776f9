"""Support: plugins, reason codes, the ledger's verification, diagnostics, one-time links."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.web._etags import etag_of, tagged, with_tag
from kaigo_gateway.web._keys import ACCESS, GATEWAY, LANGUAGE, OPTIONS, REASONS
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._support import bundle, plugin_states, reasons, zipped
from kaigo_gateway.web._support import one_reason as find_reason
from kaigo_gateway.web.access import Role, TokenAccess
from kaigo_gateway.web.api._attachment import attachment
from kaigo_gateway.web.api._operation import JSON, Operation, model_body, query_of, reply
from kaigo_gateway.web.api.models import (
    Bundle,
    DiagnosticsQuery,
    LanguageQuery,
    LedgerCheck,
    LedgerFaultInfo,
    LoginLink,
    LoginLinkWanted,
    PluginList,
    ReasonInfo,
    ReasonList,
)

_TAG: Final = N_("Support")


async def plugins(request: web.Request) -> web.StreamResponse:
    """Every installed plugin."""
    items = plugin_states(request.config_dict[GATEWAY], request[LANGUAGE])
    return tagged(request, reply(PluginList(items=tuple(items))))


async def index(request: web.Request) -> web.StreamResponse:
    """Every reason code."""
    query_of(request, LanguageQuery)
    items = reasons(request.config_dict[GATEWAY], request[LANGUAGE])
    return tagged(request, reply(ReasonList(items=tuple(items))))


async def one_reason(request: web.Request) -> web.StreamResponse:
    """One reason code."""
    query_of(request, LanguageQuery)
    documents, key = request.app[REASONS], (request.match_info["code"], request[LANGUAGE])
    found = documents.get(key)
    if found is None:
        reason = find_reason(request.app[GATEWAY], *key)
        if reason is None:
            raise problem("NOT_FOUND")
        body = reason.model_dump_json(by_alias=True).encode()
        found = documents[key] = (body, etag_of(body))
    body, tag = found
    return with_tag(request, web.Response(body=body, content_type=JSON), tag)


async def verification(request: web.Request) -> web.StreamResponse:
    """Look for any changed, missing or reordered record."""
    found = await request.config_dict[GATEWAY].verify()
    faults = tuple(LedgerFaultInfo(code=f.code, place=f.place, detail=f.detail) for f in found.faults)
    body = LedgerCheck(
        intact=found.intact,
        setups=found.setups,
        records=found.records,
        seals=found.seals,
        claims=found.claims,
        entries=found.entries,
        faults=faults,
    )
    return reply(body)


async def diagnostics(request: web.Request) -> web.StreamResponse:
    """Everything that a bundle would hold, before it is saved."""
    query = query_of(request, DiagnosticsQuery)
    return reply(await bundle(request.config_dict[GATEWAY], query.setup, request[LANGUAGE]))


async def diagnostics_zip(request: web.Request) -> web.StreamResponse:
    """The bundle as a file."""
    query = query_of(request, DiagnosticsQuery)
    found = await bundle(request.config_dict[GATEWAY], query.setup, request[LANGUAGE])
    return attachment("kaigo-gateway-diagnostics.zip", zipped(found), "application/zip")


async def login_link(request: web.Request) -> web.StreamResponse:
    """A one-time link for another person."""
    wanted = await model_body(request, LoginLinkWanted)
    access, options = request.config_dict[ACCESS], request.config_dict[OPTIONS]
    if not isinstance(access, TokenAccess):
        raise problem("NOT_FOUND")
    secret = access.sessions.new_link(wanted.role)
    address = request.url.with_path(str(request.app.router["login_link"].url_for(secret=secret)))
    body = LoginLink(url=str(address), role=wanted.role, seconds=int(options.link_seconds))
    return reply(body, status=201)


OPERATIONS: Final = (
    Operation(
        "GET", "/plugins", plugins, N_("Every installed plugin and its state"), _TAG, PluginList,
        headers=("ETag",),
    ),
    Operation(
        "GET", "/reasons", index, N_("Every reason code with its remedy"), _TAG, ReasonList,
        query=LanguageQuery, headers=("ETag",),
    ),
    Operation(
        "GET", "/reasons/{code}", one_reason, N_("One reason code"), _TAG, ReasonInfo,
        query=LanguageQuery, headers=("ETag",),
    ),
    Operation(
        "GET", "/ledger/verification", verification,
        N_("Verify the ledger's chains, seals and signatures"), _TAG, LedgerCheck,
    ),
    Operation(
        "GET", "/diagnostics", diagnostics, N_("Preview a diagnostics bundle"), _TAG, Bundle,
        role=Role.SUPPORTER, query=DiagnosticsQuery, problems=("SETUP_UNKNOWN",),
    ),
    Operation(
        "GET", "/diagnostics.zip", diagnostics_zip, N_("Save a diagnostics bundle"), _TAG, "application/zip",
        role=Role.SUPPORTER, query=DiagnosticsQuery, problems=("SETUP_UNKNOWN",),
    ),
    Operation(
        "POST", "/login-links", login_link, N_("Make a one-time link for another person"), _TAG, LoginLink,
        role=Role.ADMINISTRATOR, status=201, body=LoginLinkWanted, problems=("NOT_FOUND",),
    ),
)  # fmt: skip
