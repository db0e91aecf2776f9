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
    Operation,
    attachment,
    model_body,
    reply,
)
from pydantic import BaseModel, ConfigDict, Field

from kaigo_subsidy._rest_bulk import BULK
from kaigo_subsidy._rest_rules import rules_named

if TYPE_CHECKING:
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


def _rules_of(request: web.Request, claim: Claim) -> RuleSet:
    return rules_named(request, claim.programme, claim.fiscal_year)


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


_TAG: Final = N_("Grant")
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
    *BULK,
)  # fmt: skip
