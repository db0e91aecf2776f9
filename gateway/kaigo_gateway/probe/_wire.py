"""Resolve and connect: a bare non-blocking socket on the loop, closed in every case."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import aiohappyeyeballs

from kaigo_gateway.probe._target import is_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHUNK = 65_536
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


async def resolve(host: str, port: int) -> Sequence[AddressInfo]:
    """Addresses of ``host``; raises ``socket.gaierror``. A number needs no resolver and so no thread.

    Each question has a thread of its own: resolvers hang, and the loop's executor has few threads for all.
    """
    if is_literal(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    from kaigo_gateway.plugins._isolation import in_thread

    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    found: Sequence[AddressInfo] = await in_thread(ask)
    return found


_TELLING: Final = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT)
"""An answer says more than silence, and silence more than a family of addresses that has no route here."""


def _most_telling(error: OSError) -> OSError:
    """One of the errors of several addresses, which aiohappyeyeballs joins in a text without a number."""
    numbers = [int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))]
    if error.errno is not None or not numbers:
        return error
    return OSError(next((number for number in _TELLING if number in numbers), numbers[0]), str(error))


class Wire:
    """One TCP connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._reading: asyncio.Future[bytes] | None = None
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address: str = sock.getpeername()[0]

    @classmethod
    async def connect(cls, addresses: Sequence[AddressInfo]) -> Wire:
        """Connect to the first address that answers; IPv4 does not wait for a dead IPv6 (RFC 8305)."""
        try:
            sock = await aiohappyeyeballs.start_connection(list(addresses), happy_eyeballs_delay=0.25)
        except OSError as error:
            raise _most_telling(error) from error
        try:
            return cls(sock)
        except OSError:  # reset between connecting and asking for the peer's name
            sock.close()
            raise

    async def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        await self._loop.sock_sendall(self._socket, data)

    async def receive(self) -> bytes:
        """The next bytes; empty at the end of the stream."""
        if self._reading is not None:
            reading, self._reading = self._reading, None
            return await reading
        return await self._loop.sock_recv(self._socket, _CHUNK)

    async def receive_within(self, seconds: float) -> bytes | None:
        """The next bytes, or None when nothing comes within ``seconds``.

        The reading then goes on, and the next call gets what it brings. Cancelling it would lose bytes
        that arrive in the same turn of a busy loop, and with them the rest of the TLS stream.
        """
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._loop.sock_recv(self._socket, _CHUNK))
        await asyncio.wait({self._reading}, timeout=max(0.0, seconds))
        return await self.receive() if self._reading.done() else None

    def close(self) -> None:
        """Close at once, or as soon as a reading under way has let go of the socket; safe to call twice."""
        reading, self._reading = self._reading, None
        if reading is None:
            self._socket.close()
            return
        reading.add_done_callback(self._let_go)
        reading.cancel()

    def _let_go(self, reading: asyncio.Future[bytes]) -> None:
        if not reading.cancelled():
            reading.exception()  # seen, so that nobody is warned of it
        self._socket.close()
