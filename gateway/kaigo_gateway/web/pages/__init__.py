"""The pages: rendered on the server, usable without script, live with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web.pages import _dashboard, _login, _setup, _static

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web


def page_routes() -> Iterator[web.RouteDef]:
    """All pages."""
    for room in (_login, _static, _dashboard, _setup):
        yield from room.ROUTES
