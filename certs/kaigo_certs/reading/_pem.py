"""PEM input: certificates and a private key, in one file or in two."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kaigo_certs._errors import UnreadableFile, WrongPassword
from kaigo_certs._quiet import MALFORMED, quietly
from kaigo_certs.reading._load import Loaded
from kaigo_certs.reading._passwords import attempts
from kaigo_certs.reading._sniff import pem_labels

_CERTIFICATES = {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}


def load_pem(data: bytes, password: str | None, key_data: bytes | None = None) -> Loaded:
    """The contents of a PEM file, with the key in ``key_data`` or in the same file.

    Raises :class:`UnreadableFile` for what is missing and :class:`WrongPassword` for an encrypted key.
    """
    labels = pem_labels(data)
    key_source = key_data or data
    if "PKCS7" in labels:
        raise UnreadableFile("CERT_FILE_P7B")
    if not _CERTIFICATES.intersection(labels):
        raise UnreadableFile(_without_certificate(labels))
    if not any("PRIVATE KEY" in label for label in pem_labels(key_source)):
        raise UnreadableFile("CERT_FILE_PEM_CERTIFICATE")
    try:
        with quietly():
            certificates = x509.load_pem_x509_certificates(data)
    except MALFORMED:
        raise UnreadableFile("CERT_FILE_PEM_DAMAGED") from None
    key, variant = _key(key_source, password)
    ders = tuple(dict.fromkeys(c.public_bytes(Encoding.DER) for c in certificates))
    return Loaded((key,), ders, None, variant)


def _without_certificate(labels: list[str]) -> str:
    if any("REQUEST" in label for label in labels):
        return "CERT_FILE_PEM_REQUEST"
    return "CERT_FILE_PEM_KEY" if any("PRIVATE KEY" in label for label in labels) else "CERT_FILE_PEM_DAMAGED"


def encrypted(key_source: bytes) -> bool:
    """Whether the PEM private key is encrypted."""
    return b"ENCRYPTED" in key_source


def _key(source: bytes, password: str | None) -> tuple[bytes, str]:
    """The key as PKCS#8 DER, and the reading of the password that fitted."""
    if not encrypted(source):
        return _der(source, None), "as_given"
    if password is None:
        raise WrongPassword("CERT_PASSWORD_MISSING")
    tried = 0
    for attempt in attempts(password):
        tried += 1
        try:
            return _der(source, attempt.password), attempt.variant
        except WrongPassword:
            continue
    raise WrongPassword("CERT_PASSWORD_WRONG", tried=tried)


def _der(source: bytes, password: bytes | None) -> bytes:
    try:
        key = load_pem_private_key(source, password)
    except UnsupportedAlgorithm:
        raise UnreadableFile("CERT_FILE_CIPHER", encryption="PEM") from None
    except (ValueError, TypeError):
        if password is None:
            raise UnreadableFile("CERT_FILE_PEM_DAMAGED") from None
        raise WrongPassword("CERT_PASSWORD_WRONG", tried=1) from None
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
