"""The page and the REST service: ``create_app(gateway)`` gives an aiohttp application to serve or mount.

For plugins that add operations to the REST API (hook ``gateway_routes``): ``Operation``, ``Part``,
``model_body``, ``query_of``, ``receive``, ``rules_of``, ``together``, ``without_folder``, ``reply``,
``attachment`` and ``problem``.
"""

from __future__ import annotations

from kaigo_gateway.web._app import create_app
from kaigo_gateway.web._keys import ACCESS, GATEWAY, OPTIONS
from kaigo_gateway.web._options import WebOptions
from kaigo_gateway.web._plugin_routes import plugin_routes
from kaigo_gateway.web._presets import rules_of
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._uploads import receive, together
from kaigo_gateway.web._validators import without_folder
from kaigo_gateway.web.access import Access, Principal, Role, TokenAccess, needs, public
from kaigo_gateway.web.api._attachment import attachment
from kaigo_gateway.web.api._operation import Operation, Part, model_body, query_of, reply

__all__ = [
    "ACCESS",
    "GATEWAY",
    "OPTIONS",
    "Access",
    "Operation",
    "Part",
    "Principal",
    "Role",
    "TokenAccess",
    "WebOptions",
    "attachment",
    "create_app",
    "model_body",
    "needs",
    "plugin_routes",
    "problem",
    "public",
    "query_of",
    "receive",
    "reply",
    "rules_of",
    "together",
    "without_folder",
]
