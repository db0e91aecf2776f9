"""Running the application: listen, print where, stop within two seconds even with open streams."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import signal
import ssl
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway._version import __version__
from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web._app import create_app
from kaigo_gateway.web._connections import Limited
from kaigo_gateway.web._keys import ACCESS
from kaigo_gateway.web._options import LOOPBACK_HOSTS, WebOptions
from kaigo_gateway.web._server_log import ServerLog
from kaigo_gateway.web.access import Role, TokenAccess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway

SHUTDOWN: Final = 1.0
"""Seconds that a handler has to end when the service stops; streams end at once."""
HEADER_TIME: Final = 20.0
"""Seconds within which a connection has to send a whole request head, and may stay idle between requests."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to listen. ``names`` are further host names under which the service may be called.

    A connection beyond ``max_connections`` is closed at once, before it costs anything.
    """

    host: str = "127.0.0.1"
    port: int = 8720
    names: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    files: tuple[Path, ...] = ()
    folder: Path | None = None
    max_connections: int = 4000


@dataclass(slots=True)
class Serving:
    """A running service."""

    app: web.Application
    address: str
    token_file: Path
    version: str = __version__
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def link(self) -> str:
        """A new one-time link for an administrator."""
        access = self.app[ACCESS]
        assert isinstance(access, TokenAccess)
        return f"{self.address}/login/{access.sessions.new_link(Role.ADMINISTRATOR)}"

    async def wait(self) -> None:
        """Until Ctrl+C, SIGTERM or :attr:`stopping`."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt
                loop.add_signal_handler(each, self.stopping.set)
        await self.stopping.wait()


@asynccontextmanager
async def serving(gateway: Gateway, wanted: Wanted) -> AsyncIterator[Serving]:
    """Open ``gateway`` and serve it while the block runs.

    Raises :class:`InputError` for an address that needs TLS and has none or for unusable TLS files,
    :class:`CouldNotRun` when the address is in use or not ours, or the ledger or token file cannot be used.
    """
    tls = _tls(wanted)
    options = _options(wanted, gateway)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(gateway)
        app = create_app(gateway, options=options)
        runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listening = await _listen(runner, wanted, tls)
        stack.callback(listening.close)
        yield Serving(app, _address(listening, wanted, tls), options.tokens)


def _options(wanted: Wanted, gateway: Gateway) -> WebOptions:
    names = LOOPBACK_HOSTS | {name.lower() for name in wanted.names}
    folder = wanted.folder or gateway.settings.web.folder
    web_settings = gateway.settings.web
    return WebOptions(
        folder=folder,
        hosts=names,
        files=wanted.files,
        secure=wanted.tls_cert is not None,
        session_seconds=web_settings.session_hours * 3600,
        keep_uploads_days=web_settings.keep_uploads_days,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tls(wanted: Wanted) -> ssl.SSLContext | None:
    if wanted.tls_cert is None:
        if not is_loopback(wanted.host):
            raise InputError(
                N_("{host} can be reached from other machines, so the service needs TLS there."),
                N_("Give --tls-cert and --tls-key (and --name for its host name), or listen on 127.0.0.1."),
                host=wanted.host,
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(wanted.tls_cert, wanted.tls_key)
    except (OSError, ValueError) as error:
        raise InputError(
            N_("The TLS certificate {path} cannot be used: {why}."),
            N_("Give a PEM chain with --tls-cert and its unencrypted PEM key with --tls-key."),
            path=wanted.tls_cert,
            why=getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__,
        ) from None
    return context


_WHY: Final = {
    errno.EADDRINUSE: N_("another program uses that port"),
    errno.EADDRNOTAVAIL: N_("this machine has no such address"),
    errno.EACCES: N_("this user may not listen on that port"),
}


async def _listen(
    runner: web.AppRunner, wanted: Wanted, tls: ssl.SSLContext | None
) -> asyncio.AbstractServer:
    from kaigo_gateway.i18n import gettext

    assert runner.server is not None
    handling = {"access_log": None, "logger": ServerLog(), "keepalive_timeout": HEADER_TIME}
    loop = asyncio.get_running_loop()
    protocols = Limited(runner.server, wanted.max_connections, **handling)
    try:
        return await loop.create_server(protocols, wanted.host, wanted.port, ssl=tls, backlog=128)
    except OSError as error:
        known = _WHY.get(error.errno or 0)
        raise CouldNotRun(
            N_("The service cannot listen on {host} port {port}: {why}."),
            N_("Choose another port with --port, or end the program that uses it."),
            host=wanted.host,
            port=wanted.port,
            why=gettext(known) if known else error.strerror or type(error).__name__,
        ) from None


def _address(server: asyncio.AbstractServer, wanted: Wanted, tls: ssl.SSLContext | None) -> str:
    port = server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    host = next(iter(wanted.names), wanted.host)
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - only for showing
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{port}"
