"""Files that a site document may name, checks without a record, readers, and plugins' file validators."""

from __future__ import annotations

import asyncio
import re
import shutil
from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import Stage
from kaigo_gateway.report.model import Report
from kaigo_gateway.setup._runner import load_site
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS, READERS
from kaigo_gateway.web._presets import preset_of_setup, rules_of
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._sites import site_of_document
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web._validators import validate, validators
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._operation import Operation, Part, model_body, query_of, reply
from kaigo_gateway.web.api._validator_models import OfferedValidator, OfferedValidators, ValidatorsQuery
from kaigo_gateway.web.api.models import (
    ReaderInfo,
    ReaderList,
    StageCheck,
    UploadedFile,
    Validated,
)

_TAG: Final = N_("Files and checks")


async def upload(request: web.Request) -> web.StreamResponse:
    """Keep a file in the service's private folder; the answer's path may stand in a site document."""
    async with receive(request, keep=True) as form:
        found = form.one("file")
        relative = found.path.relative_to(request.config_dict[OPTIONS].uploads).as_posix()
        body = UploadedFile(path=relative, name=found.name, sha256=found.sha256, size=found.size)
    location = f"{request.path}/{relative.split('/')[0]}"
    return reply(body, status=201, headers={"Location": location})


async def discard(request: web.Request) -> web.StreamResponse:
    """Remove an uploaded file."""
    name = request.match_info["file"]
    folder = request.config_dict[OPTIONS].uploads / name
    if not re.fullmatch(r"[0-9a-f]{16}", name) or not folder.is_dir():
        raise problem("NOT_FOUND")
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return web.Response(status=204)


async def check(request: web.Request) -> web.StreamResponse:
    """Run the checks of one stage; nothing is recorded (``certificate`` still fills the vault)."""
    gateway = request.config_dict[GATEWAY]
    asked = await model_body(request, StageCheck)
    if (asked.setup_id is None) == (asked.site is None):
        why = N_("give exactly one of site, setup_id")
        raise problem("NOT_VALID", errors=(Mistake(place="site", why=why),))
    if asked.setup_id is not None:
        site = load_site((await gateway.ledger.row(asked.setup_id)).document)
    else:
        site = site_of_document(asked.site, gateway, request.config_dict[OPTIONS])
    report = await gateway.check(site, Stage(asked.stage), request[LANGUAGE])
    return web.json_response(report.document())


async def readers(request: web.Request) -> web.StreamResponse:
    """The readers' present state; no card is opened."""
    seen = await request.config_dict[READERS].now(request.config_dict[GATEWAY])
    items = tuple(ReaderInfo(driver=each.driver, name=each.name, states=each.states) for each in seen.readers)
    return tagged(request, reply(ReaderList(items=items, silent=seen.silent)))


async def known(request: web.Request) -> web.StreamResponse:
    """The file validators of all plugins; with a Setup, which of them its site file chooses."""
    asked, offers = query_of(request, ValidatorsQuery), await validators(request)
    preset = await preset_of_setup(request, asked.setup_id, offers.values()) if asked.setup_id else None
    items = [
        OfferedValidator(
            name=name,
            title=offer.validator.title,
            chosen=None if preset is None else name == preset.name,
            rules=dict(preset.rules) if preset is not None and name == preset.name else {},
        )
        for name, offer in offers.items()
    ]
    return tagged(request, reply(OfferedValidators(items=tuple(items))))


async def validation(request: web.Request) -> web.StreamResponse:
    """Validate files; they are removed again as soon as the answer is there.

    With ``setup_id`` the rules begin with those of that Setup's site file, whichever profile it chooses.
    """
    offers = await validators(request)
    found = offers.get(request.match_info["name"])
    if found is None:
        raise problem("NOT_FOUND")
    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        if not form.files:
            raise problem("FILE_MISSING", detail="file")
        rules = rules_of(form.fields.get("rules", ""))
        if setup_id := form.fields.get("setup_id", ""):
            siblings = [each for each in offers.values() if each.plugin is found.plugin]
            rules = {**(await preset_of_setup(request, setup_id, siblings)).rules, **rules}
        return web.json_response(await validate(found.validator, form, rules))


_FILE: Final = (Part("file", file=True, required=True),)
OPERATIONS: Final = (
    Operation(
        "POST", "/files", upload, N_("Upload a file that a site document may name"), _TAG, UploadedFile,
        role=Role.SUPPORTER, status=201, parts=_FILE, located=True, durable=True,
    ),
    Operation(
        "DELETE", "/files/{file}", discard, N_("Remove an uploaded file"), _TAG, "text/plain",
        role=Role.SUPPORTER, status=204,
    ),
    Operation(
        "POST", "/checks", check, N_("Run the checks of one stage without recording anything"), _TAG, Report,
        role=Role.SUPPORTER, body=StageCheck, problems=("SETUP_UNKNOWN", "PATH_NOT_ALLOWED"),
    ),
    Operation(
        "GET", "/readers", readers, N_("The card readers and their state now"), _TAG, ReaderList,
        headers=("ETag",),
    ),
    Operation(
        "GET", "/validators", known, N_("The file validators of all plugins"), _TAG, OfferedValidators,
        query=ValidatorsQuery, headers=("ETag",), problems=("SETUP_UNKNOWN",),
    ),
    Operation(
        "POST", "/validators/{name}", validation, N_("Validate files; nothing is kept"), _TAG, Validated,
        role=Role.SUPPORTER, problems=("SETUP_UNKNOWN",),
        parts=(
            *_FILE, Part("rules", says=N_("CODE=SEVERITY, separated by commas")),
            Part("setup_id", says=N_("a Setup whose site file gives the rules to begin with")),
        ),
    ),
)  # fmt: skip
