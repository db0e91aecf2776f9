"""The page and the REST service: ``create_app(gateway)`` gives an aiohttp application to serve or mount."""

from __future__ import annotations

from kaigo_gateway.web._app import create_app, plugin_routes
from kaigo_gateway.web._keys import ACCESS, GATEWAY, OPTIONS
from kaigo_gateway.web._options import WebOptions
from kaigo_gateway.web.access import Access, Principal, Role, TokenAccess, needs, public

__all__ = [
    "ACCESS",
    "GATEWAY",
    "OPTIONS",
    "Access",
    "Principal",
    "Role",
    "TokenAccess",
    "WebOptions",
    "create_app",
    "needs",
    "plugin_routes",
    "public",
]
