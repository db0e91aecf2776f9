"""One server four times: our own rig, nginx, Apache and ``openssl s_server`` with the same orders."""

from __future__ import annotations

import contextlib
import os
import signal
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from kaigo_gateway.probe.counterpart import Reply, server_context, serving
from probe_rig import apache, nginx, s_server

if TYPE_CHECKING:
    from pathlib import Path

OWN, NGINX, APACHE, OPENSSL = PEERS = ("own rig", "nginx", "apache2", "openssl")

_NGINX_VERIFY = {"require": "on", "optional": "optional", "off": "off"}
_APACHE_VERIFY = {"require": "require", "optional": "optional", "off": "none"}
_OPENSSL_VERIFY = {
    "require": ("-Verify", "3", "-verify_return_error"),
    "optional": ("-verify", "3"),
    "off": (),
}
_OWN_VERIFY = {"require": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "off": ssl.CERT_NONE}


@dataclass(frozen=True)
class Orders:
    """What a server is to do, in words that all four understand; ``extra`` is for one of them alone."""

    pair: tuple[Path, Path]
    client_ca: Path
    verify: str = "require"
    tls: str = "TLSv1.3"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    crl: Path | None = None
    extra: object = ""
    plain: bool = False
    answer: bytes | None = None


def page(orders: Orders) -> bytes:
    """The whole HTTP answer, for the servers that send it as it is."""
    if orders.answer is not None:
        return orders.answer
    headers = {"Date": format_datetime(datetime.now(UTC) + orders.ahead, usegmt=True), "Content-Length": "9"}
    lines = [f"{name}: {value}" for name, value in (headers | orders.headers).items()]
    return "\r\n".join([f"HTTP/1.1 {orders.status} simulated", *lines, "", "simulated"]).encode()


@contextlib.contextmanager
def own_rig(_folder: Path, orders: Orders):
    """The rig of the sandbox; ``extra`` is a change to its context."""
    versions = {"TLSv1.1": ssl.TLSVersion.MINIMUM_SUPPORTED, "TLSv1.2": ssl.TLSVersion.TLSv1_2}
    lowest = versions.get(orders.tls, ssl.TLSVersion.TLSv1_3)
    context = server_context(*orders.pair, client_ca=orders.client_ca, crl=orders.crl, minimum=lowest)
    context.verify_mode = _OWN_VERIFY[orders.verify]
    if orders.tls == "TLSv1.2":
        context.maximum_version = lowest
    if callable(orders.extra):
        orders.extra(context)
    with serving(None if orders.plain else context, lambda _: Reply(raw=page(orders))) as port:
        yield port


@contextlib.contextmanager
def nginx_server(folder: Path, orders: Orders):
    """nginx; with a date of its own it stands before our rig, whose ``Date`` it passes on."""
    crl = f"ssl_crl {orders.crl};" if orders.crl else ""
    more = "".join(f"add_header {name} {value} always;" for name, value in orders.headers.items())
    with contextlib.ExitStack() as stack:
        body = f"return {orders.status}" + (" " + orders.headers["Location"] if orders.status == 302 else "")
        if orders.ahead:
            backend = stack.enter_context(serving(None, lambda _: Reply(raw=page(orders))))
            body = f"proxy_pass http://127.0.0.1:{backend}; proxy_pass_header Date"
        yield stack.enter_context(
            nginx(folder, *orders.pair, orders.client_ca, tls=orders.tls, verify=_NGINX_VERIFY[orders.verify],
                  extra=crl + more + str(orders.extra), content=body, listen="" if orders.plain else "ssl")
        )  # fmt: skip


@contextlib.contextmanager
def apache_server(folder: Path, orders: Orders):
    """Apache; with a date of its own it stands before our rig, whose ``Date`` it passes on."""
    lines = [f"SSLCARevocationCheck leaf\nSSLCARevocationFile {orders.crl}"] if orders.crl else []
    lines += [f'Header always set {name} "{value}"' for name, value in orders.headers.items()]
    location = orders.headers.get("Location", "")
    if orders.status != 200:
        lines.append(f"Redirect {orders.status} / {location}".strip())
    with contextlib.ExitStack() as stack:
        if orders.ahead:
            backend = stack.enter_context(serving(None, lambda _: Reply(raw=page(orders))))
            lines.append(f"ProxyPass / http://127.0.0.1:{backend}/")
        yield stack.enter_context(
            apache(folder, *orders.pair, orders.client_ca, tls=orders.tls,
                   verify=_APACHE_VERIFY[orders.verify], engine="off" if orders.plain else "on",
                   extra="\n".join([*lines, str(orders.extra)]))
        )  # fmt: skip


@contextlib.contextmanager
def openssl_server(folder: Path, orders: Orders):
    """``openssl s_server -HTTP``: it sends the file that is asked for, a whole answer; see :data:`FILE`."""
    version = {"TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}[orders.tls]
    options = [version, *_OPENSSL_VERIFY[orders.verify], "-CAfile", str(orders.client_ca)]
    options += ["-crl_check", "-CRL", str(orders.crl)] if orders.crl else []
    more = orders.extra if isinstance(orders.extra, tuple) else ()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(page(orders))
    with s_server(folder, *orders.pair, *options, *more, mode="-HTTP") as port:
        yield port


FILE = "answer"
"""The path that ``openssl s_server -HTTP`` knows; it has none for ``/``."""

SERVERS = {OWN: own_rig, NGINX: nginx_server, APACHE: apache_server, OPENSSL: openssl_server}


def freeze(folder: Path) -> None:
    """Stop a server and all its workers: the kernel still takes connections, nobody answers."""
    os.killpg(_group(folder), signal.SIGSTOP)
    time.sleep(0.05)


def kill(folder: Path) -> None:
    """End a server with all its workers at once; what it has not read yet makes the kernel reset."""
    os.killpg(_group(folder), signal.SIGKILL)


def kill_soon(folder: Path) -> None:
    """Freeze a server, and kill it when the client's greeting has come: nothing but a reset is left."""
    freeze(folder)
    threading.Timer(0.3, kill, [folder]).start()


def _group(folder: Path) -> int:
    return int((folder / "server.pid").read_text())
