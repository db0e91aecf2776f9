"""``kaigo-gateway grant …`` over REST, below ``/api/v1/plugins/subsidy``: what the core has not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from aiohttp import web
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Assessment, Claim
from kaigo_gateway.web import (
    GATEWAY,
    OPTIONS,
    Operation,
    Part,
    Role,
    attachment,
    model_body,
    problem,
    query_of,
    receive,
    reply,
)
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kaigo_subsidy.bulk import BulkResult
    from kaigo_subsidy.rules import RuleSet


class ReadClaim(BaseModel):
    """A claim, and the readings chosen for open questions (``same_category`` → ``once``)."""

    model_config = ConfigDict(extra="forbid")
    claim: Claim
    readings: Mapping[str, str] = Field(default_factory=dict, max_length=50)


class Facts(BaseModel):
    """Facts of an office by key; what is not known is left out. The answer says which are asked."""

    model_config = ConfigDict(extra="forbid")
    facts: Mapping[str, bool | int | str] = Field(default_factory=dict, max_length=100)


class RelatedProgrammes(BaseModel):
    """``kaigo-gateway/related/1``: what other programmes ask for, and what is met."""

    model_config = ConfigDict(extra="allow")
    schema_: Literal["kaigo-gateway/related/1"] = Field(alias="schema")
    programmes: tuple[Mapping[str, Any], ...]


class BulkSummary(BaseModel):
    """``kaigo-gateway/bulk/1``: totals by verdict, prefecture, category and reason; who has not claimed."""

    model_config = ConfigDict(extra="allow")
    schema_: Literal["kaigo-gateway/bulk/1"] = Field(alias="schema")
    offices: int
    grant: int


class ForProgramme(BaseModel):
    """A programme and its fiscal year (the present one where it is left out)."""

    model_config = ConfigDict(extra="forbid")
    programme: str = Field(default="kiban-office", min_length=1, max_length=100)
    fiscal_year: int | None = Field(default=None, ge=2000, le=2100)
    lang: Literal["ja", "en"] | None = None


class BulkColumns(BaseModel):
    """``kaigo-gateway/bulk-columns/1``: name, Japanese header, kind, whether required, and what it means."""

    model_config = ConfigDict(extra="allow")
    schema_: Literal["kaigo-gateway/bulk-columns/1"] = Field(alias="schema")
    columns: tuple[Mapping[str, Any], ...]


def _rules_of(request: web.Request, claim: Claim) -> RuleSet:
    return _rules_named(request, claim.programme, claim.fiscal_year)


async def assess(request: web.Request) -> web.StreamResponse:
    """Assess a claim with chosen readings, as ``grant assess --reading`` does."""
    from kaigo_subsidy.assessing import assess as assess_claim

    asked = await model_body(request, ReadClaim)
    rules = _rules_of(request, asked.claim)
    return reply(await asyncio.to_thread(assess_claim, asked.claim, rules, dict(asked.readings)))


async def calendar(request: web.Request) -> web.StreamResponse:
    """The days of a claim as an iCalendar file."""
    from kaigo_subsidy.assessing import assess as assess_claim
    from kaigo_subsidy.casebook import calendar_file

    claim = await model_body(request, Claim)
    assessment = await asyncio.to_thread(assess_claim, claim, _rules_of(request, claim))
    data = calendar_file(assessment, claim.office, datetime.now(UTC))
    return attachment("claim.ics", data, "text/calendar")


async def claim_calendar(request: web.Request) -> web.StreamResponse:
    """The days of a kept claim as an iCalendar file; importing it again moves those that have changed."""
    from kaigo_subsidy.casebook import case_calendar
    from kaigo_subsidy.papers import SIMULATED_MARK

    desk = request.config_dict[GATEWAY].claims
    case = await desk.case(request.match_info["id"])
    mark = SIMULATED_MARK if case.simulated else ""
    data = case_calendar(case, await desk.days(case), datetime.now(UTC), mark)
    return attachment(f"{case.id}.ics", data, "text/calendar")


async def related(request: web.Request) -> web.StreamResponse:
    """What other programmes that lean on the CarePlan link ask for."""
    from kaigo_subsidy._calendar import today_in_japan
    from kaigo_subsidy.related import document_of, facts_from, statements

    facts = facts_from(dict((await model_body(request, Facts)).facts), "facts")
    return web.json_response(document_of(statements(facts), today_in_japan()))


async def bulk(request: web.Request) -> web.StreamResponse:
    """Assess many offices; the totals."""
    return web.json_response(await _bulk(request, lambda result, _, most: result.summary(unclaimed=most)))


async def bulk_results(request: web.Request) -> web.StreamResponse:
    """Assess many offices; every office's result as CSV."""

    def written(result: BulkResult, folder: Path, _most: int) -> bytes:
        result.write(folder / "results.csv")
        return (folder / "results.csv").read_bytes()

    return attachment("results.csv", await _bulk(request, written), "text/csv")


async def bulk_bad_rows(request: web.Request) -> web.StreamResponse:
    """The rows that cannot be used, each with what is wrong and what to do; nothing else is assessed."""
    from kaigo_subsidy.bulk import bad_rows_head

    def wrong(_result: BulkResult, folder: Path, _most: int) -> bytes:
        found = folder / _BAD_ROWS
        return found.read_bytes() if found.exists() else bad_rows_head()

    return attachment("bad-rows.csv", await _bulk(request, wrong, keep_going=True), "text/csv")


async def bulk_columns(request: web.Request) -> web.StreamResponse:
    """What each column of a file of offices means, in the language of the request."""
    from kaigo_subsidy.bulk import columns_document

    asked = query_of(request, ForProgramme)
    return web.json_response(columns_document(_rules_named(request, asked.programme, asked.fiscal_year)))


async def _bulk(
    request: web.Request, make: Callable[[BulkResult, Path, int], Any], *, keep_going: bool = False
) -> Any:
    from kaigo_subsidy.intake import read_readings

    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        upload = form.one("file")
        keep_going = keep_going or form.fields.get("bad_rows") == "leave_out"
        readings = [each.strip() for each in form.fields.get("readings", "").split(",") if each.strip()]
        most = form.fields.get("unclaimed", "20")
        if not (most.isascii() and most.isdigit() and len(most) <= 5):  # noqa: PLR2004 - 99,999 offices
            raise problem("NOT_VALID", detail="unclaimed")
        year = form.fields.get("fiscal_year", "")
        if year and not (year.isascii() and year.isdigit() and len(year) <= 4):  # noqa: PLR2004
            raise problem("NOT_VALID", detail="fiscal_year")
        programme = form.fields.get("programme") or "kiban-office"
        rules = _rules_named(request, programme, int(year) if year else None)
        chosen = read_readings(readings)
        bad_rows = upload.path.parent / _BAD_ROWS if keep_going else None
        return await asyncio.to_thread(_judged, upload.path, rules, chosen, make, int(most), bad_rows)


def _rules_named(request: web.Request, programme: str, year: int | None) -> RuleSet:
    from kaigo_subsidy._calendar import fiscal_year, today_in_japan
    from kaigo_subsidy.rules import find_rules

    folder = request.config_dict[GATEWAY].settings.rules_folder
    return find_rules(programme, fiscal_year(today_in_japan()) if year is None else year, folder)


def _judged(  # noqa: PLR0913, PLR0917 - what a request says
    source: Path,
    rules: RuleSet,
    readings: Mapping[str, str],
    make: Callable[[BulkResult, Path, int], Any],
    most: int,
    bad_rows: Path | None,
) -> Any:
    from kaigo_subsidy._calendar import today_in_japan
    from kaigo_subsidy.bulk import assess_bulk

    result = assess_bulk(source, rules, today_in_japan(), readings, bad_rows=bad_rows)
    try:
        return make(result, source.parent, most)
    finally:
        result.close()


_BAD_ROWS: Final = "bad-rows.csv"
_TAG: Final = N_("Grant")
_BULK: Final = (
    Part("file", file=True, required=True, says=N_("CSV or Parquet, one row for each office")),
    Part("readings", says=N_("NAME=OPTION, separated by commas")),
    Part("programme", says=N_("programme of all rows (kiban-office)")),
    Part("fiscal_year", says=N_("fiscal year of the programme, such as 2026; today's where it is left out")),
    Part("bad_rows", says=N_("leave_out: assess the other rows where some cannot be used")),
    Part("unclaimed", says=N_("how many offices without a claim to list (20)")),
)
OPERATIONS: Final = (
    Operation(
        "POST", "/assessments", assess, N_("Assess a claim with chosen readings of open questions"), _TAG,
        Assessment, body=ReadClaim,
    ),
    Operation(
        "POST", "/calendar", calendar, N_("The days of a claim as a calendar file"), _TAG, "text/calendar",
        body=Claim,
    ),
    Operation(
        "GET", "/claims/{id}/calendar", claim_calendar, N_("The days of a kept claim as a calendar file"),
        _TAG, "text/calendar", problems=("CLAIM_UNKNOWN",),
    ),
    Operation(
        "POST", "/related", related,
        N_("What other programmes that lean on the CarePlan link ask for, and what is met"), _TAG,
        RelatedProgrammes, body=Facts,
    ),
    Operation(
        "POST", "/bulk", bulk, N_("Assess many offices at once: the totals"), _TAG, BulkSummary,
        role=Role.SUPPORTER, parts=_BULK, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "POST", "/bulk.csv", bulk_results, N_("Assess many offices at once: every office's result"), _TAG,
        "text/csv", role=Role.SUPPORTER, parts=_BULK, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "POST", "/bulk-bad-rows.csv", bulk_bad_rows,
        N_("The rows of a file of offices that cannot be used, and what to do about each"), _TAG,
        "text/csv", role=Role.SUPPORTER, parts=_BULK, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "GET", "/bulk-columns", bulk_columns, N_("What the columns of a file of offices mean"), _TAG,
        BulkColumns, query=ForProgramme,
    ),
)  # fmt: skip
