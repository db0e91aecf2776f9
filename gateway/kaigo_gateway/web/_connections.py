"""A limit on open connections: aiohttp has none, and each costs memory and a file descriptor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from kaigo_gateway.web._malformed import Speaking

if TYPE_CHECKING:
    from aiohttp import web

log = structlog.get_logger(__name__)


class _Refused(asyncio.Protocol):
    """Closes its connection as soon as it is made."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say nothing and close."""
        transport.close()


class Limited:
    """Makes the protocols of a server, up to ``most`` at a time; ``handling`` are the options of each."""

    def __init__(self, server: web.Server, most: int, **handling: Any) -> None:
        self._server, self._most, self._handling = server, most, handling
        self._full = False

    def __call__(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        full = len(self._server.connections) >= self._most
        if full and not self._full:
            log.warning("connections_at_their_limit", most=self._most)  # once, not for each
        self._full = full
        if full:
            return _Refused()
        return Speaking(self._server, loop=asyncio.get_running_loop(), **self._handling)
