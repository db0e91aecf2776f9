"""The claim of a Setup: lines, limit, grant, what is missing, papers, days; and the print view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway._reports import books_of
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.report.console import AMOUNTS
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE
from kaigo_gateway.web._papers import assessment_of
from kaigo_gateway.web._setups import detail_of
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api._papers import known_papers
from kaigo_gateway.web.pages._claim_life import life_of_setup
from kaigo_gateway.web.pages._render import page
from kaigo_gateway.web.pages._setup import setup_view

if TYPE_CHECKING:
    from datetime import date

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.claims import Assessment
    from kaigo_gateway.web.pages._setup_view import SetupPageView


LIFE: Final = {
    "window_opens": N_("applications open"),
    "window_closes": N_("last day to apply"),
    "decision_by": N_("decision expected by"),
    "payment_by": N_("payment expected by"),
    "tax_report_by": N_("report on consumption tax by"),
    "keep_until": N_("keep the papers until"),
}
"""The life cycle of a claim: fields of the assessment's dates."""


@needs(Role.VIEWER)
async def claim(request: web.Request) -> web.StreamResponse:
    """The claim page."""
    return await claim_page(request, request.match_info["id"])


async def claim_page(request: web.Request, setup_id: str, *, status: int = 200, **shown: Any) -> web.Response:
    """The claim page of a Setup; ``shown`` goes to the section on the claim's life."""
    gateway = request.config_dict[GATEWAY]
    view = await gateway.view(setup_id)
    row, state = await gateway.ledger.row(setup_id), await gateway.state(setup_id)
    found = assessment_of(view.results)
    return page(
        request,
        "claim.html",
        status=status,
        claim_life=await life_of_setup(request, setup_id, **shown),
        setup=detail_of(gateway, row, state, request[LANGUAGE]),
        lines=view.expenses,
        assessment=found,
        programme=None if found is None else await _programme_of(gateway, found, request[LANGUAGE]),
        amounts=AMOUNTS,
        eligible={} if found is None else {line.index: line.eligible_amount for line in found.lines},
        notices=_notices(gateway, found, request[LANGUAGE]),
        life=_life(found),
        papers=await known_papers(request),
    )


async def _programme_of(gateway: Gateway, found: Assessment, language: str) -> str:
    """The title of the programme; its id and year where no plugin knows it any more."""
    wanted = f"{found.programme}/{found.fiscal_year}"
    known = {each.id: each for each in await gateway.claims.programmes()}
    titled = known.get(wanted)
    return translate(titled.programme.title, titled.domain, language) if titled else wanted


def _notices(gateway: Gateway, found: Assessment | None, language: str) -> list[tuple[str, str]]:
    """The assessment's notices in the reader's language, where their book is loaded."""
    books = books_of(gateway.host)
    said = []
    for notice in found.notices if found else ():
        book = next((each for each in books if notice.code in each), None)
        text = book.message(notice.code, notice.values, language) if book else notice.message
        said.append((notice.code, text))
    return said


def _life(found: Assessment | None) -> list[tuple[date, str]]:
    """The days that matter in the order of the calendar."""
    if found is None:
        return []
    return sorted((getattr(found.dates, name), label) for name, label in LIFE.items())


@needs(Role.VIEWER)
async def print_view(request: web.Request) -> web.StreamResponse:
    """One A4 page with the verdict and a QR code of id, verdict and hash."""
    view = await setup_view(request)
    return page(request, "print.html", view=view, qr=qr_svg(view))


def qr_text(view: SetupPageView) -> str:
    """What the QR code says: id, verdict, hash; no name of anyone."""
    verdict = view.setup.overall.value if view.setup.overall else view.setup.state.value
    return f"kaigo-gateway {view.setup.id} {verdict} sha256:{view.setup.head_hash}"


def qr_svg(view: SetupPageView) -> str:
    """The QR code as inline SVG without styles."""
    import segno

    return segno.make(qr_text(view), error="m", micro=False).svg_inline(border=2, omitsize=True)


ROUTES: Final = (
    web.get("/setups/{id}/claim", claim, name="claim"),
    web.get("/setups/{id}/print", print_view, name="print"),
)
