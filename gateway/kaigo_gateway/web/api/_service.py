"""The service itself: health, and the OpenAPI document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway._version import __version__
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import DOCUMENT, GATEWAY, OPERATIONS_HERE
from kaigo_gateway.web.access import public
from kaigo_gateway.web.api._operation import Operation, reply
from kaigo_gateway.web.api.models import Health

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG: Final = N_("Service")


async def health(request: web.Request) -> web.StreamResponse:
    """Whether the ledger answers; needs no login and tells nothing else."""
    try:
        await request.config_dict[GATEWAY].setups(limit=1)
    except GatewayError:
        return reply(Health(status="degraded", version=__version__, ledger=False), status=503)
    return reply(Health(status="ok", version=__version__, ledger=True))


@public
async def openapi_document(request: web.Request) -> web.StreamResponse:
    """The OpenAPI 3.1 document of what is served here, plugins' operations included."""
    from kaigo_gateway.web.api.openapi import openapi

    kept = request.config_dict[DOCUMENT]
    if not kept:
        text = json.dumps(openapi(request.config_dict[OPERATIONS_HERE]), ensure_ascii=False)
        kept.append(text.encode())
    return tagged(request, web.Response(body=kept[0], content_type="application/json"))


def document_routes() -> Iterator[web.RouteDef]:
    """The routes of the API's own description."""
    yield web.get("/api/openapi.json", openapi_document, name="openapi")


OPERATIONS: Final = (
    Operation(
        "GET", "/health", health, N_("Whether the service can work"), _TAG, Health, role=None, also=(503,),
    ),
)  # fmt: skip
