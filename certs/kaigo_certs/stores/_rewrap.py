"""Wrap a kept identity anew for its way into a store: DER, whole chain, unique name, random password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from kaigo_certs._model import fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import KeySerializationEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12PrivateKeyTypes

    from kaigo_certs.vault._identity import Identity


@dataclass(frozen=True, slots=True)
class Transit:
    """A PKCS#12 file in memory and the random password that is good for this one import."""

    data: bytes = field(repr=False)
    password: str = field(repr=False)


def nickname(identity: Identity) -> str:
    """The name under which our certificates lie in a store: unique per certificate."""
    return f"kaigo-{identity.office_number}-{identity.sha256[:16]}"


def rewrap(identity: Identity, *, old_ciphers: bool = False) -> Transit:
    """The identity with its chain as PKCS#12.

    ``old_ciphers``: 3DES and SHA-1, for systems that cannot read AES (Windows Server 2016, old macOS); the
    256-bit random password is then the protection.
    """
    password = secrets.token_hex(32)
    pair = identity.key_pair()
    authorities = [
        pkcs12.PKCS12Certificate(c, f"kaigo-ca-{fingerprint(c)[:16]}".encode()) for c in identity.chain
    ]
    key = cast("PKCS12PrivateKeyTypes", pair.key)
    encryption = _encryption(password, old=old_ciphers)
    name = nickname(identity).encode()
    data = pkcs12.serialize_key_and_certificates(name, key, pair.leaf, authorities, encryption)
    return Transit(data, password)


def _encryption(password: str, *, old: bool) -> KeySerializationEncryption:
    builder = PrivateFormat.PKCS12.encryption_builder()
    if old:  # what Windows Server 2016 and old macOS can read
        builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        builder = builder.hmac_hash(hashes.SHA1())  # noqa: S303 - see above
    else:
        builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        builder = builder.hmac_hash(hashes.SHA256())
    return builder.kdf_rounds(2048).build(password.encode())
