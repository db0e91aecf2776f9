"""Claims: open, list, look at, move on; the pre-check of attachments."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger import CaseMoved
from kaigo_gateway.web._claims import claim_detail, claim_summary, claim_tag, examined
from kaigo_gateway.web._etags import tagged, with_tag
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS, PRINCIPAL
from kaigo_gateway.web._prechecks import keep_precheck, kept_precheck
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._claim_models import (
    ClaimDetail,
    ClaimPage,
    ClaimsQuery,
    NewClaim,
    NewMove,
    PrecheckInfo,
)
from kaigo_gateway.web.api._operation import JSON, Operation, Part, model_body, query_of, reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.cases import Case

_TAG: Final = N_("Claims and papers")


async def index(request: web.Request) -> web.StreamResponse:
    """A page of claims."""
    query = query_of(request, ClaimsQuery)
    wanted = {"office_number": query.office, "programme": query.programme, "state": query.state}
    narrowed = {name: value for name, value in wanted.items() if value is not None}
    desk = request.config_dict[GATEWAY].claims
    rows = await desk.cases(limit=query.limit + 1, after=query.after, **narrowed)
    address = None
    if len(rows) > query.limit:
        here = request.app.router["get_claims"].url_for()
        asked = {**query.model_dump(exclude_none=True), "after": rows[query.limit - 1].id}
        address = str(here.with_query(asked))
    page = ClaimPage(items=tuple(claim_summary(row) for row in rows[: query.limit]), next=address)
    headers = {"Link": f'<{address}>; rel="next"'} if address else None
    return tagged(request, reply(page, headers=headers))


async def _answer(request: web.Request, case: Case, status: int) -> web.Response:
    detail = await claim_detail(request.config_dict[GATEWAY], case, request[LANGUAGE])
    location = str(request.app.router["get_claims_id"].url_for(id=case.id))
    response = reply(detail, status=status, headers={"Location": location})
    response.etag = claim_tag(detail)
    return response


async def show(request: web.Request) -> web.StreamResponse:
    """One claim."""
    gateway = request.config_dict[GATEWAY]
    detail = await claim_detail(
        gateway, await gateway.claims.case(request.match_info["id"]), request[LANGUAGE]
    )
    return with_tag(
        request, web.Response(text=detail.model_dump_json(), content_type=JSON), claim_tag(detail)
    )


def who(request: web.Request, by: str) -> str:
    """Who enters it: the given name, or the caller's role."""
    return by.strip() or request[PRINCIPAL].role.value


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def create(request: web.Request) -> web.StreamResponse:
    """Open a claim of a Setup or of an office."""
    desk = request.config_dict[GATEWAY].claims
    asked = await model_body(request, NewClaim)
    entry = _given({"on": asked.on, "override": asked.override, "by": who(request, asked.by)})
    named = (asked.programme, asked.fiscal_year, asked.office_number)
    if asked.setup_id is not None and named == (None, None, None):
        return await _answer(request, await desk.open_for(asked.setup_id, entry), 201)
    if asked.setup_id is None and asked.programme and asked.fiscal_year and asked.office_number:
        case = await desk.open(asked.programme, asked.fiscal_year, asked.office_number, entry)
        return await _answer(request, case, 201)
    why = N_("give either setup_id, or all of programme, fiscal_year, office_number")
    raise problem("NOT_VALID", errors=(Mistake(place="setup_id", why=why),))


async def move(request: web.Request) -> web.StreamResponse:
    """Enter what happened to a claim."""
    desk = request.config_dict[GATEWAY].claims
    asked = await model_body(request, NewMove)
    case = await desk.case(request.match_info["id"])
    entry = _given(asked.model_dump(exclude={"precheck"})) | {"by": who(request, asked.by)}
    if asked.precheck is not None:
        options = request.config_dict[OPTIONS]
        entry["facts"] = await asyncio.to_thread(kept_precheck, options, case, asked.precheck)
    try:
        moved = await desk.move(case.id, entry, expect=_expected(request, case))
    except CaseMoved:
        raise problem("CHANGED_MEANWHILE") from None
    return await _answer(request, moved, 201)


def _expected(request: web.Request, case: Case) -> str | None:
    """The last entry that the caller saw, by ``If-Match``; None where any will do. Raises problem 412."""
    if request.if_match is None or any(tag.value == "*" for tag in request.if_match):
        return None
    head = case.entries[-1].hash
    if any(tag.value.startswith(head) and not tag.is_weak for tag in request.if_match):
        return head
    raise problem("CHANGED_MEANWHILE")


async def precheck(request: web.Request) -> web.StreamResponse:
    """Look at a claim's attachments; the files are removed as soon as they are judged."""
    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    async with receive(request) as form:
        claim, found = await examined(gateway, form)
    name = await asyncio.to_thread(keep_precheck, options, claim, found)
    return reply(precheck_info(name, found.document))


def precheck_info(name: str, document: Mapping[str, Any]) -> PrecheckInfo:
    """A programme's document in our words."""
    documents = [
        {
            **{key: each[key] for key in ("code", "title", "files")},
            "findings": [
                {
                    **{key: finding[key] for key in ("status", "reason_code", "message")},
                    "steps": finding["remedy"]["steps"],
                    "actor": finding["remedy"]["actor"],
                }
                for finding in each["findings"]
            ],
        }
        for each in document["documents"]
    ]
    shown = {"overall": document["overall"], "assessment": document.get("assessment", {})}
    return PrecheckInfo.model_validate({"id": name, **shown, "documents": documents})


_ONE: Final = "/claims/{id}"
OPERATIONS: Final = (
    Operation(
        "GET", "/claims", index, N_("List claims by id"), _TAG, ClaimPage, query=ClaimsQuery,
        headers=("ETag",),
    ),
    Operation(
        "POST", "/claims", create, N_("Open the claim of a Setup or of an office"), _TAG, ClaimDetail,
        role=Role.SUPPORTER, status=201, body=NewClaim, durable=True, located=True,
        problems=("CLAIM_TAKEN", "MOVE_REFUSED", "SETUP_UNKNOWN", "INPUT_ERROR"),
    ),
    Operation(
        "GET", _ONE, show, N_("Look at a claim"), _TAG, ClaimDetail, headers=("ETag",),
        problems=("CLAIM_UNKNOWN",),
    ),
    Operation(
        "POST", f"{_ONE}/moves", move, N_("Enter what happened to a claim"), _TAG, ClaimDetail,
        role=Role.SUPPORTER, status=201, body=NewMove, durable=True, if_match=True, located=True,
        problems=("CLAIM_UNKNOWN", "MOVE_REFUSED", "PRECHECK_UNKNOWN", "CHANGED_MEANWHILE", "INPUT_ERROR"),
    ),
    Operation(
        "POST", "/prechecks", precheck, N_("Look at a claim's attachments; nothing is kept of the files"),
        _TAG, PrecheckInfo, role=Role.SUPPORTER, more_files=True,
        parts=(
            Part("claim", says=N_("the claim as JSON, as POST /assessments takes it")),
            Part("setup_id", says=N_("instead: the Setup whose claim it is")),
            Part("claim_id", says=N_("instead: a claim of this ledger that was opened from a Setup")),
        ),
        problems=("CLAIM_NEEDED", "CLAIM_UNKNOWN", "SETUP_UNKNOWN", "INPUT_ERROR", "NOT_JSON", "NOT_VALID"),
    ),
)  # fmt: skip
