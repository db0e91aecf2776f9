"""Misbehaving sockets: silence, resets, wrong protocols, and proxies that refuse."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Behaviour = Callable[[socket.socket], None]

_PATIENCE: Final = 30.0


def cut_off(connection: socket.socket) -> None:
    """Let the closing of ``connection`` be a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    """Take everything and say nothing."""
    while connection.recv(65536):
        pass


def closing(connection: socket.socket) -> None:
    """Hear the greeting, then close properly."""
    connection.recv(65536)


def resetting(connection: socket.socket) -> None:
    """Hear the greeting, then reset."""
    connection.recv(65536)
    cut_off(connection)


def saying(answer: bytes) -> Behaviour:
    """Hear the greeting, give a fixed answer, close."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        while connection.recv(65536):
            pass

    return behave


def portal(location: str) -> Behaviour:
    """The login page of a network that stands before the Internet."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return saying(head.encode())


@contextlib.contextmanager
def raw_server(behaviour: Behaviour) -> Iterator[int]:
    """A listening socket (its port is yielded) that treats each connection with ``behaviour``."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        open_ones: set[socket.socket] = set()
        thread = threading.Thread(target=_accept, args=(listener, behaviour, open_ones), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for connection in tuple(open_ones):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
    thread.join(2)


def _accept(listener: socket.socket, behaviour: Behaviour, open_ones: set[socket.socket]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        open_ones.add(connection)
        threading.Thread(target=_serve, args=(connection, behaviour, open_ones), daemon=True).start()


def _serve(connection: socket.socket, behaviour: Behaviour, open_ones: set[socket.socket]) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(_PATIENCE)
        behaviour(connection)
    open_ones.discard(connection)


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port whose queue is full, so that the system drops new connections (shown on Linux only)."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@contextlib.contextmanager
def proxying(*, authorization: str | None = None, seen: list[str] | None = None) -> Iterator[int]:
    """A working CONNECT proxy; with ``authorization`` it wants exactly that ``Proxy-Authorization``.

    ``seen`` collects the first lines of what it was asked.
    """

    def behave(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        first, *lines = head.decode("latin-1").split("\r\n")
        if seen is not None:
            seen.append(first)
        if authorization and f"Proxy-Authorization: {authorization}" not in lines:
            answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"
            connection.sendall(answer.encode())
            return
        host, _, port = first.split()[1].rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), timeout=5) as far:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pipe, args=(far, connection), daemon=True)
            back.start()
            _pipe(connection, far)
            back.join(5)

    with raw_server(behave) as port:
        yield port


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        source.settimeout(_PATIENCE)
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
