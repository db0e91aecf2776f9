"""SSL contexts, cached: reading a CA bundle costs 40 ms, a handshake 3."""

from __future__ import annotations

import ssl
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - dataclass field
from typing import Final, Literal, Protocol

import certifi

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.probe._trace import listen

_KEPT: Final = 16


class ClientIdentity(Protocol):
    """What the probe needs of a client certificate; :class:`kaigo_certs.Identity` is one."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""

    def load_into(self, context: ssl.SSLContext) -> None:
        """Load certificate, chain and key into ``context``."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to trust: ``certifi`` (Mozilla's list), ``system`` (the OS store, as the browser) or one file."""

    source: Literal["certifi", "system", "file"] = "system"
    file: Path | None = None

    @classmethod
    def pinned(cls, file: Path | None) -> Trust:
        """The given CA file alone, or the OS store where there is none."""
        return cls("file", file) if file else cls()

    def key(self) -> tuple[object, ...]:
        """What the cached context depends on; a changed file is another key."""
        if self.file is None:
            return (self.source,)
        try:
            state = self.file.stat()
        except OSError as error:
            raise _unreadable(self.file, error) from None
        return (self.source, str(self.file), state.st_mtime_ns, state.st_size)


_cache: OrderedDict[tuple[object, ...], ssl.SSLContext] = OrderedDict()
_lock = threading.Lock()


def context_for(
    trust: Trust, identity: ClientIdentity | None = None, *, tls13_only: bool = False
) -> ssl.SSLContext:
    """A client context for this trust and certificate; raises :class:`InputError` for a bad CA file.

    Contexts are shared between probes and threads; nobody changes one after this function.
    """
    key = _key(trust, identity, tls13_only=tls13_only)
    kept = _kept(key)
    if kept is not None:
        return kept
    context = _make(trust, identity, tls13_only=tls13_only)
    with _lock:
        _cache[key] = context
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return context


def kept_context(
    trust: Trust, identity: ClientIdentity | None = None, *, tls13_only: bool = False
) -> ssl.SSLContext | None:
    """The context if it is there already: quick enough for the event loop."""
    return _kept(_key(trust, identity, tls13_only=tls13_only))


def _key(trust: Trust, identity: ClientIdentity | None, *, tls13_only: bool) -> tuple[object, ...]:
    return (*trust.key(), identity.sha256 if identity else None, tls13_only)


def _kept(key: tuple[object, ...]) -> ssl.SSLContext | None:
    with _lock:
        if key not in _cache:
            return None
        _cache.move_to_end(key)
        return _cache[key]


def forget_contexts() -> None:
    """Drop all cached contexts and with them the loaded keys."""
    with _lock:
        _cache.clear()


def _make(trust: Trust, identity: ClientIdentity | None, *, tls13_only: bool) -> ssl.SSLContext:
    context = _trusting(trust)
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if tls13_only else ssl.TLSVersion.TLSv1_2
    if identity is not None:
        identity.load_into(context)
    listen(context)
    return context


def _trusting(trust: Trust) -> ssl.SSLContext:
    if trust.source == "system":
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    file = trust.file if trust.source == "file" and trust.file else certifi.where()
    try:
        context.load_verify_locations(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise _unreadable(file, error) from None
    if trust.source == "file":  # what was pinned is trusted, an issuing authority as well as a root
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _unreadable(file: object, error: Exception) -> InputError | CouldNotRun:
    return InputError(
        N_("The CA file {path} cannot be read: {why}."),
        N_("It must hold the trusted certificates as PEM text; check the path and the file."),
        path=file,
        why=getattr(error, "strerror", None) or type(error).__name__,
    )


def unverified_context() -> ssl.SSLContext:
    """For the diagnosis only (clock, TLS versions): never carries a certificate, a secret or a verdict."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    listen(context)
    return context
