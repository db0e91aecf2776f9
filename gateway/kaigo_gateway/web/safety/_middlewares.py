"""The middlewares in their order: answer troubles, names, origins, language, login."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from kaigo_gateway.i18n import LANGUAGES, use_language
from kaigo_gateway.web._keys import ACCESS, LANGUAGE, OPTIONS, PRINCIPAL, SPOKEN
from kaigo_gateway.web._problems import problem, problem_of, problem_response
from kaigo_gateway.web._uploads import without_our_folders
from kaigo_gateway.web.access import Principal, TokenAccess, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp.typedefs import Handler, Middleware

log = structlog.get_logger(__name__)

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_COOKIE: Final = "kaigo_gateway_language"


def wants_page(request: web.Request) -> bool:
    """Whether a person's browser asks (and not a program)."""
    return "/api/" not in request.path and "text/html" in request.headers.get("Accept", "")


def language_of(request: web.Request) -> str:
    """``?lang=``, then the cookie, then Accept-Language, then the settings, then the system."""
    found = next((each for each in _asked(request) if each in LANGUAGES), None)
    return found or request.app[SPOKEN]


def _asked(request: web.Request) -> Iterator[str | None]:
    """What names a language, in order; later sources are not even read when an earlier one decides."""
    headers = request.headers
    if request.query_string:
        yield request.query.get("lang")
    if "Cookie" in headers:
        yield request.cookies.get(LANGUAGE_COOKIE)
    if "Accept-Language" in headers:
        for part in headers["Accept-Language"].split(","):
            yield part.strip()[:2].lower()


@web.middleware
async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Choose the language of this request."""
    language = language_of(request)
    request[LANGUAGE] = language
    with use_language(language):
        return await handler(request)


@web.middleware
async def answer_troubles(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever was raised into one clear answer; no traceback leaves the service."""
    language = request.get(LANGUAGE, "en")
    try:
        return _whole(await handler(request))
    except web.HTTPException as error:
        if error.status < 400:  # noqa: PLR2004 - redirects are answers, not troubles
            raise
        trouble = problem_of(error, language)
    except Exception as error:
        trouble = problem_of(error, language)
        if trouble is None:
            number = secrets.token_hex(6)
            log.exception("request_failed", number=number, path=request.path)
            trouble = problem("INTERNAL", detail=number)
    assert trouble is not None
    trouble.detail = without_our_folders(trouble.detail, request.app[OPTIONS])
    if wants_page(request):
        from kaigo_gateway.web.pages._troubles import trouble_page

        return trouble_page(request, trouble)
    return problem_response(trouble, language)


def _whole(answer: Any) -> web.StreamResponse:
    """A handler's answer; a plugin's may have given none."""
    if not isinstance(answer, web.StreamResponse):
        raise TypeError(f"a handler gave {type(answer).__name__} instead of a response")
    return answer


@web.middleware
async def known_hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host that is not ours: against DNS rebinding."""
    hosts = request.app[OPTIONS].hosts
    if hosts is not None and not set(_hosts(request)) <= hosts:
        raise problem("HOST_NOT_ALLOWED")
    return await handler(request)


def _hosts(request: web.Request) -> Iterator[str | None]:
    """Whom the request is for: the Host header, and the first line where it names an address itself."""
    for each in (request.headers.get("Host", ""), request.host):
        try:
            yield urlsplit(f"//{each}").hostname
        except ValueError:
            yield None


@web.middleware
async def own_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a changing request that another site had a browser send.

    Sec-Fetch-Site where the browser sends it, otherwise Origin; a program sends neither.
    """
    if request.method not in SAFE:
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        if site is not None and site not in {"same-origin", "none"}:
            raise problem("CROSS_SITE")
        if site is None and origin is not None and not _same_origin(request, origin):
            raise problem("CROSS_SITE")
    return await handler(request)


def _same_origin(request: web.Request, origin: str) -> bool:
    parts = urlsplit(origin)
    return parts.netloc == request.headers.get("Host", "") and parts.scheme in {request.scheme, "https"}


@web.middleware
async def known_callers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in who is known and whose role is enough."""
    needed = role_of(request.match_info.handler, request.method)
    principal = request.app[ACCESS].principal(request)
    if principal is not None:
        request[PRINCIPAL] = principal
    if needed is not None:
        await _refuse(request, principal)
        assert principal is not None
        if not principal.role.covers(needed):
            raise problem("ROLE_TOO_LOW", detail=needed.value)
    return await handler(request)


def _own_login(request: web.Request) -> bool:
    """Whether people sign in here and not at the embedding product."""
    return isinstance(request.config_dict[ACCESS], TokenAccess)


async def _refuse(request: web.Request, principal: Principal | None) -> None:
    if principal is None:
        if wants_page(request) and _own_login(request):
            from kaigo_gateway.web.pages._back import remember

            answer = web.HTTPSeeOther(request.app.router["login"].url_for())
            await remember(request, answer)
            raise answer
        raise problem("LOGIN_NEEDED", WWW_Authenticate='Bearer realm="kaigo-gateway"')


MIDDLEWARES: Final[tuple[Middleware, ...]] = (speak, answer_troubles, known_hosts, own_origin, known_callers)
