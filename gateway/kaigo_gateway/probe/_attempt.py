"""One attempt: the phases in their order, each timed and under its own limit."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.results import Phase, Status
from kaigo_gateway.probe._http import NoAnswer, NotHttp, exchange
from kaigo_gateway.probe._result import TlsFacts
from kaigo_gateway.probe._tls import TlsChannel
from kaigo_gateway.probe._tunnel import ProxyRefusal, open_tunnel
from kaigo_gateway.probe._wire import Wire, resolve

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from kaigo_gateway.probe._result import HttpAnswer
    from kaigo_gateway.probe._target import Limits, Request, Target
    from kaigo_gateway.probe._tunnel import Proxy

# ssl.SSLError and TimeoutError are OSErrors
_EXPECTED: Final = (OSError, EOFError, NoAnswer, NotHttp, ProxyRefusal)


class Failed(Exception):
    """A phase ended the probe; ``error`` is the observation."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Attempt:
    """One probe under way."""

    def __init__(self, target: Target, proxy: Proxy | None, limits: Limits) -> None:
        self.target, self.proxy, self.limits = target, proxy, limits
        self.phases: list[Phase] = []
        self.phase = "resolve"
        self.wire: Wire | None = None
        self.channel: TlsChannel | None = None

    @asynccontextmanager
    async def timed(self, name: str) -> AsyncIterator[None]:
        """One phase: its limit, its milliseconds, its status."""
        self.phase = name
        begun, status = time.perf_counter(), Status.FAIL
        try:
            async with asyncio.timeout(getattr(self.limits, name, None)):
                yield
            status = Status.OK
        except _EXPECTED as error:
            raise Failed(error) from error
        finally:
            spent = round((time.perf_counter() - begun) * 1000, 2)
            self.phases.append(Phase(name=name, ms=spent, status=status))

    async def run(self, context: ssl.SSLContext, request: Request) -> HttpAnswer:
        """All phases; raises :class:`Failed`."""
        wire = await self.reach()
        self.channel = TlsChannel(wire, context, self.target.host.rstrip("."))
        async with self.timed("tls"):
            await self.channel.handshake()
        if self.channel.verdict_is_late:
            async with self.timed("client_certificate"):
                await self.channel.verdict(self.limits.verdict)
        async with self.timed("http"):
            return await exchange(self.channel, self.target, request)

    async def reach(self) -> Wire:
        """The phases before TLS: resolve, connect, and the proxy's tunnel if there is one."""
        place = self.proxy or self.target
        async with self.timed("resolve"):
            addresses = await resolve(place.host, place.port)
        async with self.timed("connect"):
            self.wire = await Wire.connect(addresses)
        if self.proxy:
            async with self.timed("proxy"):
                await open_tunnel(self.wire, self.target, self.proxy)
        return self.wire

    @cached_property
    def facts(self) -> TlsFacts:
        """What TLS told; to be asked when the attempt has ended."""
        return self.channel.facts() if self.channel else TlsFacts()

    def close(self) -> None:
        """Close the connection, whatever happened."""
        if self.wire is not None:
            self.wire.close()
