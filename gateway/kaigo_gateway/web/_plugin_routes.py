"""What plugins add to the REST API below ``/api/v1/plugins/<name>``: described operations and bare routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from kaigo_gateway.web._once import keyed
from kaigo_gateway.web.api._operation import Operation
from kaigo_gateway.web.api.table import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.plugins import PluginHost

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PluginApi:
    """Operations stand in the OpenAPI document and on the reference page; bare routes only answer."""

    operations: tuple[Operation, ...]
    routes: tuple[web.RouteDef, ...]

    def all_routes(self) -> Iterator[web.RouteDef]:
        """The routes of both."""
        for operation in self.operations:
            yield keyed(operation.route(PREFIX), durable=operation.durable)
        for route in self.routes:
            yield keyed(route, durable=True)  # what it does is not known


def plugin_api(gateway: Gateway) -> PluginApi:
    """What the plugins in use add; what cannot be used, or stands twice, is logged and left out."""
    return api_of(gateway.host, gateway)


def api_of(host: PluginHost, gateway: Gateway | None) -> PluginApi:
    """The same from a host alone (the committed document is made without a gateway)."""
    called = host.call_now("gateway_routes", gateway=gateway)
    for problem in called.problems:
        log.warning("plugin_routes_failed", plugin=problem.plugin, kind=problem.kind, detail=problem.detail)
    operations: list[Operation] = []
    routes: list[web.RouteDef] = []
    taken: set[tuple[str, str]] = set()
    for outcome in called.outcomes:
        plugin = outcome.plugin
        for each in _listed(outcome.value):
            if not _usable(each) or (each.method, f"{plugin.name}{each.path}") in taken:
                log.warning("plugin_route_refused", plugin=plugin.name, kind=type(each).__name__)
                continue
            taken.add((each.method, f"{plugin.name}{each.path}"))
            if isinstance(each, Operation):
                operations.append(each.of_plugin(plugin.name, plugin.info.title, plugin.domain))
            else:
                routes.append(_below(plugin.name, each))
    return PluginApi(tuple(operations), tuple(routes))


def plugin_routes(gateway: Gateway) -> list[web.RouteDef]:
    """All routes that plugins add, for a product that mounts them itself."""
    return list(plugin_api(gateway).all_routes())


def _usable(each: Any) -> bool:
    return isinstance(each, (web.RouteDef, Operation)) and each.path.startswith("/")


def _below(plugin: str, route: web.RouteDef) -> web.RouteDef:
    """The route below the plugin's place; its name, if it has one, too: it must not collide with ours."""
    kwargs = dict(route.kwargs)
    if kwargs.get("name"):
        kwargs["name"] = f"{plugin}.{kwargs['name']}"
    return web.RouteDef(route.method, f"{PREFIX}/plugins/{plugin}{route.path}", route.handler, kwargs)


def _listed(value: Any) -> list[Any]:
    """What a hook gave, where it is a list at all."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
