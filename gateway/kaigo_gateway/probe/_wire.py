"""Resolve and connect: a bare non-blocking socket on the loop, closed in every case."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import aiohappyeyeballs

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHUNK = 65_536
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


async def resolve(host: str, port: int) -> Sequence[AddressInfo]:
    """Addresses of ``host``; raises ``socket.gaierror``."""
    loop = asyncio.get_running_loop()
    return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)


class Wire:
    """One TCP connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address: str = sock.getpeername()[0]

    @classmethod
    async def connect(cls, addresses: Sequence[AddressInfo]) -> Wire:
        """Connect to the first address that answers; IPv4 does not wait for a dead IPv6 (RFC 8305)."""
        sock = await aiohappyeyeballs.start_connection(list(addresses), happy_eyeballs_delay=0.25)
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
        return await self._loop.sock_recv(self._socket, _CHUNK)

    def close(self) -> None:
        """Close at once; safe to call twice."""
        self._socket.close()
