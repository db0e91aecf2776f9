"""Every reason code of the proxy against real proxies: our own, Apache, tinyproxy, and two that are none."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from failure_matrix import NGINX, OPENSSL, Switch
from kaigo_gateway.probe.counterpart import unused_port
from peers import Orders, freeze, kill_soon, openssl_server
from probe_rig import apache, nginx, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN, APACHE, TINY = "own rig", "apache2", "tinyproxy"
KINDS = (OWN, APACHE, TINY, NGINX, OPENSSL)
_NONE = "is no forward proxy"


@dataclass(frozen=True)
class Proxied:
    """How a proxy is brought to it: its settings, the user shown to it, what becomes of proxy and service."""

    settings: str = ""
    user: str = ""
    upstream: bool = True
    then: Callable[[Path], None] | None = None


def row(own: str | Switch, apache: Proxied | str, tiny: Proxied | str, nginx=_NONE, openssl=_NONE):
    """One row; ``own`` is a fault switch of the sandbox."""
    cells = (
        Switch(own) if own and own[0].islower() and " " not in own else own,
        apache,
        tiny,
        nginx,
        openssl,
    )
    return dict(zip(KINDS, cells, strict=True))


_BEFORE = "no proxy is reached"
_NAMED = "has a code of its own for each refusal"
_SCRIPT = "the site's own script or setting, no counterpart"
_USERS = "AuthType {}\nAuthName simulated\nAuthUserFile {{folder}}/users\nRequire valid-user"
_BASIC, _DIGEST = _USERS.format("Basic"), _USERS.format("Digest")
_TINY_USER = "BasicAuth office right"

PROXIES = {
    "PROXY_NOT_FOUND": row("proxy_dns", _BEFORE, _BEFORE, _BEFORE, _BEFORE),
    "PROXY_REFUSED": row("proxy_refused", _BEFORE, _BEFORE, _BEFORE, _BEFORE),
    "PROXY_UNREACHABLE": row(*[_BEFORE] * 5),
    "PROXY_AUTH_REQUIRED": row("proxy_auth", Proxied(_BASIC), Proxied(_TINY_USER)),
    "PROXY_AUTH_REJECTED": row(
        "proxy_password", Proxied(_BASIC, "office:wrong@"), Proxied(_TINY_USER, "office:wrong@")
    ),
    "PROXY_AUTH_UNSUPPORTED": row("proxy_ntlm", Proxied(_DIGEST), "knows Basic alone"),
    "PROXY_DENIED": row("proxy_denied", Proxied("Require all denied"), Proxied("ConnectPort 443")),
    "PROXY_UPSTREAM": row("proxy_upstream", Proxied(upstream=False), Proxied(upstream=False)),
    "PROXY_SILENT": row("proxy_silent", Proxied(then=freeze), Proxied(then=freeze), Proxied(then=freeze),
                        Proxied(then=freeze)),
    "PROXY_CLOSED": row("proxy_closed", Proxied(then=kill_soon), Proxied(then=kill_soon),
                        Proxied(then=kill_soon), Proxied()),
    "PROXY_NOT_A_PROXY": row("proxy_not_a_proxy", "answers in HTTP", "answers in HTTP", "answers in HTTP",
                             "closes without a word"),
    "PROXY_ERROR": row("proxy_error", _NAMED, _NAMED, Proxied(), "closes without a word"),
    "PROXY_KIND_UNSUPPORTED": row("proxy_kind", *[_SCRIPT] * 4),
    "PAC_UNREADABLE": row(*[_SCRIPT] * 5),
    "PAC_TIMEOUT": row(*[_SCRIPT] * 5),
}  # fmt: skip
"""Reason code, then kind of proxy, then how it is driven or why not."""


@contextlib.contextmanager
def apache_proxy(folder: Path, office, settings: str):
    """Apache with mod_proxy_connect; the user ``office`` has the password ``right`` (as htpasswd -s)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users").write_text("office:{SHA}0nofEXcSAJSXFLGvmfBIpBb11vQ=\n")
    (folder / "users").chmod(0o644)
    inner = settings.replace("{folder}", str(folder))
    extra = f"ProxyRequests on\nAllowCONNECT 1-65535\n<Proxy *>\n{inner}\n</Proxy>"
    with apache(folder, *office.pki.issue(), office.pki.root_pem, engine="off", extra=extra) as port:
        yield port


@contextlib.contextmanager
def tinyproxy(folder: Path, _office, settings: str):
    """tinyproxy as Debian has it."""
    port = unused_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "tinyproxy.conf"
    config.write_text(f'Port {port}\nListen 127.0.0.1\nLogFile "{folder}/log"\nMaxClients 20\n{settings}\n')
    with running(["tinyproxy", "-d", "-c", str(config)], port, folder):
        yield port


@contextlib.contextmanager
def nginx_no_proxy(folder: Path, office, _settings: str):
    """A plain web server that somebody entered as the proxy."""
    with nginx(folder, *office.pki.issue(), office.pki.root_pem, listen="") as port:
        yield port


@contextlib.contextmanager
def openssl_no_proxy(folder: Path, office, _settings: str):
    """A TLS server that somebody entered as the proxy."""
    with openssl_server(folder, Orders(pair=office.pki.issue(), client_ca=office.pki.root_pem)) as port:
        yield port


STARTS = {APACHE: apache_proxy, TINY: tinyproxy, NGINX: nginx_no_proxy, OPENSSL: openssl_no_proxy}
