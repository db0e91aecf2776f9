"""Do route and standard of this office hold, today and after the move of January 2027."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.site import CareplanRoute

from kaigo_careplan_link.link._rules import link_rules
from kaigo_careplan_link.link._site import careplan_is_part, settings_of
from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from datetime import date

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("route", "standard", "rules", "move", "move_is_confirmed")


def check_route(context: CheckContext) -> list[Finding]:
    """Findings on route and standard for the Setup's day."""
    if not careplan_is_part(context.site):
        return [REASONS.finding("CAREPLAN_NOT_PART")]
    settings, link = settings_of(context), context.site.careplan
    move = settings.move_on or link_rules().move
    evidence = {
        "route": link.route.value,
        "standard": link.standard,
        "rules": link_rules().version,
        "move": move.isoformat(),
        "move_is_confirmed": settings.move_on is not None,
    }
    seen = {
        "route": link.route.value,
        "standard": link.standard,
        "month": _when(link.route, move, settings.move_on),
    }
    codes = [
        route_code(link.route, context.today, move),
        standard_code(link.route, link.standard, context.today, move),
    ]
    codes += kind_codes(context)
    return [REASONS.finding(code, seen=seen, evidence=evidence) for code in codes]


def _when(route: CareplanRoute, move: date, announced: date | None) -> str:
    """The day where it is announced, else the planned month."""
    if announced is not None and route is not CareplanRoute.API:
        return announced.isoformat()
    return _start(route, move).strftime("%Y-%m")


def _start(route: CareplanRoute, move: date) -> date:
    """When a route of the new service opens."""
    return max(move, link_rules().api_from) if route is CareplanRoute.API else move


def route_code(route: CareplanRoute, today: date, move: date) -> str:
    """The reason code for a route on a day."""
    moved = today >= move
    if route is CareplanRoute.CLIENT:
        return "CAREPLAN_ROUTE_CLIENT_ENDED" if moved else "CAREPLAN_ROUTE_CLIENT_ENDS"
    return "CAREPLAN_ROUTE_FITS" if today >= _start(route, move) else "CAREPLAN_ROUTE_TOO_EARLY"


def standard_code(route: CareplanRoute, standard: str, today: date, move: date) -> str:
    """The reason code for the standard that the care software writes."""
    rules = link_rules()
    later = rules.api_standards if route is CareplanRoute.API else rules.web_standards
    if standard in later:
        return "CAREPLAN_STANDARD_FITS"
    if route is CareplanRoute.CLIENT and today < move and _known(standard, rules.before_move):
        return "CAREPLAN_STANDARD_STOPS"
    return "CAREPLAN_STANDARD_REFUSED"


def _known(standard: str, accepted: tuple[str, ...]) -> bool:
    """Whether a version (``3.2``) is one of the accepted, where ``3`` stands for all of 3.x."""
    return standard in accepted or standard.partition(".")[0] in accepted


_KINDS: Final = {
    "CERT_KIND_FIT": "CAREPLAN_CERT_KIND_FITS",
    "CERT_KIND_LIKELY": "CAREPLAN_CERT_KIND_OPEN",
    "CERT_KIND_UNKNOWN": "CAREPLAN_CERT_KIND_OPEN",
    "CERT_KIND_UNFIT": "CAREPLAN_CERT_KIND_REFUSED",
}


def kind_codes(context: CheckContext) -> list[str]:
    """What the certificate stage said about the kind of certificate, as far as it was asked."""
    found = {finding.reason_code for findings in context.results.values() for finding in findings}
    return [mine for theirs, mine in _KINDS.items() if theirs in found][:1]
