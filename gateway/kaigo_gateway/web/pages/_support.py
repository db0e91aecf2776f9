"""Diagnostics, plugins, help and the API reference."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway.i18n import translate
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPERATIONS_HERE
from kaigo_gateway.web._problems import CODES
from kaigo_gateway.web._support import bundle, one_reason, plugin_states, reasons
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._render import page

if TYPE_CHECKING:
    from kaigo_gateway.web.api._operation import Operation


@needs(Role.SUPPORTER)
async def diagnostics(request: web.Request) -> web.StreamResponse:
    """The bundle before it is saved."""
    gateway, chosen = request.config_dict[GATEWAY], request.query.get("setup") or None
    if chosen is not None:
        await gateway.ledger.row(chosen)
    found = await bundle(gateway, chosen, request[LANGUAGE])
    rows = await gateway.setups(limit=20)
    return page(request, "diagnostics.html", bundle=found, rows=rows, chosen=chosen or "")


@needs(Role.VIEWER)
async def plugins(request: web.Request) -> web.StreamResponse:
    """Installed plugins."""
    return page(request, "plugins.html", items=plugin_states(request.config_dict[GATEWAY], request[LANGUAGE]))


def _holds(text: str, words: str) -> bool:
    """Whether every word stands in ``text``, whatever its case or width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return all(word in plain for word in unicodedata.normalize("NFKC", words).casefold().split())


@needs(Role.VIEWER)
async def help_index(request: web.Request) -> web.StreamResponse:
    """All reason codes, or those that hold every word in code, meaning or remedy."""
    words = request.query.get("q", "").strip()
    found = [
        each
        for each in reasons(request.config_dict[GATEWAY], request[LANGUAGE])
        if _holds(" ".join((each.code, each.message, *each.remedy.steps)), words)
    ]
    return page(request, "help.html", items=found, words=words)


@needs(Role.VIEWER)
async def help_code(request: web.Request) -> web.StreamResponse:
    """One reason code."""
    found = one_reason(request.config_dict[GATEWAY], request.match_info["code"], request[LANGUAGE])
    if found is None:
        raise web.HTTPNotFound
    return page(request, "help_code.html", reason=found)


def _example(operation: Operation, part: str) -> str:
    """An example as indented JSON; "" where there is none."""
    from kaigo_gateway.web.api._examples import examples

    found = examples().get(operation.name, {}).get(part)
    return "" if found is None else json.dumps(found, ensure_ascii=False, indent=2)


@needs(Role.VIEWER)
async def reference(request: web.Request) -> web.StreamResponse:
    """Every operation of the REST API."""
    from kaigo_gateway.web.api.openapi import problem_codes
    from kaigo_gateway.web.api.table import PREFIX

    operations, language = request.config_dict[OPERATIONS_HERE], request[LANGUAGE]
    tags = {each.tag: translate(each.tag, each.domain, language) for each in operations}
    return page(
        request, "reference.html", operations=operations, prefix=PREFIX, tags=tags, codes=CODES,
        problem_codes=problem_codes, language=language, example=_example,
    )  # fmt: skip


ROUTES: Final = (
    web.get("/diagnostics", diagnostics, name="diagnostics"),
    web.get("/plugins", plugins, name="plugins"),
    web.get("/help", help_index, name="help"),
    web.get("/help/{code}", help_code, name="help_code"),
    web.get("/api", reference, name="reference"),
)
