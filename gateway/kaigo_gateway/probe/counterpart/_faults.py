"""The fault switch: one name per row of the failure table, with the reason code that a probe must give."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.probe.counterpart import _raw
from kaigo_gateway.probe.counterpart._client import CLIENTS, ClientFile, client_file, root_alone
from kaigo_gateway.probe.counterpart._https import Reply, server_context, serving
from kaigo_gateway.probe.counterpart._throwaway import Throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kaigo_gateway.probe.counterpart._client import Issue
    from kaigo_gateway.probe.counterpart._https import Handler

_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a counterpart is reached, and through which proxy."""

    url: str
    ca_file: Path
    proxy: str | None = None
    client: ClientFile | None = None
    """The certificate to show instead of the office's own, where the fault lies in the certificate."""

    def overlay(self, section: str) -> dict[str, Any]:
        """What it adds to a site document; ``section`` is ``platform`` or ``careplan``."""
        document: dict[str, Any] = {section: {"url": self.url, "ca_file": str(self.ca_file)}}
        if self.client is not None:
            word = {"$file": str(self.client.password_file)}
            document["certificate"] = {"file": str(self.client.file), "password": word}
        return document | ({"network": {"proxy": self.proxy}} if self.proxy else {})


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a fault may play with."""

    authority: Throwaway
    client_ca: Path
    handler: Handler
    crl: Path | None = None
    issue_client: Issue | None = None

    def tls(self, pair: tuple[Path, Path] | None = None, **changes: Any) -> ssl.SSLContext:
        """A correct server context but for ``changes``."""
        certificate, key = pair or self.authority.issue()
        return server_context(certificate, key, **{"client_ca": self.client_ca, **changes})

    def place(self, port: int, host: str = "localhost") -> Place:
        """A place whose CA is known."""
        return Place(f"https://{host}:{port}/", self.authority.root_pem)


@contextlib.contextmanager
def _served(stage: _Stage, context: ssl.SSLContext | None, handler: Handler | None = None) -> Iterator[Place]:
    with serving(context, handler or stage.handler) as port:
        yield stage.place(port)


@contextlib.contextmanager
def _raw_place(stage: _Stage, behaviour: Callable[[Any], None]) -> Iterator[Place]:
    with _raw.raw_server(behaviour) as port:
        yield stage.place(port)


@contextlib.contextmanager
def _fixed(place: Place) -> Iterator[Place]:
    yield place


@contextlib.contextmanager
def _silent(stage: _Stage) -> Iterator[Place]:
    with _raw.silent_port() as port:
        yield stage.place(port)


@contextlib.contextmanager
def _proxied(stage: _Stage, behaviour: Callable[[Any], None]) -> Iterator[Place]:
    with _served(stage, stage.tls()) as place, _raw.raw_server(behaviour) as port:
        yield replace(place, proxy=f"http://127.0.0.1:{port}")


def _issued(**wrong: Any) -> Callable[[_Stage], contextlib.AbstractContextManager[Place]]:
    """A server whose certificate is wrong in one way."""
    return lambda stage: _served(stage, stage.tls(stage.authority.issue(**wrong)))


def _answering(status: int, body: bytes = b"", **headers: str) -> Any:
    """A server that takes the certificate and answers with ``status``."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda stage: _served(stage, stage.tls(), lambda _: Reply(status, body, headers=names))


def _tls12(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    context = stage.tls(minimum=ssl.TLSVersion.TLSv1_2)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return _served(stage, context)


def _no_common_cipher(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    """A server whose only key exchange no client of today offers with TLS 1.3 (RFC 8446, 4.2.7)."""
    context = stage.tls()
    context.set_ecdh_curve("brainpoolP256r1")
    return _served(stage, context)


@contextlib.contextmanager
def _wrong_client(stage: _Stage, fault: str) -> Iterator[Place]:
    """A correct server that knows the root alone; the certificate shown to it is wrong in one way."""
    folder = stage.authority.folder
    shown = client_file(fault, folder, stage.issue_client)
    with _served(stage, stage.tls(client_ca=root_alone(stage.client_ca, folder))) as place:
        yield replace(place, client=shown)


def _unknown_name(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    return _alerting(stage, ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)


def _alerting(stage: _Stage, alert: int) -> contextlib.AbstractContextManager[Place]:
    """A server that ends the handshake with ``alert`` as soon as it has heard the host name."""
    context = stage.tls()
    context.sni_callback = lambda *_: alert
    return _served(stage, context)


def _wrong_host(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    return _served(stage, stage.tls(stage.authority.issue("other.example")))


def _inspected(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    inspector = Throwaway(stage.authority.folder / "inspector", "TEST Kaspersky look-alike")
    return _served(stage, stage.tls(inspector.issue(with_root=True)))


def _clock(stage: _Stage) -> contextlib.AbstractContextManager[Place]:
    """A server that lives four days ahead: seen from it, this machine's clock is behind."""
    ahead = timedelta(days=4)
    context = stage.tls(stage.authority.issue(begins=3 * _DAY, ends=_YEAR), client_ca=None)
    return _served(stage, context, lambda received: replace(stage.handler(received), ahead=ahead))


def _without_request(stage: _Stage, status: int) -> contextlib.AbstractContextManager[Place]:
    return _served(stage, stage.tls(client_ca=None), lambda _: Reply(status))


_NGINX_PAGE: Final = b"<html><title>400 The SSL certificate error</title>simulated</html>"
_PROXY_407: Final = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"

_SWITCH: Final[Mapping[str, tuple[str, Callable[[_Stage], contextlib.AbstractContextManager[Place]]]]] = {
    "none": ("HTTP_OK", lambda s: _served(s, s.tls())),
    "dns": ("DNS_NOT_FOUND", lambda s: _fixed(s.place(443, "kaigo-gateway.invalid"))),
    "refused": ("TCP_REFUSED", lambda s: _fixed(s.place(_raw.unused_port()))),
    "tcp_silent": ("TCP_TIMEOUT", _silent),
    "tls_silent": ("TLS_TIMEOUT", lambda s: _raw_place(s, _raw.silent)),
    "plain_http": ("TLS_PLAIN_HTTP", lambda s: _served(s, None)),
    "captive_portal": (
        "CAPTIVE_PORTAL",
        lambda s: _raw_place(s, _raw.portal("http://login.kaigo-gateway.invalid/")),
    ),
    "not_tls": ("TLS_NOT_TLS", lambda s: _raw_place(s, _raw.saying(b"SSH-2.0-simulated\r\n"))),
    "tls_reset": ("TLS_RESET", lambda s: _raw_place(s, _raw.resetting)),
    "tls_closed": ("TLS_CLOSED", lambda s: _raw_place(s, _raw.closing)),
    "tls12_only": ("TLS_VERSION_SERVER_OLD", _tls12),
    "no_common_cipher": ("TLS_NO_COMMON_CIPHER", _no_common_cipher),
    "name_unknown": ("TLS_NAME_UNKNOWN", _unknown_name),
    "tls_server_error": (
        "TLS_SERVER_ERROR",
        lambda s: _alerting(s, ssl.ALERT_DESCRIPTION_INTERNAL_ERROR),
    ),
    "server_expired": ("TLS_SERVER_CERT_EXPIRED", _issued(begins=-2 * _YEAR, ends=-_DAY)),
    "server_not_yet_valid": ("TLS_SERVER_CERT_NOT_YET_VALID", _issued(begins=_DAY)),
    "clock": ("CLOCK_WRONG", _clock),
    "server_self_signed": ("TLS_SERVER_SELF_SIGNED", _issued(self_signed=True)),
    "server_root_untrusted": ("TLS_SERVER_ROOT_UNTRUSTED", _issued(stranger=True, with_root=True)),
    "server_no_intermediate": ("TLS_SERVER_CHAIN_INCOMPLETE", _issued(chain=False)),
    "inspected": ("TLS_INSPECTED", _inspected),
    "hostname": ("TLS_SERVER_NAME_MISMATCH", _wrong_host),
    "client_ca_unknown": (
        "TLS_CLIENT_CERT_UNKNOWN_CA",
        lambda s: _served(s, s.tls(client_ca=s.authority.root_pem)),
    ),
    **{
        name: (code, lambda s, name=name: _wrong_client(s, name))  # type: ignore[misc]
        for name, (code, _) in CLIENTS.items()
    },
    "client_revoked": ("TLS_CLIENT_CERT_REVOKED", lambda s: _served(s, s.tls(crl=s.crl))),
    "client_refused_page": ("TLS_CLIENT_CERT_REJECTED", _answering(400, _NGINX_PAGE)),
    "client_not_asked": ("TLS_CLIENT_CERT_NOT_ASKED", lambda s: _without_request(s, 200)),
    "client_per_path": ("TLS_CLIENT_CERT_PER_PATH", lambda s: _without_request(s, 403)),
    "http_silent": ("HTTP_TIMEOUT", lambda s: _served(s, s.tls(), lambda _: Reply(raw=b"", silence=30))),
    "http_closed": ("HTTP_NO_ANSWER", lambda s: _served(s, s.tls(), lambda _: Reply(raw=b""))),
    "http_not_http": ("HTTP_NOT_HTTP", lambda s: _served(s, s.tls(), lambda _: Reply(raw=b"220 simulated"))),
    "http_400": ("HTTP_BAD_REQUEST", _answering(400)),
    "http_401": ("HTTP_UNAUTHORIZED", _answering(401)),
    "http_403": ("HTTP_FORBIDDEN", _answering(403)),
    "http_404": ("HTTP_NOT_FOUND", _answering(404)),
    "http_429": ("HTTP_BUSY", _answering(429, Retry_After="30")),
    "http_unexpected": ("HTTP_UNEXPECTED", _answering(418)),
    "http_500": ("HTTP_SERVER_ERROR", _answering(500)),
    "maintenance": ("HTTP_MAINTENANCE", _answering(503, Retry_After="3600")),
    "proxy_dns": (
        "PROXY_NOT_FOUND",
        lambda s: _fixed(replace(s.place(443), proxy="http://proxy.kaigo-gateway.invalid:8080")),
    ),
    "proxy_refused": (
        "PROXY_REFUSED",
        lambda s: _fixed(replace(s.place(443), proxy=f"http://127.0.0.1:{_raw.unused_port()}")),
    ),
    "proxy_auth": ("PROXY_AUTH_REQUIRED", lambda s: _proxied(s, _raw.saying(_PROXY_407))),
    "proxy_ntlm": (
        "PROXY_AUTH_UNSUPPORTED",
        lambda s: _proxied(s, _raw.saying(_PROXY_407.replace(b"Basic realm=x", b"NTLM"))),
    ),
    "proxy_error": (
        "PROXY_ERROR",
        lambda s: _proxied(s, _raw.saying(b"HTTP/1.1 418 Simulated\r\n\r\n")),
    ),
    "proxy_denied": (
        "PROXY_DENIED",
        lambda s: _proxied(s, _raw.saying(b"HTTP/1.1 403 Forbidden\r\n\r\n")),
    ),
    "proxy_upstream": (
        "PROXY_UPSTREAM",
        lambda s: _proxied(s, _raw.saying(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")),
    ),
    "proxy_silent": ("PROXY_SILENT", lambda s: _proxied(s, _raw.silent)),
    "proxy_closed": ("PROXY_CLOSED", lambda s: _proxied(s, _raw.closing)),
    "proxy_not_a_proxy": ("PROXY_NOT_A_PROXY", lambda s: _proxied(s, _raw.saying(b"220 simulated\r\n"))),
}

FAULTS: Final[Mapping[str, str]] = {name: code for name, (code, _) in _SWITCH.items()}
"""Every fault switch and the reason code that a probe has to give; ``none`` is the well-behaved server."""


@contextlib.contextmanager
def counterpart(  # noqa: PLR0913 - what a fault may play with, by name
    fault: str,
    folder: Path,
    client_ca: Path,
    handler: Handler,
    *,
    crl: Path | None = None,
    issue_client: Issue | None = None,
) -> Iterator[Place]:
    """Run a counterpart with one fault; ``KeyError`` for an unknown one.

    ``client_ca`` issued the client certificates that it accepts, ``handler`` answers when all is well.
    ``crl`` names the revoked ones; only the fault ``client_revoked`` looks at it.
    ``issue_client`` makes the PKCS#12 of the faults that lie in the client certificate (:data:`CLIENTS`).
    """
    _, arrange = _SWITCH[fault]
    stage = _Stage(Throwaway(folder / "throwaway"), client_ca, handler, crl, issue_client)
    with arrange(stage) as place:
        yield place
