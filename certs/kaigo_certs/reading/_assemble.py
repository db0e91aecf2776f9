"""Sort keys and certificates into identities, authorities and strays, and say what was noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from kaigo_certs._errors import UnreadableFile
from kaigo_certs._model import Bundle, CertFinding, Container, KeyPair, Verdict
from kaigo_certs._names import shown
from kaigo_certs._quiet import MALFORMED, UNREADABLE, quietly, readable
from kaigo_certs.reading._passwords import AS_GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
        CertificatePublicKeyTypes,
    )

    from kaigo_certs.reading._frame import Frame
    from kaigo_certs.reading._load import Loaded


def assemble(
    loaded: Loaded,
    container: Container,
    frame: Frame | None,
    notes: tuple[CertFinding, ...],
    *,
    password_given: bool,
) -> Bundle:
    """The bundle of what was loaded; :class:`UnreadableFile` when no key fits any certificate."""
    present = _certificates(loaded)
    certificates = [certificate for certificate in present if readable(certificate)]
    keys = {_spki(key.public_key()): key for key in map(_key, loaded.keys)}
    pairs = tuple(KeyPair(c, keys[_spki_of(c)]) for c in certificates if _spki_of(c) in keys)
    if not pairs and len(certificates) < len(present):
        raise UnreadableFile("CERT_FILE_DAMAGED")
    _refuse_incomplete(certificates, len(keys), pairs)
    rest = [c for c in certificates if _spki_of(c) not in keys]
    authorities = tuple(c for c in rest if _is_authority(c, rest + [p.leaf for p in pairs]))
    strays = tuple(c for c in rest if c not in authorities)
    bundle = Bundle(
        _newest_first(pairs), authorities, strays, container, loaded.friendly_name, loaded.variant
    )
    found = [
        *notes,
        *_about_file(loaded, container, frame, password_given=password_given),
        *_about_pairs(bundle),
    ]
    return Bundle(
        bundle.pairs, authorities, strays, container, loaded.friendly_name, loaded.variant, tuple(found)
    )


def _certificates(loaded: Loaded) -> list[x509.Certificate]:
    try:
        with quietly():
            return [x509.load_der_x509_certificate(der) for der in loaded.certificates]
    except MALFORMED:
        raise UnreadableFile("CERT_FILE_DAMAGED") from None


def _key(der: bytes) -> CertificateIssuerPrivateKeyTypes:
    # The worker has loaded this very key with all checks; repeating them would hold the loop for 40 ms.
    try:
        key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, UnsupportedAlgorithm):
        raise UnreadableFile("CERT_FILE_DAMAGED") from None
    return cast("CertificateIssuerPrivateKeyTypes", key)


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _spki_of(certificate: x509.Certificate) -> bytes:
    try:
        return _spki(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):  # a key type of no use here
        return b""


def _refuse_incomplete(certificates: list[x509.Certificate], keys: int, pairs: tuple[KeyPair, ...]) -> None:
    if not certificates:
        raise UnreadableFile("CERT_NO_CERTIFICATE" if keys else "CERT_FILE_DAMAGED")
    if not keys:
        raise UnreadableFile("CERT_NO_KEY", certificates=len(certificates))
    if not pairs:
        raise UnreadableFile("CERT_KEY_MISMATCH", certificates=len(certificates))


def _is_authority(certificate: x509.Certificate, others: list[x509.Certificate]) -> bool:
    """By BasicConstraints, or (version 1 roots) because it names itself or is another's issuer."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except UNREADABLE:
        names = {other.issuer for other in others if other is not certificate}
        return certificate.subject == certificate.issuer or certificate.subject in names


def _newest_first(pairs: tuple[KeyPair, ...]) -> tuple[KeyPair, ...]:
    return tuple(sorted(pairs, key=lambda pair: pair.not_after, reverse=True))


def _about_file(
    loaded: Loaded, container: Container, frame: Frame | None, *, password_given: bool
) -> Iterator[CertFinding]:
    warn = Verdict.WARN
    ciphers = ", ".join(container.encryption) or "none"
    seen = {"kind": container.kind, "encryption": ciphers, "mac": container.mac}
    yield CertFinding("CERT_FILE_READ", Verdict.OK, seen)
    if loaded.variant != AS_GIVEN and password_given:
        yield CertFinding(f"CERT_PASSWORD_{loaded.variant.upper()}", warn)
    if loaded.ber:
        yield CertFinding("CERT_FILE_BER", warn)
    if frame is None:
        return
    if frame.plain_key:
        yield CertFinding("CERT_FILE_UNENCRYPTED_KEY", warn)
    if frame.weak:
        yield CertFinding("CERT_FILE_WEAK_ENCRYPTION", warn, {"encryption": ", ".join(frame.weak)})
    if frame.mac == "none":
        yield CertFinding("CERT_FILE_NO_MAC", warn)
    elif not loaded.mac_verified:
        yield CertFinding("CERT_FILE_MAC_UNVERIFIED", warn)
    if not frame.protected and password_given:
        yield CertFinding("CERT_PASSWORD_UNUSED", warn)


def _about_pairs(bundle: Bundle) -> Iterator[CertFinding]:
    if len(bundle.pairs) > 1:
        yield CertFinding(
            "CERT_SEVERAL_IDENTITIES", Verdict.WARN,
            {"count": len(bundle.pairs), "chosen": 1, "subject": shown(bundle.leaf.subject)},
        )  # fmt: skip
    if bundle.strays:
        subjects = "; ".join(shown(c.subject) for c in bundle.strays)
        yield CertFinding(
            "CERT_STRAY_LEAVES", Verdict.WARN, {"count": len(bundle.strays), "subjects": subjects}
        )
