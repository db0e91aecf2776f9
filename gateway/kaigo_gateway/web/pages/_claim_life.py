"""The life of a claim on the page: opened, moved on, its attachments looked at; works without script."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.claims import today
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.ledger import CaseMoved, CaseTaken
from kaigo_gateway.model.cases import EvidenceFile
from kaigo_gateway.web._claims import claim_detail, examined
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._prechecks import keep_precheck, kept_precheck
from kaigo_gateway.web._problems import Problem
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api._claims import precheck_info, who
from kaigo_gateway.web.pages._render import page, see_other, url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.cases import Case
    from kaigo_gateway.web._uploads import Form
    from kaigo_gateway.web.api._claim_models import AttachmentInfo, ClaimDetail, PrecheckInfo


@dataclass(frozen=True, slots=True)
class Life:
    """What the section on a claim's life shows.

    ``claim`` is None before one is opened; ``refused`` says why something was not entered, ``entered`` what
    the form held, so that nothing has to be written twice.
    """

    claim: ClaimDetail | None = None
    setup_id: str | None = None
    attachments: tuple[AttachmentInfo, ...] = ()
    precheck: PrecheckInfo | None = None
    refused: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    today: str = ""


async def life_of_setup(request: web.Request, setup_id: str, **shown: Any) -> Life | None:
    """The life of a Setup's claim; None where no plugin says how claims of its programme live."""
    gateway = request.config_dict[GATEWAY]
    try:
        case = await gateway.claims.of_setups_office(setup_id)
        programme, _ = await gateway.claims.of_setup(setup_id)
    except GatewayError:
        return None
    attachments = _attachments(programme.life.attachments)
    detail = None if case is None else await claim_detail(gateway, case, request[LANGUAGE])
    given = {"claim": detail, "setup_id": setup_id, "attachments": attachments, "today": str(today())}
    return Life(**{**given, **shown})


def _attachments(known: Any) -> tuple[AttachmentInfo, ...]:
    from kaigo_gateway.web.api._claim_models import AttachmentInfo

    return tuple(AttachmentInfo(code=each.code, title=each.title, max_files=each.max_files) for each in known)


async def _case_page(request: web.Request, case: Case, *, status: int = 200, **shown: Any) -> web.Response:
    """The page that shows a claim: its Setup's, or its own."""
    if case.setup_id is not None:
        from kaigo_gateway.web.pages._claim import claim_page

        return await claim_page(request, case.setup_id, status=status, **shown)
    detail = await claim_detail(request.config_dict[GATEWAY], case, request[LANGUAGE])
    life = Life(claim=detail, attachments=detail.attachments, today=str(today()), **shown)
    return page(request, "case.html", status=status, life=life)


@needs(Role.VIEWER)
async def index(request: web.Request) -> web.StreamResponse:
    """All claims of the ledger, page by page."""
    return await _index(request)


async def _index(request: web.Request, *, status: int = 200, **shown: Any) -> web.Response:
    gateway, limit = request.config_dict[GATEWAY], 100
    rows = await gateway.claims.cases(limit=limit + 1, after=request.query.get("after"))
    cases = [await gateway.claims.case(row.id) for row in rows[:limit]]
    items = [await claim_detail(gateway, case, request[LANGUAGE]) for case in cases]
    programmes = await gateway.claims.programmes()
    more = rows[limit - 1].id if len(rows) > limit else None
    form = {"refused": "", "entered": {}, "today": str(today())}
    return page(
        request,
        "claims.html",
        status=status,
        items=items,
        programmes=programmes,
        more=more,
        **{**form, **shown},
    )


@needs(Role.VIEWER)
async def show(request: web.Request) -> web.StreamResponse:
    """One claim; that of a Setup is shown with the Setup's amounts and papers."""
    case = await request.config_dict[GATEWAY].claims.case(request.match_info["id"])
    if case.setup_id is not None:
        return see_other(url(request, "claim", id=case.setup_id) + "#life")
    return await _case_page(request, case)


def _values(request: web.Request, form: Form) -> dict[str, Any]:
    """What a form enters; empty fields are left to their defaults."""
    given: dict[str, Any] = {
        name: form.fields[name].strip()
        for name in ("on", "evidence", "override")
        if form.fields.get(name, "").strip()
    }
    amount = form.fields.get("amount", "").replace(",", "").replace("，", "").strip()
    if amount:
        given["amount"] = int(amount) if amount.isdecimal() else amount
    proof = next((each for each in form.files if each.field == "file"), None)
    if proof is not None:
        given["file"] = EvidenceFile(name=proof.name, sha256=proof.sha256, size=proof.size)
    return {**given, "by": who(request, form.fields.get("by", "")[:100])}


@needs(Role.SUPPORTER)
async def open_for_setup(request: web.Request) -> web.StreamResponse:
    """Open the claim of a Setup."""
    from kaigo_gateway.web.pages._claim import claim_page

    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    async with receive(request) as form:
        values = _values(request, form)
    try:
        await gateway.claims.open_for(setup_id, values)
    except CaseTaken:
        return see_other(url(request, "claim", id=setup_id) + "#life")  # somebody else was quicker: show it
    except GatewayError as error:
        refused = error.text(request[LANGUAGE])
        return await claim_page(request, setup_id, status=409, refused=refused, entered=form.fields)
    return see_other(url(request, "claim", id=setup_id) + "#life")


@needs(Role.SUPPORTER)
async def open_claim(request: web.Request) -> web.StreamResponse:
    """Open a claim that comes from no Setup."""
    gateway = request.config_dict[GATEWAY]
    async with receive(request) as form:
        values = _values(request, form)
    name, _, year = form.fields.get("programme", "").rpartition("/")
    try:
        number = form.fields.get("office_number", "").strip()
        case = await gateway.claims.open(name, int(year) if year.isdecimal() else 0, number, values)
    except GatewayError as error:
        refused = error.text(request[LANGUAGE])
        return await _index(request, status=409, refused=refused, entered=form.fields)
    return see_other(url(request, "case", id=case.id))


@needs(Role.SUPPORTER)
async def move(request: web.Request) -> web.StreamResponse:
    """Enter what happened to a claim; a refusal is shown in place, with what was written."""
    gateway = request.config_dict[GATEWAY]
    case = await gateway.claims.case(request.match_info["id"])
    async with receive(request) as form:
        values = {**_values(request, form), "state": form.fields.get("state", "")}
    try:
        if name := form.fields.get("precheck"):
            values["facts"] = await asyncio.to_thread(kept_precheck, request.config_dict[OPTIONS], case, name)
        await gateway.claims.move(case.id, values, expect=form.fields.get("seen") or None)
    except (GatewayError, Problem) as error:
        refused = _told(error, request[LANGUAGE])
        if isinstance(error, CaseMoved):
            case = await gateway.claims.case(case.id)
        return await _case_page(request, case, status=409, refused=refused, entered=form.fields)
    if case.setup_id is not None:
        return see_other(url(request, "claim", id=case.setup_id) + "#life")
    return see_other(url(request, "case", id=case.id) + "#life")


def _told(error: GatewayError | Problem, language: str) -> str:
    return error.details(language).title if isinstance(error, Problem) else error.text(language)


@needs(Role.SUPPORTER)
async def precheck_setup(request: web.Request) -> web.StreamResponse:
    """Look at the attachments of a Setup's claim; nothing is kept of the files."""
    from kaigo_gateway.web.pages._claim import claim_page

    setup_id = request.match_info["id"]
    shown = await _looked_at(request, {"setup_id": setup_id})
    return await claim_page(request, setup_id, **shown)


@needs(Role.SUPPORTER)
async def precheck_claim(request: web.Request) -> web.StreamResponse:
    """Look at the attachments of a claim that comes from no Setup; its claim file is dropped, too."""
    case = await request.config_dict[GATEWAY].claims.case(request.match_info["id"])
    return await _case_page(request, case, **await _looked_at(request, {"claim_id": case.id}))


_CLAIM_FILE: Final = "claim_file"


async def _looked_at(request: web.Request, named: Mapping[str, str]) -> dict[str, Any]:
    """What a pre-check said, or why there was none, as the page shows it."""
    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    try:
        async with receive(request) as form:
            form.fields = {**named, **_claim_in(form)}
            form.files = [each for each in form.files if each.field != _CLAIM_FILE]
            claim, found = await examined(gateway, form)
    except (GatewayError, Problem) as error:
        return {"refused": _told(error, request[LANGUAGE]), "entered": {"state": "precheck"}, "status": 409}
    name = await asyncio.to_thread(keep_precheck, options, claim, found)
    return {"precheck": precheck_info(name, found.document)}


def _claim_in(form: Form) -> dict[str, str]:
    """A dropped claim file (TOML or JSON) as the form's field ``claim``."""
    import json

    given = next((each for each in form.files if each.field == _CLAIM_FILE), None)
    if given is None:
        return {}
    text = given.path.read_text(encoding="utf-8", errors="replace")
    try:
        return {"claim": json.dumps(tomllib.loads(text), default=str)}
    except tomllib.TOMLDecodeError:
        return {"claim": text}


ROUTES: Final = (
    web.get("/claims", index, name="claims"),
    web.post("/claims", open_claim),
    web.get("/claims/{id}", show, name="case"),
    web.post("/claims/{id}/moves", move, name="case_move"),
    web.post("/claims/{id}/precheck", precheck_claim, name="case_precheck"),
    web.post("/setups/{id}/claim/open", open_for_setup, name="claim_open"),
    web.post("/setups/{id}/claim/precheck", precheck_setup, name="claim_precheck"),
)
