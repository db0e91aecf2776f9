"""Templates with the words, addresses and helpers that every page needs."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from kaigo_gateway._version import __version__
from kaigo_gateway.i18n import translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.report.wording import ACTORS, PHASES, STAGE_TITLES
from kaigo_gateway.setup._state import JAPAN
from kaigo_gateway.web._keys import LANGUAGE, PRINCIPAL
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.pages._static import static_version
from kaigo_gateway.web.pages._words import SIGNS, STATE_WORDS, STATUS_SHOWN, VERDICTS_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kaigo_gateway.web", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(
        version=__version__, actors=ACTORS, phase_words=PHASES, stage_titles=STAGE_TITLES,
        words={status.value: word for status, word in STATUS_SHOWN.items()},
        status_words=STATUS_SHOWN, state_words=STATE_WORDS, verdicts=VERDICTS_SHOWN, signs=SIGNS, roles=Role,
    )  # fmt: skip
    environment.filters["japan"] = japan_time
    environment.filters["yen"] = lambda amount: f"{amount:,}"
    return environment


def japan_time(text: str) -> str:
    """A UTC time of the ledger as time in Japan, to the minute."""
    return datetime.fromisoformat(text).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M") if text else ""


def say(language: str, message: str, **values: object) -> str:
    """A message in ``language`` with its values."""
    return fill(translate(message, language=language), values)


def url(request: web.Request, name: str, /, **parts: str) -> str:
    """The address of a named route, also when the application is mounted below a prefix."""
    route = request.app.router[name]
    if name == "static":
        return str(route.url_for(**parts).with_query(v=static_version(parts["name"])))
    return str(route.url_for(**parts))


def context_of(request: web.Request) -> dict[str, Any]:
    """What every template may use."""
    language = request.get(LANGUAGE, "en")
    principal = request.get(PRINCIPAL)
    return {
        "_": partial(say, language),
        "language": language,
        "role": None if principal is None else principal.role,
        "url": partial(url, request),
        "here": request.rel_url.path,
    }


def html(request: web.Request, template: str, values: Mapping[str, Any]) -> str:
    """A template as text."""
    return _environment().get_template(template).render({**context_of(request), **values})


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A whole page, compressed where the browser allows it."""
    response = web.Response(text=html(request, template, values), status=status, content_type="text/html")
    response.enable_compression()
    return response


def download(data: bytes, name: str, media_type: str) -> web.Response:
    """A file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=data, content_type=media_type, headers=headers)


def see_other(address: str) -> web.Response:
    """Go on to another page after a form was taken."""
    return web.Response(status=303, headers={"Location": address})
