"""The first page: all Setups, each with its verdict in a word and what comes next."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.web._keys import GATEWAY
from kaigo_gateway.web._setups import summary_of
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api._operation import query_of
from kaigo_gateway.web.api.models import PageQuery
from kaigo_gateway.web.pages._render import page, url


@needs(Role.VIEWER)
async def dashboard(request: web.Request) -> web.StreamResponse:
    """Setups, newest first."""
    known = {key: value for key, value in request.query.items() if key in PageQuery.model_fields}
    query = query_of(request, PageQuery) if known.keys() == request.query.keys() else PageQuery(**known)
    rows = await request.config_dict[GATEWAY].setups(limit=query.limit + 1, before=query.before)
    more = None
    if len(rows) > query.limit:
        home = request.app.router["dashboard"].url_for()
        more = str(home.with_query(limit=query.limit, before=rows[query.limit - 1].created_at))
    setups = [summary_of(row) for row in rows[: query.limit]]
    return page(request, "dashboard.html", setups=setups, more=more, first=query.before is None)


async def home(request: web.Request) -> web.StreamResponse:
    """``/setups`` is the first page too."""
    raise web.HTTPSeeOther(url(request, "dashboard"))


ROUTES: Final = (
    web.get("/", dashboard, name="dashboard"),
    web.get("/setups", home),
)
