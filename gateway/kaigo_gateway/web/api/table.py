"""All operations of the REST API below ``/api/v1``, and their routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.web._once import keyed
from kaigo_gateway.web.api import (
    _certificates,
    _claims,
    _events,
    _files,
    _installation,
    _papers,
    _proofs,
    _service,
    _setups,
    _support,
    _targets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from kaigo_gateway.web.api._operation import Operation

PREFIX: Final = "/api/v1"

OPERATIONS: Final[tuple[Operation, ...]] = (
    *_service.OPERATIONS,
    *_setups.OPERATIONS,
    *_events.OPERATIONS,
    *_papers.OPERATIONS,
    *_claims.OPERATIONS,
    *_certificates.OPERATIONS,
    *_proofs.OPERATIONS,
    *_files.OPERATIONS,
    *_targets.OPERATIONS,
    *_support.OPERATIONS,
    *_installation.OPERATIONS,
)


def api_routes() -> Iterator[web.RouteDef]:
    """The routes of all operations, and the OpenAPI document."""
    for operation in OPERATIONS:
        yield keyed(operation.route(PREFIX), durable=operation.durable)
    yield from _service.document_routes()
