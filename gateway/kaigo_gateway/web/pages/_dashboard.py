"""The first page: all Setups, with verdict and what comes next; found by words and by how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.web._keys import GATEWAY, GLANCES, LANGUAGE
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api._operation import validated
from kaigo_gateway.web.api.models import PageQuery
from kaigo_gateway.web.pages._render import page, url

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "": (N_("All"), ()),
    "act": (N_("Someone has to act"), ("waiting", "failed", "fail", "error")),
    "open": (N_("Under way"), ("ready",)),
    "done": (N_("In order"), ("ok", "warn", "skip")),
}
"""The choices above the list: name, and how such Setups look."""
_PAGE: Final = 20


@needs(Role.VIEWER)
async def dashboard(request: web.Request) -> web.StreamResponse:
    """Setups, newest first."""
    known = {key: value for key, value in request.query.items() if key in PageQuery.model_fields}
    query = validated(PageQuery, {"limit": _PAGE, **known})
    words, chosen = request.query.get("q", "").strip()[:100], request.query.get("show", "")
    looks = SHOWN.get(chosen, SHOWN[""])[1]
    gateway, glances = request.config_dict[GATEWAY], request.config_dict[GLANCES]
    rows = await gateway.ledger.rows(limit=query.limit + 1, before=query.before, words=words, looks=looks)
    kept = {key: value for key, value in (("q", words), ("show", chosen)) if value}
    home = request.app.router["dashboard"].url_for()
    more = None
    if len(rows) > query.limit:
        more = str(home.with_query(limit=query.limit, before=rows[query.limit - 1].cursor, **kept))
    shown = [await glances.of(gateway, row, request[LANGUAGE]) for row in rows[: query.limit]]
    counts = await gateway.ledger.looks(words)
    return page(
        request, "dashboard.html", shown=shown, more=more, words=words, chosen=chosen, first=str(home),
        earlier=query.before is not None, choices=_choices(counts), any=bool(counts or words),
    )  # fmt: skip


def _choices(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Key, name and number of every choice."""
    return [
        (key, name, sum(n for look, n in counts.items() if not looks or look in looks))
        for key, (name, looks) in SHOWN.items()
    ]


async def home(request: web.Request) -> web.StreamResponse:
    """``/setups`` is the first page too."""
    raise web.HTTPSeeOther(url(request, "dashboard"))


ROUTES: Final = (
    web.get("/", dashboard, name="dashboard"),
    web.get("/setups", home),
)
