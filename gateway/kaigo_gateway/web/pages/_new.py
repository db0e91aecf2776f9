"""A new Setup: a form with everything the office and its supporter know, tried before it is saved."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.model.results import Stage
from kaigo_gateway.web._certificates import judged
from kaigo_gateway.web._estimate import by_category, estimate, programme_of, total
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import Problem, problem
from kaigo_gateway.web._sites import site_of_document
from kaigo_gateway.web._uploads import Form, receive
from kaigo_gateway.web._wizard import ROWS, by_field, document_of
from kaigo_gateway.web._wizard_words import HINTS, LABELS, LINES, START
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import html, page, say, url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.site import Site
    from kaigo_gateway.report.model import Report
    from kaigo_gateway.settings import SupporterSettings
    from kaigo_gateway.web.api.models import JudgedCertificate

_TRY: Final = {each.value: each for each in (Stage.CERTIFICATE, Stage.READER, Stage.PLATFORM, Stage.CAREPLAN)}


@dataclass(slots=True)
class _Sheet:
    """The form as it is shown again."""

    values: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    judged: JudgedCertificate | None = None
    report: Report | None = None
    tried: Stage | None = None
    fresh: bool = False


def _begin(language: str, supporter: SupporterSettings) -> dict[str, str]:
    values: dict[str, str] = {"careplan.route": "client", "network.proxy": ""}
    values |= {f"supporter.{key}": value or "" for key, value in supporter}
    for row, kind in enumerate(START):
        values[f"line-{row}-kind"] = kind
        values[f"line-{row}-description"] = say(language, LINES[kind])
    return values


async def _show(request: web.Request, sheet: _Sheet, status: int = 200) -> web.Response:
    programme = await programme_of(request.config_dict[GATEWAY])
    services = programme.services if programme else ()
    return page(
        request, "new.html", status=status, sheet=sheet, rows=range(ROWS), kinds=LINES, hints=HINTS,
        labels=LABELS, categories=list(by_category(services, request[LANGUAGE])),
        sums=await _sums(request, sheet.values),
    )  # fmt: skip


async def _sums(request: web.Request, values: Mapping[str, str]) -> str:
    """The running total and what the grant would bring, as a fragment."""
    document, _ = document_of(values)
    programme = await programme_of(request.config_dict[GATEWAY])
    found = await estimate(programme, document)
    return html(request, "new_sums.html", {"total": total(document), "found": found, "programme": programme})


@needs(Role.SUPPORTER)
async def show(request: web.Request) -> web.StreamResponse:
    """The empty form; who does the work may stand in the settings."""
    begin = _begin(request[LANGUAGE], request.config_dict[GATEWAY].settings.supporter)
    return await _show(request, _Sheet(begin, fresh=True))


@needs(Role.SUPPORTER)
async def look(request: web.Request) -> web.StreamResponse:
    """What is wrong with the form so far, by field, and its sums: asked as fields are left; keeps nothing."""
    sheet = _Sheet(await form_of(request))
    _site(request, sheet)
    language = request[LANGUAGE]
    wrong = {name: say(language, text) for name, text in sheet.wrong.items()}
    return web.json_response({"wrong": wrong, "sums": await _sums(request, sheet.values)})


@needs(Role.SUPPORTER)
async def send(request: web.Request) -> web.StreamResponse:
    """Save the Setup, or try a part of it first."""
    async with receive(request, keep=True) as form:
        sheet = _Sheet(dict(form.fields))
        await _take_files(request, form, sheet)
    site = _site(request, sheet)
    wish = sheet.values.pop("wish", "save")
    if site is None or (sheet.judged is not None and not sheet.judged.installed):
        return await _show(request, sheet, 422)
    gateway = request.config_dict[GATEWAY]
    if wish in _TRY:
        sheet.tried = _TRY[wish]
        sheet.report = await gateway.check(site, _TRY[wish], request[LANGUAGE])
        return await _show(request, sheet)
    setup_id = await gateway.create(site)
    gateway.engine.kick(setup_id)
    raise web.HTTPSeeOther(url(request, "setup", id=setup_id))


async def _take_files(request: web.Request, form: Form, sheet: _Sheet) -> None:
    """Judge and keep the certificate at once; keep the PEM files for the document; forget the password."""
    if any(upload.field == "file" for upload in form.files):
        form.fields["office_number"] = form.fields.get("office.number", "")
        try:
            sheet.judged = await judged(request.config_dict[GATEWAY], form, request[LANGUAGE], install=True)
        except Problem as trouble:
            if trouble.code != "NOT_VALID":
                raise
            sheet.wrong["office.number"] = HINTS["office.number"]
    sheet.values.pop("password", None)
    uploads = request.config_dict[OPTIONS].uploads
    names = {
        "platform.ca": "platform.ca_file",
        "careplan.ca": "careplan.ca_file",
        "issuer": "certificate.issuer_file",
    }
    for upload in form.files:
        if upload.field in names:
            sheet.values[names[upload.field]] = upload.path.relative_to(uploads).as_posix()
        else:
            upload.path.unlink(missing_ok=True)


def _site(request: web.Request, sheet: _Sheet) -> Site | None:
    document, rows = document_of(sheet.values)
    try:
        return site_of_document(document, request.config_dict[GATEWAY], request.config_dict[OPTIONS])
    except Problem as trouble:
        sheet.wrong |= by_field(trouble.errors, rows)
        return None


@needs(Role.SUPPORTER)
async def from_file(request: web.Request) -> web.StreamResponse:
    """Open a Setup from a site file."""
    gateway = request.config_dict[GATEWAY]
    async with receive(request) as form:
        document = _parsed(form)
    site = site_of_document(document, gateway, request.config_dict[OPTIONS])
    setup_id = await gateway.create(site)
    gateway.engine.kick(setup_id)
    raise web.HTTPSeeOther(url(request, "setup", id=setup_id))


def _parsed(form: Form) -> Any:
    try:
        return tomllib.loads(form.one("file").path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise problem("BAD_REQUEST", detail=f"TOML: {error}"[:300]) from None


ROUTES: Final = (
    web.get("/new", show, name="new"),
    web.post("/new", send),
    web.post("/new/look", look, name="new_look"),
    web.post("/new/file", from_file, name="new_file"),
)
