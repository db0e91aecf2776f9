"""The first page: all Setups, each with its verdict in a word and what comes next."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.web._keys import GATEWAY, GLANCES, LANGUAGE
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.api._operation import validated
from kaigo_gateway.web.api.models import PageQuery
from kaigo_gateway.web.pages._render import page, url


@needs(Role.VIEWER)
async def dashboard(request: web.Request) -> web.StreamResponse:
    """Setups, newest first."""
    known = {key: value for key, value in request.query.items() if key in PageQuery.model_fields}
    query = validated(PageQuery, {"limit": 20, **known})
    gateway = request.config_dict[GATEWAY]
    rows = await gateway.setups(limit=query.limit + 1, before=query.before)
    more = None
    if len(rows) > query.limit:
        home = request.app.router["dashboard"].url_for()
        more = str(home.with_query(limit=query.limit, before=rows[query.limit - 1].cursor))
    glances = request.config_dict[GLANCES]
    shown = [await glances.of(gateway, row, request[LANGUAGE]) for row in rows[: query.limit]]
    return page(request, "dashboard.html", shown=shown, more=more)


async def home(request: web.Request) -> web.StreamResponse:
    """``/setups`` is the first page too."""
    raise web.HTTPSeeOther(url(request, "dashboard"))


ROUTES: Final = (
    web.get("/", dashboard, name="dashboard"),
    web.get("/setups", home),
)
