"""The installation itself: doctor, settings in force, remarks about plugins, the site file to fill in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.report.model import Report
from kaigo_gateway.settings import config_file
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._installation_models import PluginRemark, PluginRemarks, SettingsInForce
from kaigo_gateway.web.api._operation import Operation, query_of, reply
from kaigo_gateway.web.api.models import LanguageQuery

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.web._options import WebOptions

_TAG: Final = N_("Support")


async def doctor(request: web.Request) -> web.StreamResponse:
    """Examine the installation, as ``kaigo-gateway doctor`` does."""
    from kaigo_gateway.doctor import examine

    query_of(request, LanguageQuery)
    without = request.config_dict[GATEWAY].settings.plugins.without
    report = await asyncio.to_thread(examine, tuple(without))
    return web.json_response(report.document())


async def settings(request: web.Request) -> web.StreamResponse:
    """The settings in force, no secret among them."""
    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    file = config_file()
    body = SettingsInForce(
        file=str(file), file_exists=file.exists(), values=_values(gateway), service=_service(options)
    )
    return tagged(request, reply(body))


def _values(gateway: Gateway) -> dict[str, Any]:
    chosen = gateway.settings
    return {
        "language": chosen.language,
        "ledger": gateway.ledger.where,
        "vault.folder": str(chosen.vault.folder),
        "vault.passphrase": "set" if chosen.vault.passphrase is not None else None,
        "vault.keyring": chosen.vault.keyring,
        "plugins.without": list(chosen.plugins.without),
        "plugins.hook_time_limit": chosen.plugins.hook_time_limit,
        "web.host": chosen.web.host,
        "web.port": chosen.web.port,
        "web.folder": str(chosen.web.folder),
    }


def _service(options: WebOptions) -> dict[str, Any]:
    return {
        "hosts": None if options.hosts is None else sorted(options.hosts),
        "allowed_folders": [str(folder) for folder in options.files],
        "tls": options.secure,
        "max_document": options.max_document,
        "max_upload": options.max_upload,
        "max_validated": options.max_validated,
        "max_streams": options.max_streams,
        "body_time_limit": options.body_time_limit,
        "session_seconds": options.session_seconds,
        "link_seconds": options.link_seconds,
        "keep_uploads_days": options.keep_uploads_days,
    }


async def remarks(request: web.Request) -> web.StreamResponse:
    """What an installed plugin lacks, as ``plugins lint`` says it."""
    from kaigo_gateway.model.reasons import fill
    from kaigo_gateway.pluginkit import lint
    from kaigo_gateway.pluginkit._lint import MESSAGES

    name = request.match_info["plugin"]
    if name not in {candidate.name for candidate in request.config_dict[GATEWAY].host.candidates}:
        raise problem("NOT_FOUND")
    found = await asyncio.to_thread(lint, name)
    items = tuple(
        PluginRemark(
            code=each.code,
            message=fill(gettext(MESSAGES[each.code]), {"detail": each.detail}),
            grave=each.grave,
        )
        for each in found
    )
    return reply(PluginRemarks(plugin=name, items=items))


async def site_template(request: web.Request) -> web.StreamResponse:
    """The commented site file that ``setup new`` writes."""
    from kaigo_gateway.sitetemplate import site_template as template

    query_of(request, LanguageQuery)
    text = template()
    response = web.Response(text=text, content_type="application/toml", charset="utf-8")
    return tagged(request, response, of=f"{request[LANGUAGE]}\n{text}".encode())


OPERATIONS: Final = (
    Operation(
        "GET", "/doctor", doctor, N_("Examine this installation"), _TAG, Report, query=LanguageQuery,
    ),
    Operation(
        "GET", "/settings", settings, N_("The settings in force"), _TAG, SettingsInForce,
        role=Role.ADMINISTRATOR, headers=("ETag",),
    ),
    Operation(
        "GET", "/plugin-remarks/{plugin}", remarks, N_("What an installed plugin lacks"), _TAG, PluginRemarks,
    ),
    Operation(
        "GET", "/site-template", site_template, N_("A commented site file to fill in"), N_("Setups"),
        "application/toml", query=LanguageQuery, headers=("ETag",),
    ),
)  # fmt: skip
