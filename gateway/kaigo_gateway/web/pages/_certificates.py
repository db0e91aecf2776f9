"""Certificates: judge a dropped one, keep it, install it into a store, the days that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.model.results import overall
from kaigo_gateway.web._certificates import expiry_calendar, install, judged, kept, remove
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE
from kaigo_gateway.web._stores import browser_stores
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api.models import JudgedCertificate
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import download, page, url

if TYPE_CHECKING:
    from kaigo_gateway.web.api.models import CertificateInfo, JudgedFinding


async def _show(request: web.Request, answer: JudgedCertificate | None = None) -> web.Response:
    gateway, language = request.config_dict[GATEWAY], request[LANGUAGE]
    items: list[CertificateInfo] = []
    trouble = ""
    try:
        items = await kept(gateway)
    except GatewayError as error:
        trouble = error.text(language)
    offered = {each.name: each.title for each in await browser_stores(gateway, language)}
    return page(request, "certificates.html", items=items, trouble=trouble, answer=answer, stores=offered)


@needs(Role.VIEWER)
async def certificates(request: web.Request) -> web.StreamResponse:
    """Kept certificates, and a place to drop one."""
    return await _show(request)


@needs(Role.SUPPORTER)
async def drop(request: web.Request) -> web.StreamResponse:
    """Judge a dropped certificate; keep it, and install it, where that is wished and nothing fails."""
    gateway, language = request.config_dict[GATEWAY], request[LANGUAGE]
    async with receive(request) as form:
        wish, store = form.fields.get("wish"), form.fields.get("store", "")
        answer = await judged(gateway, form, language, install=wish == "install")
    if answer.installed and answer.certificate and store:
        held = answer.certificate
        more = await install(gateway, held.office_number, held.sha256, store, language)
        answer = _with(answer, more)
    return await _show(request, answer)


def _with(answer: JudgedCertificate, more: tuple[JudgedFinding, ...]) -> JudgedCertificate:
    findings = (*answer.findings, *more)
    return answer.model_copy(
        update={"findings": findings, "overall": overall([each.status for each in findings])}
    )


@needs(Role.SUPPORTER)
async def install_kept(request: web.Request) -> web.StreamResponse:
    """Install a kept certificate into a store."""
    gateway, form = request.config_dict[GATEWAY], await form_of(request)
    wanted = [form.get(name, "") for name in ("office", "sha256", "store")]
    found = await install(gateway, wanted[0], wanted[1], wanted[2], request[LANGUAGE])
    if not found:
        raise web.HTTPNotFound
    word = overall([each.status for each in found])
    return await _show(
        request, JudgedCertificate(overall=word, installed=True, certificate=None, findings=found)
    )


@needs(Role.ADMINISTRATOR)
async def remove_kept(request: web.Request) -> web.StreamResponse:
    """Remove a kept certificate for good."""
    form = await form_of(request)
    await remove(request.config_dict[GATEWAY], form.get("office", ""), form.get("sha256", ""))
    raise web.HTTPSeeOther(url(request, "certificates"))


@needs(Role.VIEWER)
async def calendar(request: web.Request) -> web.StreamResponse:
    """The last days as a calendar file."""
    data = await expiry_calendar(request.config_dict[GATEWAY], request[LANGUAGE])
    return download(data, "certificates.ics", "text/calendar")


ROUTES: Final = (
    web.get("/certificates", certificates, name="certificates"),
    web.post("/certificates", drop),
    web.post("/certificates/install", install_kept, name="certificate_install"),
    web.post("/certificates/remove", remove_kept, name="certificate_remove"),
    web.get("/certificates/calendar.ics", calendar, name="certificate_calendar"),
)
