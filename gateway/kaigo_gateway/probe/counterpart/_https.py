"""A simulated HTTPS server: blocking sockets, real TLS alerts, every answer marked as simulated."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from kaigo_gateway.probe.counterpart._raw import cut_off

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIMULATED_HEADER = "X-Kaigo-Simulated"
_BODY_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One request. ``client`` is the subject of the client certificate as ``ssl`` parses it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    client: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``ahead`` puts the clock of its ``Date`` forward.

    ``raw`` goes over the wire instead of an HTTP answer (empty: nothing at all), after ``silence`` seconds;
    ``reset`` then cuts the connection instead of closing it.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    raw: bytes | None = None
    silence: float = 0.0
    reset: bool = False


Handler = Callable[[Received], Reply]


def server_context(
    certificate: Path,
    key: Path,
    *,
    client_ca: Path | None = None,
    crl: Path | None = None,
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """A server context that demands a client certificate of ``client_ca`` (and checks ``crl``)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = minimum
    context.load_cert_chain(certificate, key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    if crl is not None:
        context.load_verify_locations(crl)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, context: ssl.SSLContext | None, handler: Handler, *, lingering: bool) -> None:
        self.context, self.handler, self.lingering = context, handler, lingering
        self.ending = threading.Event()
        super().__init__(("127.0.0.1", 0), _Connection)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread; a refusal is told by an alert and ends politely."""
        request.settimeout(30)
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secured:
            try:
                secured.do_handshake()
            except OSError:  # ssl.SSLError too: the alert has been sent
                if self.lingering:
                    _linger(secured)
                return
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


def _linger(connection: socket.socket) -> None:
    """Read what the client still says: closing with unread data would reset away the alert."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        while connection.recv(4096):
            pass


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        reply = self.server.handler(self._received())
        self.server.ending.wait(reply.silence)
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            self.close_connection = True
            if reply.reset:
                cut_off(self.connection)
            return
        self.send_response_only(reply.status)
        for name, value in {
            "Date": self.date_time_string(int(time.time() + reply.ahead.total_seconds())),
            "Server": "kaigo-gateway sandbox (simulated)",
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            "Cache-Control": "no-store",
            SIMULATED_HEADER: "true",
            "Connection": "close",
            **reply.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815 - names that http.server looks for

    def _received(self) -> Received:
        length = min(int(self.headers.get("Content-Length") or 0), _BODY_LIMIT)
        body = self.rfile.read(length) if length else b""
        getpeercert = getattr(self.connection, "getpeercert", lambda: None)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Received(self.command, self.path, headers, body, getpeercert())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the sandbox's own record is the caller's business."""


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None, handler: Handler, *, lingering: bool = True) -> Iterator[int]:
    """Serve on a free loopback port (which is yielded) until the block ends; None as context: plain HTTP.

    Without ``lingering`` a refused connection is closed at once, as hasty servers do.
    """
    server = _Server(context, handler, lingering=lingering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
