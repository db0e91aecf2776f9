"""The way back after signing in: the page that was wanted when the session had ended.

It waits in a cookie of this service, so that the one-time link and the token lead back alike, and no address
of a page ever stands in a link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp.web_urldispatcher import MatchInfoError

from kaigo_gateway.web._keys import OPTIONS

if TYPE_CHECKING:
    from aiohttp import web

COOKIE: Final = "kaigo_gateway_next"
_SECONDS: Final = 3600
_LONGEST: Final = 500


def home_of(request: web.Request) -> str:
    """The address below which all pages of this application lie."""
    return str(request.app.router["dashboard"].url_for())


async def remember(request: web.Request, response: web.StreamResponse) -> None:
    """Note the wanted page; for a form that was sent, the page that it stood on."""
    wanted = str(request.rel_url) if request.method == "GET" else await _page_of(request)
    if len(wanted) <= _LONGEST:
        response.set_cookie(
            COOKIE, wanted, max_age=_SECONDS, httponly=True, samesite="Strict", path=home_of(request),
            secure=request.config_dict[OPTIONS].secure,
        )  # fmt: skip


async def _page_of(request: web.Request) -> str:
    """The nearest address above a form's own that can be looked at."""
    path = request.path
    while path.strip("/"):
        match = await request.app.router.resolve(request.clone(method="GET", rel_url=path))
        if not isinstance(match, MatchInfoError):
            return path
        path = path.rpartition("/")[0]
    return home_of(request)


def inside(request: web.Request, address: str) -> str:
    """``address`` where it lies within this application, otherwise the first page."""
    home = home_of(request)
    lies = address.startswith(home) and not address.startswith("//") and "\\" not in address
    return address if lies else home


def way_back(request: web.Request) -> str:
    """Where to go on after signing in."""
    return inside(request, request.cookies.get(COOKIE, ""))


def forget(request: web.Request, response: web.StreamResponse) -> None:
    """Take the note away."""
    if COOKIE in request.cookies:
        response.del_cookie(COOKIE, path=home_of(request))
