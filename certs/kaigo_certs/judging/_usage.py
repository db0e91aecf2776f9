"""Purposes and strength: KeyUsage, ExtendedKeyUsage, signature algorithm, key size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._quiet import UNREADABLE, quietly

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLIENT = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
_KEY_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign",
)  # fmt: skip
_WEAK_HASHES = {"md2", "md4", "md5", "sha1"}
_RSA_MINIMUM, _EC_MINIMUM = 2048, 224
"""Bits; OpenSSL's security level 2, the default of today's distributions."""


def judge_usage(certificate: x509.Certificate) -> Iterator[CertFinding]:
    """Whether it may log in as a TLS client (RFC 5280, 4.2.1.3 and 4.2.1.12)."""
    eku, ku = _extended(certificate), _key_usage(certificate)
    usage = ", ".join([*_names(eku), *(ku or [])])
    if _is_ca(certificate):
        yield CertFinding("CERT_IS_AUTHORITY", Verdict.WARN)
    if eku is not None and not _CLIENT.intersection(eku):
        yield CertFinding("CERT_USAGE_NOT_CLIENT", Verdict.FAIL, {"usage": usage})
    elif ku is not None and not {"digital_signature", "key_agreement"}.intersection(ku):
        yield CertFinding("CERT_USAGE_NO_SIGNATURE", Verdict.FAIL, {"usage": ", ".join(ku) or "-"})
    elif usage:
        yield CertFinding("CERT_USAGE_OK", Verdict.OK, {"usage": usage})
    else:
        yield CertFinding("CERT_USAGE_UNLIMITED", Verdict.OK)


def judge_strength(certificate: x509.Certificate) -> Iterator[CertFinding]:
    """Whether key and signature are strong enough for today's programs."""
    signature, key, bits_fit = signature_name(certificate), *_key(certificate)
    if signature.lower().split("-")[-1] in _WEAK_HASHES:
        yield CertFinding("CERT_SIGNATURE_WEAK", Verdict.FAIL, {"signature": signature})
    elif bits_fit:
        yield CertFinding("CERT_STRENGTH_OK", Verdict.OK, {"key": key, "signature": signature})
    if not bits_fit:
        yield CertFinding("CERT_KEY_WEAK", Verdict.FAIL, {"key": key})
    with quietly():
        serial = certificate.serial_number
    if serial <= 0:
        yield CertFinding("CERT_SERIAL_INVALID", Verdict.WARN)


def signature_name(certificate: x509.Certificate) -> str:
    """For example ``RSA-SHA256``; the dotted identifier where the algorithm is unknown."""
    oid = certificate.signature_algorithm_oid
    try:
        digest = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return oid.dotted_string
    family = oid._name.split("With")[0].split("-with")[0] if digest else oid._name  # noqa: SLF001 - no public name
    return f"{family}-{digest.name.upper()}" if digest and "-" not in family else oid._name  # noqa: SLF001


def _key(certificate: x509.Certificate) -> tuple[str, bool]:
    """The key's name and size, and whether it is long enough."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return certificate.public_key_algorithm_oid.dotted_string, True
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}", key.key_size >= _RSA_MINIMUM
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size >= _EC_MINIMUM
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA-{key.key_size}", key.key_size >= _RSA_MINIMUM
    return type(key).__name__.removesuffix("PublicKey"), True


def _extended(certificate: x509.Certificate) -> list[x509.ObjectIdentifier] | None:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except UNREADABLE:
        return None


def _key_usage(certificate: x509.Certificate) -> list[str] | None:
    try:
        value = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except UNREADABLE:
        return None
    return [name for name in _KEY_USAGES if getattr(value, name)]


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except UNREADABLE:
        return False


def _names(usages: list[x509.ObjectIdentifier] | None) -> list[str]:
    return [u._name if u._name != "Unknown OID" else u.dotted_string for u in usages or []]  # noqa: SLF001
