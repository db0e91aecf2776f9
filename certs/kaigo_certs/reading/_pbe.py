"""What the main loader cannot do: PBES2 with raw password bytes, and the PBMAC1 checksum.

A password typed in a Shift_JIS console reaches PBKDF2 as its Shift_JIS bytes (OpenSSL does so); the loader of
``cryptography`` takes UTF-8 only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from asn1crypto import core, pkcs12
from asn1crypto.algos import HmacAlgorithm, KdfAlgorithm
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kaigo_certs.reading._preparse import content_bytes, safes


class _Pbmac1Params(core.Sequence):  # type: ignore[misc] # asn1crypto is untyped
    _fields = [("kdf", KdfAlgorithm), ("mac", HmacAlgorithm)]  # noqa: RUF012 - asn1crypto's way


def decrypt_pbes2(algorithm: Any, ciphertext: bytes, password: bytes) -> bytes:
    """The plaintext of a PBES2 (PBKDF2, AES-CBC) encryption; ``ValueError`` for a wrong password."""
    if algorithm["algorithm"].native != "pbes2":
        raise ValueError("not PBES2")
    parameters = algorithm["parameters"]
    scheme = parameters["encryption_scheme"]
    if not str(scheme["algorithm"].native).startswith("aes"):
        raise ValueError("not AES")
    key = _pbkdf2(parameters["key_derivation_func"]["parameters"], password, scheme.key_length)
    cipher = Cipher(algorithms.AES(key), modes.CBC(scheme["parameters"].native)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(cipher.update(ciphertext) + cipher.finalize()) + unpadder.finalize()


def _pbkdf2(parameters: Any, password: bytes, length: int) -> bytes:
    digest = parameters["prf"]["algorithm"].native
    salt, rounds = parameters["salt"].native, parameters["iteration_count"].native
    return hashlib.pbkdf2_hmac(str(digest), password, salt, int(rounds), length)


def open_raw(pfx: Any, password: bytes) -> tuple[list[bytes], list[bytes]]:
    """Keys (PKCS#8 DER) and certificates (DER) of a PBES2 file; ``ValueError`` for a wrong password."""
    keys: list[bytes] = []
    certificates: list[bytes] = []
    for algorithm, content in safes(pfx):
        plain = content
        if algorithm is not None:
            sealed = content["encrypted_content_info"]["encrypted_content"]
            plain = decrypt_pbes2(algorithm, content_bytes(sealed), password)
        for bag in pkcs12.SafeContents.load(plain):
            _sort_bag(bag, password, keys, certificates)
    return keys, certificates


def _sort_bag(bag: Any, password: bytes, keys: list[bytes], certificates: list[bytes]) -> None:
    kind, value = bag["bag_id"].native, bag["bag_value"]
    if kind == "key_bag":
        keys.append(value.dump())
    elif kind == "pkcs8_shrouded_key_bag":
        keys.append(decrypt_pbes2(value["encryption_algorithm"], value["encrypted_data"].native, password))
    elif kind == "cert_bag" and value["cert_id"].native == "x509":
        certificates.append(value["cert_value"].parsed.dump())


def pbmac1_fits(pfx: Any, password: bytes) -> bool:
    """Whether the PBMAC1 checksum (RFC 9579) is right under this password."""
    mac = pfx["mac_data"]["mac"]
    parameters = mac["digest_algorithm"]["parameters"].parse(_Pbmac1Params)
    kdf = parameters["kdf"]["parameters"]
    expected = content_bytes(mac["digest"])
    length = int(kdf["key_length"].native or len(expected))
    digest = str(parameters["mac"]["algorithm"].native)
    key = _pbkdf2(kdf, password, min(length, 1024))
    found = hmac.new(key, content_bytes(pfx["auth_safe"]["content"]), digest).digest()
    return hmac.compare_digest(found, expected)


def without_mac(pfx: Any) -> bytes:
    """The same file without its checksum."""
    return bytes(pkcs12.Pfx({"version": "v3", "auth_safe": pfx["auth_safe"]}).dump())


def single_key_files(pfx: Any) -> list[bytes]:
    """One small file per key that lies in an open safe, so that a one-key loader can read them all."""
    return [
        _file_of(bag)
        for algorithm, content in safes(pfx)
        if algorithm is None
        for bag in pkcs12.SafeContents.load(content)
        if bag["bag_id"].native in {"key_bag", "pkcs8_shrouded_key_bag"}
    ]


def _file_of(bag: Any) -> bytes:
    contents = pkcs12.SafeContents([bag]).dump()
    safe = pkcs12.AuthenticatedSafe([{"content_type": "data", "content": core.OctetString(contents)}])
    outer = {"content_type": "data", "content": core.OctetString(safe.dump())}
    return bytes(pkcs12.Pfx({"version": "v3", "auth_safe": outer}).dump())
