"""Files judged: against the standard, and for January 2027."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web import GATEWAY, rules_of, without_folder
from pydantic import ValidationError

from kaigo_careplan_link.link._site import site_settings
from kaigo_careplan_link.link.settings import CareplanSettings
from kaigo_careplan_link.rest._forms import dropped, over_files

if TYPE_CHECKING:
    from pathlib import Path

_DOMAIN: Final = "kaigo_careplan_link"


async def check(request: web.Request) -> web.StreamResponse:
    """Check files with a profile and changed rules, as ``careplan validate`` does.

    With ``setup_id`` both begin with what the site file of that Setup says; the form's own come on top.
    """
    async with dropped(request) as (folder, fields):
        settings = await _settings(request, fields.get("setup_id", ""))
        document = await asyncio.to_thread(_checked, folder, fields, settings)
    return web.json_response(without_folder(document, f"{folder}"))


def _checked(folder: Path, fields: dict[str, str], settings: CareplanSettings) -> dict[str, Any]:
    from kaigo_careplan_link.files import validate

    rules = {**settings.rules, **rules_of(fields.get("rules", ""))}
    shown = fields.get("show_values", "") == "true"
    return validate(
        [folder], fields.get("profile") or settings.profile, rules=rules, show_values=shown
    ).as_dict()


async def _settings(request: web.Request, setup_id: str) -> CareplanSettings:
    """The plugin's settings in the site file of a Setup, their defaults without one."""
    if not setup_id:
        return CareplanSettings()
    view = await request.config_dict[GATEWAY].view(setup_id)
    try:
        return site_settings(view.site)
    except ValidationError as error:
        raise InputError(
            N_("The settings [plugins.careplan_link] of Setup {id} do not fit: {detail}"),
            N_("Leave setup_id out and send profile and rules."),
            domain=_DOMAIN,
            id=setup_id,
            detail=error.errors()[0]["msg"],
        ) from None


async def readiness(request: web.Request) -> web.StreamResponse:
    """Judge past sendings for January 2027, office by office."""

    def work(folder: Path, _fields: dict[str, str]) -> dict[str, Any]:
        from kaigo_careplan_link.files import readiness as judge

        return judge([folder]).as_dict()

    document, folder = await over_files(request, work)
    return web.json_response(without_folder(document, f"{folder}"))
