"""What a fault may play with, and the ways to arrange a counterpart that misbehaves."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from kaigo_gateway.probe.counterpart import _raw
from kaigo_gateway.probe.counterpart._client import ClientFile, client_file, private_file, root_alone
from kaigo_gateway.probe.counterpart._https import Reply, server_context, serving
from kaigo_gateway.probe.counterpart._throwaway import Throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kaigo_gateway.probe.counterpart._client import Issue
    from kaigo_gateway.probe.counterpart._https import Handler

    Arranged = contextlib.AbstractContextManager["Place"]
    Arrangement = Callable[["Stage"], Arranged]

DAY: Final = timedelta(days=1)
YEAR: Final = timedelta(days=365)


class IssueList(Protocol):
    """Makes a revocation list of the clients' authority, as ``DemoAuthority.client_crl`` does."""

    def __call__(self, *, revoked: bool = ..., begins: timedelta = ..., ends: timedelta = ...) -> Path:
        """A PEM file; ``revoked`` puts every client certificate on the list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a counterpart is reached, and through which proxy."""

    url: str
    ca_file: Path
    proxy: str | None = None
    proxy_password: Path | None = None
    """File with the password for the user in ``proxy``."""
    client: ClientFile | None = None
    """The certificate to show instead of the office's own, where the fault lies in the certificate."""

    def overlay(self, section: str) -> dict[str, Any]:
        """What it adds to a site document; ``section`` is ``platform`` or ``careplan``."""
        document: dict[str, Any] = {section: {"url": self.url, "ca_file": str(self.ca_file)}}
        if self.client is not None:
            word = {"$file": str(self.client.password_file)}
            document["certificate"] = {"file": str(self.client.file), "password": word}
        if self.proxy:
            document["network"] = {"proxy": self.proxy}
        if self.proxy_password:
            document["network"]["proxy_password"] = {"$file": str(self.proxy_password)}
        return document


@dataclass(frozen=True, slots=True)
class Stage:
    """What a fault may play with."""

    authority: Throwaway
    client_ca: Path
    handler: Handler
    issue_crl: IssueList | None = None
    issue_client: Issue | None = None

    def tls(self, pair: tuple[Path, Path] | None = None, **changes: Any) -> ssl.SSLContext:
        """A correct server context but for ``changes``."""
        certificate, key = pair or self.authority.issue()
        return server_context(certificate, key, **{"client_ca": self.client_ca, **changes})

    def place(self, port: int, host: str = "localhost") -> Place:
        """A place whose CA is known."""
        return Place(f"https://{host}:{port}/", self.authority.root_pem)


@contextlib.contextmanager
def served(stage: Stage, context: ssl.SSLContext | None, handler: Handler | None = None) -> Iterator[Place]:
    """An HTTPS server with this context (None: plain HTTP)."""
    with serving(context, handler or stage.handler) as port:
        yield stage.place(port)


@contextlib.contextmanager
def raw_place(stage: Stage, behaviour: Callable[[Any], None]) -> Iterator[Place]:
    """A socket that behaves like this."""
    with _raw.raw_server(behaviour) as port:
        yield stage.place(port)


@contextlib.contextmanager
def fixed(place: Place) -> Iterator[Place]:
    """A place where nothing of ours stands."""
    yield place


@contextlib.contextmanager
def unheard(stage: Stage) -> Iterator[Place]:
    """A port that takes no connection and refuses none."""
    with _raw.silent_port() as port:
        yield stage.place(port)


@contextlib.contextmanager
def proxied(stage: Stage, behaviour: Callable[[Any], None]) -> Iterator[Place]:
    """A good server behind a proxy that behaves like this."""
    with served(stage, stage.tls()) as place, _raw.raw_server(behaviour) as port:
        yield replace(place, proxy=f"http://127.0.0.1:{port}")


def dead_proxy(stage: Stage) -> Arranged:
    """A proxy's address at which nobody listens."""
    return fixed(replace(stage.place(443), proxy=f"http://127.0.0.1:{_raw.unused_port()}"))


@contextlib.contextmanager
def wrong_proxy_password(stage: Stage) -> Iterator[Place]:
    """A working proxy that knows another password for the user."""
    word = stage.authority.folder / "proxy.password"
    private_file(word, b"simulated and wrong")
    with served(stage, stage.tls()) as place, _raw.proxying(authorization="Basic of another") as port:
        yield replace(place, proxy=f"http://office@127.0.0.1:{port}", proxy_password=word)


def issued(**wrong: Any) -> Arrangement:
    """A server whose certificate is wrong in one way."""
    return lambda stage: served(stage, stage.tls(stage.authority.issue(**wrong)))


def answering(status: int, body: bytes = b"", **headers: str) -> Arrangement:
    """A server that takes the certificate and answers with ``status``."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda stage: served(stage, stage.tls(), lambda _: Reply(status, body, headers=names))


def raw_answer(raw: bytes, **more: Any) -> Arrangement:
    """A server that takes the certificate and then says ``raw`` instead of an HTTP answer."""
    return lambda stage: served(stage, stage.tls(), lambda _: Reply(raw=raw, **more))


def tls12(stage: Stage) -> Arranged:
    """A server that offers nothing newer than TLS 1.2."""
    context = stage.tls(minimum=ssl.TLSVersion.TLSv1_2)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return served(stage, context)


def no_common_cipher(stage: Stage) -> Arranged:
    """A server whose only key exchange no client of today offers with TLS 1.3 (RFC 8446, 4.2.7)."""
    context = stage.tls()
    context.set_ecdh_curve("brainpoolP256r1")
    return served(stage, context)


@contextlib.contextmanager
def wrong_client(stage: Stage, fault: str) -> Iterator[Place]:
    """A correct server that knows the root alone; the certificate shown to it is wrong in one way."""
    folder = stage.authority.folder
    shown = client_file(fault, folder, stage.issue_client)
    with served(stage, stage.tls(client_ca=root_alone(stage.client_ca, folder))) as place:
        yield replace(place, client=shown)


def alerting(alert: int) -> Arrangement:
    """A server that ends the handshake with ``alert`` as soon as it has heard the host name."""

    def arrange(stage: Stage) -> Arranged:
        context = stage.tls()
        context.sni_callback = lambda *_: alert
        return served(stage, context)

    return arrange


def with_list(**wrong: Any) -> Arrangement:
    """A server that looks at a revocation list of the clients' authority."""

    def arrange(stage: Stage) -> Arranged:
        if stage.issue_crl is None:
            raise ValueError("this fault needs an authority that issues revocation lists")
        return served(stage, stage.tls(crl=stage.issue_crl(**wrong)))

    return arrange


def of_another_authority(stage: Stage) -> Arranged:
    """A server with a whole chain, of an authority that is not trusted here."""
    other = Throwaway(stage.authority.folder / "other", "TEST other authority")
    return served(stage, stage.tls(other.issue()))


def wrong_host(stage: Stage) -> Arranged:
    """A server with the certificate of another name."""
    return served(stage, stage.tls(stage.authority.issue("other.example")))


def inspected(stage: Stage) -> Arranged:
    """A product that opens TLS on the way, by the name of its authority."""
    inspector = Throwaway(stage.authority.folder / "inspector", "TEST Kaspersky look-alike")
    return served(stage, stage.tls(inspector.issue(with_root=True)))


def clock(stage: Stage) -> Arranged:
    """A server that lives four days ahead: seen from it, this machine's clock is behind."""
    ahead = timedelta(days=4)
    context = stage.tls(stage.authority.issue(begins=3 * DAY, ends=YEAR), client_ca=None)
    return served(stage, context, lambda received: replace(stage.handler(received), ahead=ahead))


def without_request(status: int) -> Arrangement:
    """A server that asks for no certificate and answers with ``status``."""
    return lambda stage: served(stage, stage.tls(client_ca=None), lambda _: Reply(status))
