"""The pages: rendered on the server, usable without script, live with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web.pages import (
    _certificates,
    _claim,
    _claim_life,
    _dashboard,
    _files,
    _login,
    _new,
    _readers,
    _settings,
    _setup,
    _static,
    _support,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web


def page_routes() -> Iterator[web.RouteDef]:
    """All pages."""
    for room in (
        _login,
        _static,
        _dashboard,
        _new,
        _setup,
        _claim,
        _claim_life,
        _certificates,
        _readers,
        _files,
        _settings,
        _support,
    ):
        yield from room.ROUTES
