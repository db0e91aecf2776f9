"""Diagnostics, plugins, settings, help and the API reference."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import translate
from kaigo_gateway.settings import config_file
from kaigo_gateway.web._keys import ACCESS, GATEWAY, LANGUAGE, OPERATIONS_HERE, OPTIONS
from kaigo_gateway.web._problems import CODES, problem
from kaigo_gateway.web._support import bundle, one_reason, plugin_states, reasons
from kaigo_gateway.web.access import Role, TokenAccess, needs
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import page


@needs(Role.SUPPORTER)
async def diagnostics(request: web.Request) -> web.StreamResponse:
    """The bundle before it is saved."""
    gateway, chosen = request.config_dict[GATEWAY], request.query.get("setup") or None
    if chosen is not None:
        await gateway.ledger.row(chosen)
    found = await bundle(gateway, chosen, request[LANGUAGE])
    rows = await gateway.setups(limit=20)
    return page(request, "diagnostics.html", bundle=found, rows=rows, chosen=chosen or "")


@needs(Role.VIEWER)
async def plugins(request: web.Request) -> web.StreamResponse:
    """Installed plugins."""
    return page(request, "plugins.html", items=plugin_states(request.config_dict[GATEWAY], request[LANGUAGE]))


def _settings(request: web.Request, link: str = "") -> web.Response:
    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    return page(
        request,
        "settings.html",
        settings=gateway.settings,
        options=options,
        ledger=gateway.ledger.where,
        config=config_file(),
        tokens=options.tokens,
        may_link=isinstance(request.config_dict[ACCESS], TokenAccess),
        link=link,
    )


@needs(Role.ADMINISTRATOR)
async def settings(request: web.Request) -> web.StreamResponse:
    """Settings in force; they are changed in their file."""
    return _settings(request)


@needs(Role.ADMINISTRATOR)
async def make_link(request: web.Request) -> web.StreamResponse:
    """A one-time link for another person, shown once."""
    wanted = (await form_of(request)).get("role", "")
    if wanted not in set(Role):
        raise problem("NOT_VALID", detail="role")
    access = request.config_dict[ACCESS]
    if not isinstance(access, TokenAccess):
        raise web.HTTPNotFound
    secret = access.sessions.new_link(Role(wanted))
    return _settings(
        request, str(request.url.with_path(str(request.app.router["login_link"].url_for(secret=secret))))
    )


@needs(Role.VIEWER)
async def help_index(request: web.Request) -> web.StreamResponse:
    """All reason codes, filtered by words."""
    words = request.query.get("q", "").strip()
    found = [
        each
        for each in reasons(request.config_dict[GATEWAY], request[LANGUAGE])
        if not words or words.lower() in f"{each.code} {each.message}".lower()
    ]
    return page(request, "help.html", items=found, words=words)


@needs(Role.VIEWER)
async def help_code(request: web.Request) -> web.StreamResponse:
    """One reason code."""
    found = one_reason(request.config_dict[GATEWAY], request.match_info["code"], request[LANGUAGE])
    if found is None:
        raise web.HTTPNotFound
    return page(request, "help_code.html", reason=found)


@needs(Role.VIEWER)
async def reference(request: web.Request) -> web.StreamResponse:
    """Every operation of the REST API."""
    from kaigo_gateway.web.api.openapi import problem_codes
    from kaigo_gateway.web.api.table import PREFIX

    operations, language = request.config_dict[OPERATIONS_HERE], request[LANGUAGE]
    tags = {each.tag: translate(each.tag, each.domain, language) for each in operations}
    return page(
        request, "reference.html", operations=operations, prefix=PREFIX, tags=tags, codes=CODES,
        problem_codes=problem_codes, language=language,
    )  # fmt: skip


ROUTES: Final = (
    web.get("/diagnostics", diagnostics, name="diagnostics"),
    web.get("/plugins", plugins, name="plugins"),
    web.get("/settings", settings, name="settings"),
    web.post("/settings/link", make_link, name="settings_link"),
    web.get("/help", help_index, name="help"),
    web.get("/help/{code}", help_code, name="help_code"),
    web.get("/api", reference, name="reference"),
)
