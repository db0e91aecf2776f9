"""From an exception or an answer to a reason code. Pure: no network here."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.probe._diagnose import alert_code, alert_of, refusal
from kaigo_gateway.probe._http import NoAnswer, NotHttp
from kaigo_gateway.probe._servercert import server_verdict
from kaigo_gateway.probe._tunnel import ProxyRefusal

if TYPE_CHECKING:
    from kaigo_gateway.probe._result import HttpAnswer, TlsFacts
    from kaigo_gateway.probe._target import Target


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reason code and the values that its text names."""

    code: str
    seen: dict[str, Any] = field(default_factory=dict)


_NO_DNS: Final = {getattr(socket, "EAI_AGAIN", -3)}
_GONE: Final = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
_TIMEOUTS: Final = {
    "resolve": "DNS_NO_ANSWER",
    "connect": "TCP_TIMEOUT",
    "proxy": "PROXY_SILENT",
    "tls": "TLS_TIMEOUT",
    "http": "HTTP_TIMEOUT",
}
_THROUGH_PROXY: Final = {
    "DNS_NOT_FOUND": "PROXY_NOT_FOUND",
    "DNS_NO_ANSWER": "PROXY_NOT_FOUND",
    "TCP_REFUSED": "PROXY_REFUSED",
    "TCP_TIMEOUT": "PROXY_UNREACHABLE",
    "TCP_UNREACHABLE": "PROXY_UNREACHABLE",
    "TCP_RESET": "PROXY_CLOSED",
}


def failure(error: BaseException, phase: str, target: Target, tls: TlsFacts, *, proxied: bool) -> Verdict:
    """What an exception in ``phase`` means."""
    if isinstance(error, ProxyRefusal):
        return Verdict(error.code, dict(error.seen))
    tls = replace(tls, alert=tls.alert or alert_of(error))
    verdict = _failure(error, phase, target, tls)
    if proxied and phase in {"resolve", "connect"}:
        return Verdict(_THROUGH_PROXY.get(verdict.code, verdict.code), verdict.seen)
    return verdict


def _failure(error: BaseException, phase: str, target: Target, tls: TlsFacts) -> Verdict:
    if isinstance(error, TimeoutError) and error.errno is None:  # our own limit, not the kernel's
        return Verdict(_TIMEOUTS[phase])
    if isinstance(error, ssl.SSLCertVerificationError):
        return Verdict(*server_verdict(error, target, tls.chain))
    if phase == "client_certificate" or tls.alert or (phase == "http" and isinstance(error, ssl.SSLError)):
        return _refused(error, tls)
    if isinstance(error, ssl.SSLError):
        return _ssl_failure(error)
    if phase == "http":
        return _http_failure(error, tls)
    return _tcp_failure(error, phase)


def _refused(error: BaseException, tls: TlsFacts) -> Verdict:
    """The server broke off once our certificate was in question."""
    if tls.alert:
        code = alert_code(tls)
        return Verdict(*refusal(tls, code)) if code.startswith("TLS_CLIENT") else Verdict(code, _about(tls))
    # OpenSSL answers a plain end of the stream with an alert of its own; any other is a complaint of ours.
    complaint = tls.alert_sent and not isinstance(error, ssl.SSLEOFError)
    if tls.asked and not tls.ticket and not complaint:
        return Verdict(*refusal(tls, None))
    return Verdict("TLS_FAILED", {"detail": _detail(error)})


def _about(tls: TlsFacts) -> dict[str, Any]:
    return {"alert": tls.alert, "detail": tls.alert}


def _ssl_failure(error: ssl.SSLError) -> Verdict:
    reason = error.reason or ""
    if (
        isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        or reason == "UNEXPECTED_EOF_WHILE_READING"
    ):
        return Verdict("TLS_CLOSED")
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG"}:
        return Verdict("TLS_NOT_TLS")
    if reason in {"UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "NO_PROTOCOLS_AVAILABLE"}:
        return Verdict("TLS_VERSION_REFUSED")
    if reason in {"NO_SHARED_CIPHER", "DH_KEY_TOO_SMALL", "NO_CIPHERS_AVAILABLE"}:
        return Verdict("TLS_NO_COMMON_CIPHER")
    return Verdict("TLS_FAILED", {"detail": _detail(error)})


def _http_failure(error: BaseException, tls: TlsFacts) -> Verdict:
    if isinstance(error, NotHttp):
        return Verdict("HTTP_NOT_HTTP")
    silent_refusal = tls.asked and not tls.ticket and tls.version == "TLSv1.3"
    if silent_refusal and isinstance(error, NoAnswer | EOFError | OSError):
        return Verdict(*refusal(tls, None))
    return Verdict("HTTP_NO_ANSWER" if isinstance(error, NoAnswer | EOFError) else "HTTP_RESET")


def _tcp_failure(error: BaseException, phase: str) -> Verdict:
    if isinstance(error, socket.gaierror):
        return Verdict("DNS_NO_ANSWER" if error.errno in _NO_DNS else "DNS_NOT_FOUND")
    if isinstance(error, (*_GONE, EOFError)):
        return Verdict({"tls": "TLS_RESET", "proxy": "PROXY_CLOSED"}.get(phase, "TCP_RESET"))
    number = getattr(error, "errno", None)
    if isinstance(error, ConnectionRefusedError) or number == errno.ECONNREFUSED:
        return Verdict("TCP_REFUSED")
    if isinstance(error, TimeoutError) or number == errno.ETIMEDOUT:
        return Verdict("TCP_TIMEOUT")
    return Verdict("TCP_UNREACHABLE", {"detail": _detail(error)})


def _detail(error: BaseException) -> str:
    """The library's own short word for it: never a path or a peer's text."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, type(error).__name__) if number else type(error).__name__


_STATUS: Final = {
    400: "HTTP_BAD_REQUEST",
    401: "HTTP_UNAUTHORIZED",
    403: "HTTP_FORBIDDEN",
    404: "HTTP_NOT_FOUND",
    429: "HTTP_BUSY",
    503: "HTTP_MAINTENANCE",
}
_NGINX_NONE: Final = b"No required SSL certificate was sent"
_NGINX_ANY: Final = b"The SSL certificate error"
_IIS: Final = {
    b"403.7": "TLS_CLIENT_CERT_REQUIRED",
    b"403.13": "TLS_CLIENT_CERT_REVOKED",
    b"403.16": "TLS_CLIENT_CERT_UNKNOWN_CA",
    b"403.17": "TLS_CLIENT_CERT_EXPIRED",
}


def answer(http: HttpAnswer, target: Target, tls: TlsFacts) -> Verdict:
    """What an HTTP answer means."""
    seen = {"status": http.status, "retry_after": http.headers.get("retry-after", "-")}
    refused = _refusal_in_body(http, tls)
    if refused is not None:
        return refused
    forbidden = 403
    if target.expects_certificate and tls.asked is False:
        per_path = http.status == forbidden
        return Verdict("TLS_CLIENT_CERT_PER_PATH" if per_path else "TLS_CLIENT_CERT_NOT_ASKED", seen)
    if 200 <= http.status < 400:  # noqa: PLR2004 - RFC 9110: nothing is wrong
        unproved = target.expects_certificate and tls.asked and not tls.sent
        return Verdict("TLS_CLIENT_CERT_NOT_SENT" if unproved else "HTTP_OK", seen)
    server_side = 500
    other = "HTTP_SERVER_ERROR" if http.status >= server_side else "HTTP_UNEXPECTED"
    return Verdict(_STATUS.get(http.status, other), seen)


def _refusal_in_body(http: HttpAnswer, tls: TlsFacts) -> Verdict | None:
    """An HTML page after a good handshake: so nginx and IIS refuse a certificate."""
    if http.status == 400:  # noqa: PLR2004 - nginx
        if _NGINX_NONE in http.body:
            return Verdict("TLS_CLIENT_CERT_REQUIRED")
        if _NGINX_ANY in http.body:
            return Verdict(*refusal(tls, None))
    if http.status == 403:  # noqa: PLR2004 - IIS (sub-codes from its documentation, not run)
        for mark, code in _IIS.items():
            if mark in http.body:
                return Verdict(*refusal(tls, code))
    return None
