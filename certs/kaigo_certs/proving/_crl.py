"""Judge a certificate revocation list: issuer, signature and dates first, then the serial number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._quiet import UNREADABLE

if TYPE_CHECKING:
    from cryptography.x509 import CertificateRevocationList

CLOCK_SKEW: Final = timedelta(minutes=5)


def judge_crl(data: bytes, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> CertFinding:
    """The verdict of a CRL (DER or PEM); ``ValueError`` when the list cannot be relied on."""
    crl = x509.load_pem_x509_crl(data) if data.startswith(b"-----") else x509.load_der_x509_crl(data)
    _refuse_unreliable(crl, issuer, now)
    produced = crl.last_update_utc.isoformat(timespec="minutes")
    entry = crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
    if entry is None:
        return CertFinding("CERT_NOT_REVOKED", Verdict.OK, {"method": "CRL", "produced": produced})
    day = entry.revocation_date_utc.date().isoformat()
    return CertFinding(
        "CERT_REVOKED", Verdict.FAIL, {"method": "CRL", "revoked_on": day, "reason": _reason(entry)}
    )


def _refuse_unreliable(crl: CertificateRevocationList, issuer: x509.Certificate, now: datetime) -> None:
    if crl.issuer != issuer.subject:
        raise ValueError("the CRL is another issuer's")
    key: Any = issuer.public_key()
    if not crl.is_signature_valid(key):
        raise ValueError("the CRL's signature is wrong")
    if crl.last_update_utc > now + CLOCK_SKEW:
        raise ValueError("the CRL is from the future; check the clock")
    if crl.next_update_utc is not None and crl.next_update_utc < now - CLOCK_SKEW:
        raise ValueError("the CRL is out of date")


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except UNREADABLE:
        return "unspecified"
