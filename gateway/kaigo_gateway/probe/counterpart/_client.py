"""Client certificates that are wrong in one way, as PKCS#12 beside a file with their password."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kaigo_gateway.probe.counterpart._throwaway import SERVER

if TYPE_CHECKING:
    from pathlib import Path

Issue = Callable[..., bytes]
"""``issue(password=..., **wrong)`` gives PKCS#12, as ``DemoAuthority.client_pkcs12`` does for one office."""

CLIENTS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "client_expired": ("TLS_CLIENT_CERT_EXPIRED", {"begins": timedelta(days=-400), "days": -1}),
    "client_not_yet_valid": ("TLS_CLIENT_CERT_NOT_YET_VALID", {"begins": timedelta(days=1)}),
    "client_wrong_purpose": ("TLS_CLIENT_CERT_WRONG_PURPOSE", {"usage": SERVER}),
    "client_other_ca": ("TLS_CLIENT_CERT_UNKNOWN_CA", {"stranger": True}),
    "client_weak": ("TLS_CLIENT_CERT_WEAK", {"rsa_bits": 1024}),
    "client_no_chain": ("TLS_CLIENT_CERT_UNKNOWN_CA", {"with_chain": False}),
}
"""Faults of the client certificate: the code that a probe has to give, and what is done differently."""


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A PKCS#12 file, and a file with its password."""

    file: Path
    password_file: Path


def client_file(fault: str, folder: Path, issue: Issue | None) -> ClientFile:
    """Write the faulty certificate; ``ValueError`` where nobody issues certificates."""
    if issue is None:
        raise ValueError(f"the fault {fault} needs an authority that issues client certificates")
    word = secrets.token_urlsafe(18).encode()
    made = ClientFile(folder / f"{fault}.p12", folder / f"{fault}.password")
    private_file(made.file, issue(password=word, **CLIENTS[fault][1]))
    private_file(made.password_file, word)
    return made


def root_alone(chain: Path, folder: Path) -> Path:
    """The root of a chain file: a server that trusts the whole chain would hide a missing intermediate."""
    found = x509.load_pem_x509_certificates(chain.read_bytes())
    path = folder / "client-root.pem"
    path.write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in found if c.subject == c.issuer))
    return path


def private_file(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
