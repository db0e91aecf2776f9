"""A new Setup: a form with everything the office and its supporter know, tried before it is saved."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.model.expenses import ExpenseKind, SupportItem
from kaigo_gateway.model.results import Stage
from kaigo_gateway.web._certificates import judged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import Problem, problem
from kaigo_gateway.web._sites import site_of_document
from kaigo_gateway.web._uploads import Form, receive
from kaigo_gateway.web._wizard import HINTS, ROWS, START, by_field, document_of
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._render import page, say, url

if TYPE_CHECKING:
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.report.model import Report
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


def _begin(language: str) -> dict[str, str]:
    values: dict[str, str] = {"careplan.route": "client", "network.proxy": ""}
    for row, (kind, item, text) in enumerate(START):
        values |= {f"line-{row}-kind": kind, f"line-{row}-item": item}
        values[f"line-{row}-description"] = say(language, text)
    return values


def _show(request: web.Request, sheet: _Sheet, status: int = 200) -> web.Response:
    return page(
        request, "new.html", status=status, sheet=sheet, rows=range(ROWS), kinds=list(ExpenseKind),
        items=list(SupportItem), hints=HINTS, stages_to_try=list(_TRY),
    )  # fmt: skip


@needs(Role.SUPPORTER)
async def show(request: web.Request) -> web.StreamResponse:
    """The empty form."""
    return _show(request, _Sheet(_begin(request[LANGUAGE])))


@needs(Role.SUPPORTER)
async def send(request: web.Request) -> web.StreamResponse:
    """Save the Setup, or try a part of it first."""
    async with receive(request, keep=True) as form:
        sheet = _Sheet(dict(form.fields))
        await _take_files(request, form, sheet)
    site = _site(request, sheet)
    wish = sheet.values.pop("wish", "save")
    if site is None or (sheet.judged is not None and not sheet.judged.installed):
        return _show(request, sheet, 422)
    gateway = request.config_dict[GATEWAY]
    if wish in _TRY:
        sheet.tried = _TRY[wish]
        sheet.report = await gateway.check(site, _TRY[wish], request[LANGUAGE])
        return _show(request, sheet)
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
    web.post("/new/file", from_file, name="new_file"),
)
