"""Many offices at once over REST: totals, every office, rows that cannot be used, the columns."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from aiohttp import web
from kaigo_gateway.i18n import N_
from kaigo_gateway.web import OPTIONS, Operation, Part, Role, attachment, problem, query_of, receive
from pydantic import BaseModel, ConfigDict, Field

from kaigo_subsidy._rest_rules import rules_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kaigo_subsidy.bulk import BulkResult
    from kaigo_subsidy.rules import RuleSet

_BAD_ROWS: Final = "bad-rows.csv"


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
    return web.json_response(columns_document(rules_named(request, asked.programme, asked.fiscal_year)))


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
        rules = rules_named(request, programme, int(year) if year else None)
        chosen = read_readings(readings)
        bad_rows = upload.path.parent / _BAD_ROWS if keep_going else None
        return await asyncio.to_thread(_judged, upload.path, rules, chosen, make, int(most), bad_rows)


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


_TAG: Final = N_("Grant")
_PARTS: Final = (
    Part("file", file=True, required=True, says=N_("CSV or Parquet, one row for each office")),
    Part("readings", says=N_("NAME=OPTION, separated by commas")),
    Part("programme", says=N_("programme of all rows (kiban-office)")),
    Part("fiscal_year", says=N_("fiscal year of the programme, such as 2026; today's where it is left out")),
    Part("bad_rows", says=N_("leave_out: assess the other rows where some cannot be used")),
    Part("unclaimed", says=N_("how many offices without a claim to list (20)")),
)
BULK: Final = (
    Operation(
        "POST", "/bulk", bulk, N_("Assess many offices at once: the totals"), _TAG, BulkSummary,
        role=Role.SUPPORTER, parts=_PARTS, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "POST", "/bulk.csv", bulk_results, N_("Assess many offices at once: every office's result"), _TAG,
        "text/csv", role=Role.SUPPORTER, parts=_PARTS, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "POST", "/bulk-bad-rows.csv", bulk_bad_rows,
        N_("The rows of a file of offices that cannot be used, and what to do about each"), _TAG,
        "text/csv", role=Role.SUPPORTER, parts=_PARTS, problems=("NOT_INSTALLED",),
    ),
    Operation(
        "GET", "/bulk-columns", bulk_columns, N_("What the columns of a file of offices mean"), _TAG,
        BulkColumns, query=ForProgramme,
    ),
)  # fmt: skip
