"""The fault switch: one name per row of the failure table, with the reason code that a probe must give."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from kaigo_gateway.probe.counterpart import _arrange as a
from kaigo_gateway.probe.counterpart import _raw
from kaigo_gateway.probe.counterpart._arrange import DAY, YEAR, Stage
from kaigo_gateway.probe.counterpart._client import CLIENTS
from kaigo_gateway.probe.counterpart._throwaway import CLIENT, Throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kaigo_gateway.probe.counterpart._arrange import Arrangement, IssueList, Place
    from kaigo_gateway.probe.counterpart._client import Issue
    from kaigo_gateway.probe.counterpart._https import Handler

_NGINX_PAGE: Final = b"<html><title>400 The SSL certificate error</title>simulated</html>"
_PROXY_407: Final = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"
_PORTAL: Final = "http://login.kaigo-gateway.invalid/"
_PROTOCOL_VERSION: Final = 70
"""An alert that ``ssl`` has no name for (RFC 8446, 6.2)."""


def _through(answer: bytes) -> Arrangement:
    """A proxy with a fixed answer."""
    return lambda stage: a.proxied(stage, _raw.saying(answer))


def _at_proxy(proxy: str) -> Arrangement:
    """A proxy where nothing of ours stands."""
    return lambda stage: a.fixed(replace(stage.place(443), proxy=proxy))


_NETWORK: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "dns": ("DNS_NOT_FOUND", lambda s: a.fixed(s.place(443, "kaigo-gateway.invalid"))),
    "refused": ("TCP_REFUSED", lambda s: a.fixed(s.place(_raw.unused_port()))),
    "tcp_silent": ("TCP_TIMEOUT", a.unheard),
    "tls_silent": ("TLS_TIMEOUT", lambda s: a.raw_place(s, _raw.silent)),
    "plain_http": ("TLS_PLAIN_HTTP", lambda s: a.served(s, None)),
    "captive_portal": ("CAPTIVE_PORTAL", lambda s: a.raw_place(s, _raw.portal(_PORTAL))),
    "not_tls": ("TLS_NOT_TLS", lambda s: a.raw_place(s, _raw.saying(b"SSH-2.0-simulated\r\n"))),
    "tls_reset": ("TLS_RESET", lambda s: a.raw_place(s, _raw.resetting)),
    "tls_closed": ("TLS_CLOSED", lambda s: a.raw_place(s, _raw.closing)),
}
_SERVER: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "tls12_only": ("TLS_VERSION_SERVER_OLD", a.tls12),
    "version_refused": ("TLS_VERSION_REFUSED", a.alerting(_PROTOCOL_VERSION)),
    "no_common_cipher": ("TLS_NO_COMMON_CIPHER", a.no_common_cipher),
    "name_unknown": ("TLS_NAME_UNKNOWN", a.alerting(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)),
    "tls_server_error": ("TLS_SERVER_ERROR", a.alerting(ssl.ALERT_DESCRIPTION_INTERNAL_ERROR)),
    "tls_failed": ("TLS_FAILED", a.alerting(ssl.ALERT_DESCRIPTION_DECODE_ERROR)),
    "server_expired": ("TLS_SERVER_CERT_EXPIRED", a.issued(begins=-2 * YEAR, ends=-DAY)),
    "server_not_yet_valid": ("TLS_SERVER_CERT_NOT_YET_VALID", a.issued(begins=DAY)),
    "clock": ("CLOCK_WRONG", a.clock),
    "server_self_signed": ("TLS_SERVER_SELF_SIGNED", a.issued(self_signed=True)),
    "server_root_untrusted": ("TLS_SERVER_ROOT_UNTRUSTED", a.issued(stranger=True, with_root=True)),
    "server_no_intermediate": ("TLS_SERVER_CHAIN_INCOMPLETE", a.issued(chain=False)),
    "server_ca_unknown": ("TLS_SERVER_CA_UNKNOWN", a.of_another_authority),
    "server_invalid": ("TLS_SERVER_CERT_INVALID", a.issued(usage=CLIENT)),
    "inspected": ("TLS_INSPECTED", a.inspected),
    "hostname": ("TLS_SERVER_NAME_MISMATCH", a.wrong_host),
}
_CLIENT: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "client_ca_unknown": (
        "TLS_CLIENT_CERT_UNKNOWN_CA",
        lambda s: a.served(s, s.tls(client_ca=s.authority.root_pem)),
    ),
    **{name: (code, partial(a.wrong_client, fault=name)) for name, (code, _) in CLIENTS.items()},
    "client_revoked": ("TLS_CLIENT_CERT_REVOKED", a.with_list(revoked=True)),
    "client_list_expired": ("TLS_CLIENT_CERT_DATES_DISPUTED", a.with_list(begins=-9 * DAY, ends=-DAY)),
    "client_bad": ("TLS_CLIENT_CERT_BAD", a.with_list(begins=DAY)),
    "client_refused_page": ("TLS_CLIENT_CERT_REJECTED", a.answering(400, _NGINX_PAGE)),
    "client_not_asked": ("TLS_CLIENT_CERT_NOT_ASKED", a.without_request(200)),
    "client_per_path": ("TLS_CLIENT_CERT_PER_PATH", a.without_request(403)),
}
_HTTP: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "http_silent": ("HTTP_TIMEOUT", a.raw_answer(b"", silence=30)),
    "http_closed": ("HTTP_NO_ANSWER", a.raw_answer(b"")),
    "http_reset": ("HTTP_RESET", a.raw_answer(b"", reset=True)),
    "http_not_http": ("HTTP_NOT_HTTP", a.raw_answer(b"220 simulated")),
    "http_400": ("HTTP_BAD_REQUEST", a.answering(400)),
    "http_401": ("HTTP_UNAUTHORIZED", a.answering(401)),
    "http_403": ("HTTP_FORBIDDEN", a.answering(403)),
    "http_404": ("HTTP_NOT_FOUND", a.answering(404)),
    "http_429": ("HTTP_BUSY", a.answering(429, Retry_After="30")),
    "http_unexpected": ("HTTP_UNEXPECTED", a.answering(418)),
    "http_500": ("HTTP_SERVER_ERROR", a.answering(500)),
    "maintenance": ("HTTP_MAINTENANCE", a.answering(503, Retry_After="3600")),
}
_PROXY: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "proxy_dns": ("PROXY_NOT_FOUND", _at_proxy("http://proxy.kaigo-gateway.invalid:8080")),
    "proxy_refused": ("PROXY_REFUSED", a.dead_proxy),
    "proxy_auth": ("PROXY_AUTH_REQUIRED", _through(_PROXY_407)),
    "proxy_password": ("PROXY_AUTH_REJECTED", a.wrong_proxy_password),
    "proxy_ntlm": ("PROXY_AUTH_UNSUPPORTED", _through(_PROXY_407.replace(b"Basic realm=x", b"NTLM"))),
    "proxy_error": ("PROXY_ERROR", _through(b"HTTP/1.1 418 Simulated\r\n\r\n")),
    "proxy_denied": ("PROXY_DENIED", _through(b"HTTP/1.1 403 Forbidden\r\n\r\n")),
    "proxy_upstream": ("PROXY_UPSTREAM", _through(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")),
    "proxy_silent": ("PROXY_SILENT", lambda s: a.proxied(s, _raw.silent)),
    "proxy_closed": ("PROXY_CLOSED", lambda s: a.proxied(s, _raw.closing)),
    "proxy_not_a_proxy": ("PROXY_NOT_A_PROXY", _through(b"220 simulated\r\n")),
    "proxy_kind": ("PROXY_KIND_UNSUPPORTED", _at_proxy("socks5://127.0.0.1:1080")),
}
_SWITCH: Final[Mapping[str, tuple[str, Arrangement]]] = {
    "none": ("HTTP_OK", lambda s: a.served(s, s.tls())), **_NETWORK, **_SERVER, **_CLIENT, **_HTTP, **_PROXY,
}  # fmt: skip

FAULTS: Final[Mapping[str, str]] = {name: code for name, (code, _) in _SWITCH.items()}
"""Every fault switch and the reason code that a probe has to give; ``none`` is the well-behaved server."""


@contextlib.contextmanager
def counterpart(  # noqa: PLR0913 - what a fault may play with, by name
    fault: str,
    folder: Path,
    client_ca: Path,
    handler: Handler,
    *,
    issue_crl: IssueList | None = None,
    issue_client: Issue | None = None,
) -> Iterator[Place]:
    """Run a counterpart with one fault; ``KeyError`` for an unknown one.

    ``client_ca`` issued the client certificates that it accepts, ``handler`` answers when all is well.
    ``issue_crl`` makes the revocation lists that the faults ``client_revoked``, ``client_list_expired`` and
    ``client_bad`` look at, ``issue_client`` the PKCS#12 of the faults in the certificate (:data:`CLIENTS`).
    """
    _, arrange = _SWITCH[fault]
    stage = Stage(Throwaway(folder / "throwaway"), client_ca, handler, issue_crl, issue_client)
    with arrange(stage) as place:
        yield place
