"""Seal secrets: scrypt makes a key from the passphrase, AES-256-GCM seals with it.

The passphrase's key seals only a random master key; that one seals every private key. So the passphrase can
be changed without touching the identities.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True)
class Cost:
    """scrypt's parameters. The default is one of OWASP's recommended sets (32 MiB, about 0.3 s)."""

    n: int = 2**15
    r: int = 8
    p: int = 3


_CEILING: Final = 2**26
"""Bytes of memory and rounds that a vault file may ask for: a changed file must not hang the program."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens with one 256-bit key. ``context`` binds a seal to its place: it opens nowhere else."""

    key: bytes = field(repr=False)

    def seal(self, secret: bytes, context: str) -> str:
        """Nonce, ciphertext and tag as base64."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + AESGCM(self.key).encrypt(nonce, secret, context.encode())).decode()

    def open(self, sealed: str, context: str) -> bytes:
        """The secret; ``ValueError`` for a wrong key, a wrong context or a changed seal."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            return AESGCM(self.key).decrypt(raw[:12], raw[12:], context.encode())
        except (InvalidTag, binascii.Error, ValueError, TypeError):
            raise ValueError("the seal does not open") from None


def from_passphrase(passphrase: str, salt: bytes, cost: Cost) -> Sealer:
    """The sealer of a passphrase (NFC, UTF-8). ``ValueError`` for parameters out of bounds."""
    import unicodedata

    if cost.n * cost.r * 128 > _CEILING or not 1 <= cost.p <= 64:  # noqa: PLR2004 - see _CEILING
        raise ValueError("scrypt parameters out of bounds")
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogateescape")
    key = hashlib.scrypt(text, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=_CEILING * 2, dklen=32)
    return Sealer(key)


def new_header(passphrase: str, cost: Cost) -> tuple[dict[str, Any], Sealer]:
    """The header of a new vault and the sealer of its master key."""
    master = Sealer(secrets.token_bytes(32))
    return rewrap(master, passphrase, cost), master


def open_header(header: dict[str, Any], passphrase: str) -> Sealer | None:
    """The master sealer, or None for a wrong passphrase.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for a damaged header.
    """
    kdf = header["kdf"]
    cost = Cost(int(kdf["n"]), int(kdf["r"]), int(kdf["p"]))
    sealer = from_passphrase(passphrase, base64.b64decode(kdf["salt"], validate=True), cost)
    if not isinstance(header["master"], str):
        raise TypeError("master")
    try:
        return Sealer(sealer.open(header["master"], "kaigo-vault-master"))
    except ValueError:
        return None


def rewrap(master: Sealer, passphrase: str, cost: Cost) -> dict[str, Any]:
    """A header that seals the same master key under another passphrase."""
    salt = secrets.token_bytes(16)
    sealed = from_passphrase(passphrase, salt, cost).seal(master.key, "kaigo-vault-master")
    kdf = {"name": "scrypt", "n": cost.n, "r": cost.r, "p": cost.p, "salt": base64.b64encode(salt).decode()}
    return {"version": 1, "kdf": kdf, "master": sealed}
