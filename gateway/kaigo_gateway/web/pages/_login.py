"""Signing in: the one-time link printed at start, or a token; signing out; choosing the language."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import LANGUAGES
from kaigo_gateway.web._keys import ACCESS, OPTIONS, RATE
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.access import TokenAccess, public
from kaigo_gateway.web.access._gate import COOKIE
from kaigo_gateway.web.pages._back import forget, home_of, inside, way_back
from kaigo_gateway.web.pages._forms import form_of
from kaigo_gateway.web.pages._render import page, see_other, url
from kaigo_gateway.web.safety._middlewares import LANGUAGE_COOKIE


def _token_access(request: web.Request) -> TokenAccess:
    access = request.config_dict[ACCESS]
    if not isinstance(access, TokenAccess):  # the embedding product has its own login
        raise web.HTTPNotFound
    return access


def _refuse_guessing(request: web.Request) -> None:
    wait = request.config_dict[RATE].wait()
    if wait:
        raise problem("TOO_MANY_ATTEMPTS", Retry_After=str(wait))


def _login_page(request: web.Request, *, status: int = 200, wrong: bool = False) -> web.Response:
    returning = way_back(request) != home_of(request)
    return page(request, "login.html", status=status, wrong=wrong, returning=returning)


@public
async def show(request: web.Request) -> web.StreamResponse:
    """The sign-in page."""
    _token_access(request)
    return _login_page(request)


@public
async def sign_in(request: web.Request) -> web.StreamResponse:
    """Sign in with a token."""
    access = _token_access(request)
    _refuse_guessing(request)
    principal = access.by_token((await form_of(request)).get("token", "").strip())
    if principal is None:
        request.config_dict[RATE].failed()
        return _login_page(request, status=401, wrong=True)
    response = see_other(way_back(request))
    forget(request, response)
    _remember(request, response, access.sessions.open(principal.role))
    return response


@public
async def by_link(request: web.Request) -> web.StreamResponse:
    """Sign in with the one-time link; the page itself goes on, so that the strict cookie is sent."""
    access = _token_access(request)
    _refuse_guessing(request)
    session = access.sessions.redeem(request.match_info["secret"])
    if session is None:
        request.config_dict[RATE].failed()
        return _login_page(request, status=401, wrong=True)
    response = page(request, "entered.html", onward=way_back(request))
    forget(request, response)
    _remember(request, response, session)
    return response


def _remember(request: web.Request, response: web.StreamResponse, session: str) -> None:
    options = request.config_dict[OPTIONS]
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(options.session_seconds),
        httponly=True,
        secure=options.secure,
        samesite="Strict",
        path=url(request, "dashboard"),
    )


@public
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    access = _token_access(request)
    access.sessions.close(request.cookies.get(COOKIE, ""))
    response = see_other(url(request, "login"))
    response.del_cookie(COOKIE, path=url(request, "dashboard"))
    return response


@public
async def choose_language(request: web.Request) -> web.StreamResponse:
    """Remember the language and go back."""
    form = await form_of(request)
    chosen, back = form.get("language", ""), form.get("back", "")
    if chosen not in LANGUAGES:
        raise web.HTTPNotFound
    response = see_other(inside(request, back))
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=365 * 24 * 3600, samesite="Strict", path=home_of(request)
    )
    return response


ROUTES: Final = (
    web.get("/login", show, name="login"),
    web.post("/login", sign_in),
    web.get("/login/{secret}", by_link, name="login_link"),
    web.post("/logout", sign_out, name="logout"),
    web.post("/language", choose_language, name="language"),
)
