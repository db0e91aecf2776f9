"""What is probed, and how long each step may take."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND_LOOK: Final = 40.0
"""Seconds that a second look can take at most: two connections of at most 3 s per phase."""
_HTTPS: Final = 443
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")


@dataclass(frozen=True, slots=True)
class Target:
    """An HTTPS origin and path.

    ``tls13_only`` refuses older versions before the client certificate is shown. ``expects_certificate``
    says that the server has to ask for one. ``expected_issuers`` are fragments of the names allowed in the
    server certificate's issuer; another issuer is reported as inspection of TLS.
    """

    host: str
    port: int = _HTTPS
    path: str = "/"
    name: str = ""
    tls13_only: bool = False
    expects_certificate: bool = True
    expected_issuers: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        name: str = "",
        tls13_only: bool = False,
        expects_certificate: bool = True,
        expected_issuers: tuple[str, ...] = (),
    ) -> Target:
        """A target from an ``https://`` URL; raises :class:`InputError` for anything else."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or _HTTPS
            assert host
            ascii_host = _ascii(host)
        except (ValueError, AssertionError):
            raise InputError(N_("The address {url} is not a URL."), _EXAMPLE, url=url) from None
        if parts.scheme != "https":
            raise InputError(N_("The address {url} does not begin with https://."), _EXAMPLE, url=url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not (path.isascii() and path.isprintable() and " " not in path):
            raise InputError(N_("The address {url} is not a URL."), _EXAMPLE, url=url)
        return cls(ascii_host, port, path, name, tls13_only, expects_certificate, expected_issuers)

    def at(self, path: str) -> Target:
        """The same origin with another path (and query)."""
        return replace(self, path=path)

    @property
    def authority(self) -> str:
        """``host:port`` as a ``CONNECT`` or ``Host`` line wants it (IPv6 in brackets)."""
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        port = "" if self.port == _HTTPS else f":{self.port}"
        return f"https://{bracketed(self.host)}{port}{self.path}"


_EXAMPLE: Final = N_("Write it as https://host/ or https://host:port/path.")


def bracketed(host: str) -> str:
    """An IPv6 literal in brackets, anything else as it is."""
    return f"[{host}]" if ":" in host else host


def is_literal(host: str) -> bool:
    """Whether ``host`` is an IP address, which needs no resolving."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ascii(host: str) -> str:
    """The host as DNS wants it; a Japanese name becomes punycode."""
    if is_literal(host):
        return host
    name = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name):
        raise ValueError(host)
    return name


@dataclass(frozen=True, slots=True)
class Request:
    """The one HTTP request of a probe. ``body_limit``: bytes of the answer that are kept."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    body_limit: int = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds, one per phase.

    ``verdict`` caps the wait for the server's verdict on our certificate where it sends no session ticket.
    """

    resolve: float = 5.0
    connect: float = 10.0
    proxy: float = 10.0
    tls: float = 10.0
    verdict: float = 1.5
    http: float = 20.0

    @property
    def whole(self) -> float:
        """Seconds that one probe can take at most, with its second look."""
        phases = self.resolve + self.connect + self.proxy + self.tls + self.verdict + self.http
        return phases + SECOND_LOOK

    @classmethod
    def scaled(cls, connect: float) -> Limits:
        """Limits that follow a site's ``[network] connect_timeout``."""
        return cls(
            resolve=min(connect, 5.0), connect=connect, proxy=connect, tls=connect, http=max(20.0, connect)
        )
