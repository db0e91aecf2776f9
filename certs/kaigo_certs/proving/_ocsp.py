"""Judge an OCSP response: signature (the issuer's or its delegate's), serial number and dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._quiet import UNREADABLE
from kaigo_certs.proving._crl import CLOCK_SKEW

if TYPE_CHECKING:
    from datetime import datetime

_ALL_THE_TIME: Final = timedelta(days=1)
"""How old an answer may be that names no end: our choice, so that a recorded one is not taken for ever."""


def ocsp_request(leaf: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """The request (DER). SHA-1 here is only an index, and the one that every responder knows (RFC 5019)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1())  # noqa: S303 - an index
    return builder.build().public_bytes(Encoding.DER)


def judge_ocsp(data: bytes, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> CertFinding:
    """The verdict of a response; ``ValueError`` when it cannot be relied on."""
    response = ocsp.load_der_ocsp_response(data)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(f"the responder answered {response.response_status.name}")
    if response.serial_number != leaf.serial_number:
        raise ValueError("the response is about another certificate")
    _refuse_stale(response, now)
    _verify(response, issuer)
    produced = response.produced_at_utc.isoformat(timespec="minutes")
    if response.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return CertFinding("CERT_NOT_REVOKED", Verdict.OK, {"method": "OCSP", "produced": produced})
    if response.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise ValueError("the responder does not know the certificate")
    when, reason = response.revocation_time_utc, response.revocation_reason
    seen = {
        "method": "OCSP",
        "revoked_on": when.date().isoformat() if when else "-",
        "reason": reason.value if reason else "unspecified",
    }
    return CertFinding("CERT_REVOKED", Verdict.FAIL, seen)


def _refuse_stale(response: ocsp.OCSPResponse, now: datetime) -> None:
    if response.this_update_utc > now + CLOCK_SKEW:
        raise ValueError("the response is from the future; check the clock")
    # without nextUpdate "newer revocation information is available all the time" (RFC 6960, 4.2.2.1)
    until = response.next_update_utc or response.this_update_utc + _ALL_THE_TIME
    if until < now - CLOCK_SKEW:
        raise ValueError("the response is out of date")


def _verify(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """Signed by the issuer itself, or by a certificate that it issued for this purpose."""
    signer = issuer
    for candidate in response.certificates:
        if _names(response, candidate) and _is_delegate(candidate, issuer):
            signer = candidate
    digest, key = response.signature_hash_algorithm, signer.public_key()
    arguments: tuple[Any, ...] = ()
    if isinstance(key, rsa.RSAPublicKey) and digest:
        arguments = (padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and digest:
        arguments = (ec.ECDSA(digest),)
    try:
        public: Any = key
        public.verify(response.signature, response.tbs_response_bytes, *arguments)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError):
        raise ValueError("the response's signature is wrong") from None


def _names(response: ocsp.OCSPResponse, candidate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return candidate.subject == response.responder_name
    identifier = x509.SubjectKeyIdentifier.from_public_key(candidate.public_key())
    return identifier.digest == response.responder_key_hash


def _is_delegate(candidate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        candidate.verify_directly_issued_by(issuer)
        usage = candidate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (TypeError, InvalidSignature, *UNREADABLE):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage
