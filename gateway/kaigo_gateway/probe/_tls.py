"""The TLS stage: OpenSSL between two memory buffers, and a reader that hears the verdict before it speaks.

With TLS 1.3 the server judges our certificate after *our* handshake has ended. A client that writes its
request at once is answered with a reset that swallows the alert (20-59 % of refusals in a measurement of
2026-11-22), so this stage reads first. A session ticket is the server's word that it accepted.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kaigo_gateway.probe._result import TlsFacts
from kaigo_gateway.probe._trace import TRACING, attach

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_gateway.probe._wire import Wire

T = TypeVar("T")


class TlsChannel:
    """TLS over a :class:`Wire`. All methods raise ``ssl.SSLError`` and ``OSError`` as they come."""

    def __init__(self, wire: Wire, context: ssl.SSLContext, hostname: str) -> None:
        self._wire = wire
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ssl = context.wrap_bio(self._in, self._out, server_hostname=hostname)
        self.trace = attach(self._ssl)
        self._round_trip = 0.05
        self._early = b""

    async def handshake(self) -> None:
        """Handshake as far as this side is concerned."""
        begun = time.perf_counter()
        await self._pump(self._ssl.do_handshake)
        self._round_trip = max(0.05, time.perf_counter() - begun)

    @property
    def verdict_is_late(self) -> bool:
        """Whether the server's judgement of our certificate is still to come (TLS 1.3, asked)."""
        return (self.trace.asked or not TRACING) and self._ssl.version() == "TLSv1.3"

    async def verdict(self, limit: float) -> None:
        """Wait for a ticket, an alert, or until silence counts as consent (3 round trips, ``limit`` s)."""
        end = time.perf_counter() + min(limit, 3 * self._round_trip + 0.1)
        while not self.trace.tickets:
            try:
                self._early = self._ssl.read(1)
            except ssl.SSLWantReadError:
                if self.trace.tickets:
                    return
                data = await self._wire.receive_within(end - time.perf_counter())
                if data is None:
                    return
                self._feed(data)
                continue
            if not self._early:
                raise EOFError("closed while judging the certificate")
            return

    async def write(self, data: bytes) -> None:
        """Send application data."""
        sent = 0
        while sent < len(data):
            sent += await self._pump(partial(self._ssl.write, memoryview(data)[sent:]))

    async def read(self, size: int = 65_536) -> bytes:
        """Application data; empty when the peer has closed, properly or not."""
        if self._early:
            early, self._early = self._early, b""
            return early
        try:
            return await self._pump(partial(self._ssl.read, size))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    async def _pump(self, step: Callable[[], T]) -> T:
        while True:
            try:
                value = step()
            except ssl.SSLWantReadError:
                await self._flush()
                self._feed(await self._wire.receive())
                continue
            except ssl.SSLError:
                await self._say_why()
                raise
            await self._flush()
            return value

    def _feed(self, data: bytes) -> None:
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    async def _flush(self) -> None:
        if self._out.pending:
            await self._wire.send(self._out.read())

    async def _say_why(self) -> None:
        """Our own alert still goes out, so that the server's log names the reason too."""
        try:
            async with asyncio.timeout(1.0):
                await self._flush()
        except (OSError, TimeoutError):
            return

    def facts(self) -> TlsFacts:
        """What is known so far."""
        cipher = self._ssl.cipher()
        trace = self.trace
        return TlsFacts(
            version=self._ssl.version() or trace.version,
            cipher=cipher[0] if cipher else None,
            chain=_chain(self._ssl),
            asked=trace.asked if TRACING else None,
            issuers=trace.issuers,
            sent=trace.sent,
            ticket=bool(trace.tickets),
            alert=trace.alert_in,
            alert_sent=trace.alert_out,
        )


def _chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates that the server sent, verified or not.

    Public since Python 3.13; before, the same list is behind ``_sslobj``.
    """
    public = getattr(connection, "get_unverified_chain", None)
    private = getattr(getattr(connection, "_sslobj", None), "get_unverified_chain", None)
    ask = public or private
    if ask is None:
        leaf = connection.getpeercert(binary_form=True)
        return (leaf,) if leaf else ()
    der = 2  # _ssl.ENCODING_DER
    try:
        found = ask() or ()
    except ValueError:  # the handshake has not come that far
        return ()
    return tuple(bytes(c if isinstance(c, bytes) else c.public_bytes(der)) for c in found)
