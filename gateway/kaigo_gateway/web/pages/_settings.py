"""The settings page: what an administrator may change, what is only shown, and links for other people."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web._keys import ACCESS, GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._settings import (
    EDITABLE,
    ChangedElsewhere,
    change,
    in_file,
    overridden,
    version_of,
)
from kaigo_gateway.web.access import Role, TokenAccess, needs
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import page, see_other, url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHANGED: Final = N_(
    "The settings file was changed elsewhere meanwhile; nothing was written."
    " Please look again and save once more."
)


async def _show(request: web.Request, *, status: int = 200, **found: Any) -> web.Response:
    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    file = gateway.settings.file
    shown: dict[str, Any] = {"wrong": {}, "entered": {}, "trouble": "", "link": "", "saved": False, **found}
    written, trouble = await _written(file, request[LANGUAGE])
    return page(
        request, "settings.html", status=status, settings=gateway.settings, options=options, file=file,
        ledger=gateway.ledger.where, tokens=options.tokens, editable=EDITABLE, overridden=overridden,
        written=written or gateway.settings,
        file_version=await asyncio.to_thread(version_of, file) if file else "",
        may_link=isinstance(request.config_dict[ACCESS], TokenAccess),
        **{**shown, "trouble": shown["trouble"] or trouble},
    )  # fmt: skip


async def _written(file: Path | None, language: str) -> tuple[Any, str]:
    """The settings as the file has them now, or what is wrong with it."""
    if file is None:
        return None, ""
    try:
        return await asyncio.to_thread(in_file, file), ""
    except GatewayError as error:
        return None, error.text(language)


@needs(Role.ADMINISTRATOR)
async def settings(request: web.Request) -> web.StreamResponse:
    """Settings in force, and those that may be changed here."""
    return await _show(request, saved="saved" in request.query)


@needs(Role.ADMINISTRATOR)
async def save(request: web.Request) -> web.StreamResponse:
    """Write the changed settings; mistakes are said beside their field and nothing is written."""
    gateway, form = request.config_dict[GATEWAY], await form_of(request)
    file = gateway.settings.file
    if file is None:
        raise web.HTTPNotFound
    try:
        wrong: Mapping[str, str] = await asyncio.to_thread(change, gateway, file, form)
    except ChangedElsewhere:
        return await _show(request, status=409, entered=form, trouble=_say(request, CHANGED))
    except GatewayError as error:
        return await _show(request, status=422, entered=form, trouble=error.text(request[LANGUAGE]))
    if wrong:
        return await _show(request, status=422, entered=form, wrong=wrong, trouble=wrong.get("", ""))
    return see_other(f"{url(request, 'settings')}?saved")


def _say(request: web.Request, message: str) -> str:
    from kaigo_gateway.web.pages._render import say

    return say(request[LANGUAGE], message)


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
    address = request.app.router["login_link"].url_for(secret=secret)
    return await _show(request, link=str(request.url.with_path(str(address))))


ROUTES: Final = (
    web.get("/settings", settings, name="settings"),
    web.post("/settings", save),
    web.post("/settings/link", make_link, name="settings_link"),
)
