"""A site document that came over the network: validated, and naming no file that it may not name.

A document could otherwise make the service read any file of this machine (``certificate.file``) or use any
environment variable as a password. So every path in it, also in plugins' settings, must lie among the uploads
or below a folder that the administrator allowed (``serve --allow-files``); secrets come from such files only.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.secrets import SecretRef
from kaigo_gateway.model.site import Site
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web.api._operation import JSON, json_body, mistakes, read_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aiohttp import web

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.web._options import WebOptions

TOML = "application/toml"


async def site_of_request(request: web.Request, gateway: Gateway, options: WebOptions) -> Site:
    """The site document in a request's body, JSON or TOML. Raises problems 400, 413, 415, 422."""
    if request.content_type == TOML:
        document = _parse_toml(await read_body(request))
    elif request.content_type == JSON:
        document = await json_body(request)
    else:
        raise problem("MEDIA_TYPE", Accept=f"{JSON}, {TOML}")
    return site_of_document(document, gateway, options)


def _parse_toml(body: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise problem("BAD_REQUEST", detail=f"TOML: {error}"[:300]) from None


def site_of_document(document: Any, gateway: Gateway, options: WebOptions) -> Site:
    """A parsed document as a site whose paths are allowed. Raises problem 422."""
    try:
        site = Site.model_validate(document)
    except ValidationError as error:
        raise problem("NOT_VALID", errors=mistakes(error)) from None
    if site.simulated:
        why = N_("only the sandbox marks its own records as simulated")
        raise problem("NOT_VALID", errors=(Mistake(place="simulated", why=why),))
    site = site.model_copy(update={"base": options.uploads})
    wrong = [*_wrong_paths(site, "", options), *_wrong_settings(site.plugins, gateway, options)]
    if wrong:
        raise problem("PATH_NOT_ALLOWED", errors=tuple(wrong))
    return site


def _wrong_paths(value: Any, place: str, options: WebOptions) -> Iterator[Mistake]:
    """Every path and secret below ``value`` that a document from the network may not name."""
    if isinstance(value, SecretRef) and value.env is not None:
        why = N_("environment variables cannot be named here; use $file")
        yield Mistake(place=f"{place}.$env", why=why)
    elif isinstance(value, Path) and not allowed(value, options):
        yield Mistake(place=place, why=N_("outside the uploads and the allowed folders"))
    for key, each in _parts(value):
        yield from _wrong_paths(each, f"{place}.{key}".lstrip("."), options)


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """What lies inside a model, mapping or sequence, with its key."""
    if isinstance(value, BaseModel):
        left_out = {"base", "plugins"} if isinstance(value, Site) else set()
        return [(name, getattr(value, name)) for name in type(value).model_fields if name not in left_out]
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, (list, tuple, set, frozenset)) else ()


def allowed(path: Path, options: WebOptions) -> bool:
    """Whether a document from the network may name ``path`` (symbolic links are followed first)."""
    try:
        real = (options.uploads / path).resolve()
    except (OSError, ValueError):
        return False
    return any(real.is_relative_to(folder.resolve()) for folder in (options.uploads, *options.files))


def _wrong_settings(
    settings: Mapping[str, Mapping[str, Any]], gateway: Gateway, options: WebOptions
) -> Sequence[Mistake]:
    models = {plugin.name: plugin.info.settings_model for plugin in gateway.host.plugins}
    wrong: list[Mistake] = []
    for name, values in settings.items():
        model = models.get(name)
        if model is None:
            wrong.append(Mistake(place=f"plugins.{name}", why=N_("no plugin of this name takes settings")))
            continue
        try:
            wrong.extend(_wrong_paths(model.model_validate(values), f"plugins.{name}", options))
        except ValidationError as error:
            wrong.extend(
                Mistake(place=f"plugins.{name}.{each.place}", why=each.why) for each in mistakes(error)
            )
    return wrong
