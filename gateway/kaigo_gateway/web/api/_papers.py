"""Papers, assessments and grant programmes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kaigo_gateway._papers import exporters
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.claims import Assessment, Claim
from kaigo_gateway.plugins._programmes import grant_programmes
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE
from kaigo_gateway.web._papers import REPORTS, all_papers, assessment_of, paper
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._attachment import attachment
from kaigo_gateway.web.api._operation import Operation, model_body, query_of, reply
from kaigo_gateway.web.api.models import (
    ExpenseList,
    LanguageQuery,
    PaperInfo,
    PaperList,
    ProgrammeDetail,
    ProgrammeInfo,
    ProgrammeList,
)

if TYPE_CHECKING:
    from aiohttp import web

_TAG: Final = N_("Claims and papers")


async def known_papers(request: web.Request) -> list[PaperInfo]:
    """All papers that can be written here, titles in the reader's language."""
    gateway, language = request.config_dict[GATEWAY], request[LANGUAGE]
    domains = await _domains(request)
    found = [
        PaperInfo(
            name=exporter.name,
            title=translate(exporter.title, domains.get(exporter.name, "kaigo_gateway"), language),
            filename=exporter.filename,
            media_type=exporter.media_type,
            default=exporter.default,
        )
        for exporter in await exporters(gateway)
    ]
    reports = [
        PaperInfo(
            name=name, title=translate(title, language=language), filename=filename,
            media_type=media_type, default=True,
        )
        for name, (filename, media_type, title) in REPORTS.items()
    ]  # fmt: skip
    return [*reports, *found]


async def _domains(request: web.Request) -> dict[str, str]:
    """Which plugin's catalogue holds the title of which exporter."""
    called = await request.config_dict[GATEWAY].host.call("gateway_exporters")
    return {
        exporter.name: outcome.plugin.domain or "kaigo_gateway"
        for outcome in called.outcomes
        for exporter in outcome.value or ()
    }


async def papers(request: web.Request) -> web.StreamResponse:
    """The papers of a Setup."""
    await request.config_dict[GATEWAY].ledger.row(request.match_info["id"])
    return tagged(request, reply(PaperList(items=tuple(await known_papers(request)))))


async def one_paper(request: web.Request) -> web.StreamResponse:
    """One paper as a file."""
    query_of(request, LanguageQuery)
    gateway, setup_id = request.config_dict[GATEWAY], request.match_info["id"]
    await gateway.ledger.row(setup_id)
    if request.match_info["name"] not in {each.name for each in await known_papers(request)}:
        raise problem("NOT_FOUND")
    found = await paper(gateway, setup_id, request.match_info["name"], request[LANGUAGE])
    return attachment(found.filename, found.data, found.media_type)


async def zipped(request: web.Request) -> web.StreamResponse:
    """All default papers in one ZIP."""
    query_of(request, LanguageQuery)
    setup_id = request.match_info["id"]
    data = await all_papers(request.config_dict[GATEWAY], setup_id, request[LANGUAGE])
    return attachment(f"{setup_id}.zip", data, "application/zip")


async def assessment(request: web.Request) -> web.StreamResponse:
    """The assessment of a Setup's expense records."""
    view = await request.config_dict[GATEWAY].view(request.match_info["id"])
    found = assessment_of(view.results)
    if found is None:
        raise problem("NO_ASSESSMENT")
    return tagged(request, reply(found))


async def expenses(request: web.Request) -> web.StreamResponse:
    """The expense records of a Setup."""
    view = await request.config_dict[GATEWAY].view(request.match_info["id"])
    return tagged(request, reply(ExpenseList(items=tuple(view.expenses))))


async def programmes(request: web.Request) -> web.StreamResponse:
    """The grant programmes that plugins know."""
    items = [
        ProgrammeInfo(
            id=each.id, fiscal_year=each.fiscal_year, title=translate(each.title, domain, request[LANGUAGE])
        )
        for each, domain in await grant_programmes(request.config_dict[GATEWAY])
    ]
    return tagged(request, reply(ProgrammeList(items=tuple(items))))


async def programme(request: web.Request) -> web.StreamResponse:
    """One programme with its rules, their sources and open questions, as ``grant programmes --json``."""
    query_of(request, LanguageQuery)
    name, year = request.match_info["programme"], request.match_info["year"]
    for each, domain in await grant_programmes(request.config_dict[GATEWAY]):
        if (each.id, str(each.fiscal_year)) == (name, year):
            title = translate(each.title, domain, request[LANGUAGE])
            body = ProgrammeDetail(
                id=each.id, fiscal_year=each.fiscal_year, title=title, rules=dict(each.rules)
            )
            return tagged(request, reply(body))
    raise problem("NOT_FOUND")


async def assess(request: web.Request) -> web.StreamResponse:
    """Assess a claim, as ``grant assess`` does; nothing is recorded."""
    claim = await model_body(request, Claim)
    for programme, _ in await grant_programmes(request.config_dict[GATEWAY]):
        if (programme.id, programme.fiscal_year) == (claim.programme, claim.fiscal_year):
            return reply(await asyncio.to_thread(programme.assess, claim))
    raise InputError(
        N_("No rules are installed for programme {programme} of fiscal year {year}."),
        N_("Known programmes stand at /api/v1/programmes."),
        programme=claim.programme,
        year=claim.fiscal_year,
    )


_ONE: Final = "/setups/{id}"
OPERATIONS: Final = (
    Operation(
        "GET", f"{_ONE}/expenses", expenses, N_("The expense records"), _TAG, ExpenseList, headers=("ETag",)
    ),
    Operation(
        "GET", f"{_ONE}/assessment", assessment,
        N_("The assessment of the expense records"), _TAG, Assessment,
        headers=("ETag",), problems=("NO_ASSESSMENT",),
    ),
    Operation(
        "GET", f"{_ONE}/papers", papers, N_("The papers that can be written"), _TAG, PaperList,
        headers=("ETag",),
    ),
    Operation(
        "GET", f"{_ONE}/papers/{{name}}", one_paper,
        N_("One paper as a file"), _TAG, "application/octet-stream",
        query=LanguageQuery, problems=("NOT_INSTALLED", "INPUT_ERROR"),
    ),
    Operation(
        "GET", f"{_ONE}/papers.zip", zipped, N_("All usual papers in one ZIP"), _TAG, "application/zip",
        query=LanguageQuery, problems=("INPUT_ERROR",),
    ),
    Operation(
        "GET", "/programmes", programmes,
        N_("The grant programmes with installed rules"), _TAG, ProgrammeList,
        headers=("ETag",),
    ),
    Operation(
        "GET", "/programmes/{programme}/{year}", programme,
        N_("One programme: limits, rates, sources and open questions"), _TAG, ProgrammeDetail,
        query=LanguageQuery, headers=("ETag",),
    ),
    Operation(
        "POST", "/assessments", assess, N_("Assess a claim; nothing is recorded"), _TAG, Assessment,
        role=Role.VIEWER, body=Claim,
    ),
)  # fmt: skip
