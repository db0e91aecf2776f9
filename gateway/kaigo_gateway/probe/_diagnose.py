"""Why a server may have refused our certificate: its alert first, then what the certificate itself says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from kaigo_gateway.probe._evidence import readable
from kaigo_gateway.probe._trace import ALERTS

if TYPE_CHECKING:
    from kaigo_gateway.probe._result import TlsFacts

_ALERT_CODES: Final = {
    "protocol_version": "TLS_VERSION_REFUSED",
    "insufficient_security": "TLS_NO_COMMON_CIPHER",
    "unrecognized_name": "TLS_NAME_UNKNOWN",
    "certificate_required": "TLS_CLIENT_CERT_REQUIRED",
    "certificate_expired": "TLS_CLIENT_CERT_EXPIRED",
    "certificate_revoked": "TLS_CLIENT_CERT_REVOKED",
    "unsupported_certificate": "TLS_CLIENT_CERT_WRONG_PURPOSE",
    "unknown_ca": "TLS_CLIENT_CERT_UNKNOWN_CA",
    "bad_certificate": "TLS_CLIENT_CERT_BAD",
    "certificate_unknown": "TLS_CLIENT_CERT_REJECTED",
    "access_denied": "TLS_CLIENT_CERT_REJECTED",
    "internal_error": "TLS_SERVER_ERROR",
}
_VAGUE: Final = {"TLS_CLIENT_CERT_BAD", "TLS_CLIENT_CERT_REJECTED"}


def alert_of(error: BaseException) -> str | None:
    """The alert that OpenSSL names in its error, such as ``SSLV3_ALERT_CERTIFICATE_EXPIRED``."""
    reason = (getattr(error, "reason", None) or "").lower()
    return next(
        (name for name in ALERTS.values() if re.fullmatch(rf"(ssl|tls)v\d+_(alert_)?{name}", reason)), None
    )


def alert_code(tls: TlsFacts) -> str:
    """The reason code of the alert that the server sent."""
    if tls.alert == "handshake_failure":  # TLS 1.2 says this for "no certificate" and "no cipher" alike
        if tls.asked:
            return "TLS_CLIENT_CERT_REJECTED" if tls.sent else "TLS_CLIENT_CERT_REQUIRED"
        return "TLS_NO_COMMON_CIPHER"
    return _ALERT_CODES.get(tls.alert or "", "TLS_FAILED")


def refusal(tls: TlsFacts, code: str | None) -> tuple[str, dict[str, Any]]:
    """Reason code and values for a refused certificate.

    A vague ``code`` (or None) is made precise by the certificate's own dates, purpose and issuer.
    """
    leaf = readable(tls.sent[0]) if tls.sent else None
    if leaf is None:
        shown = tls.sent or tls.asked is None  # None: this Python cannot tell what was sent
        return (code or "TLS_CLIENT_CERT_REJECTED") if shown else "TLS_CLIENT_CERT_REQUIRED", {}
    if code is None or code in _VAGUE:
        code = _own_fault(leaf, tls) or code or "TLS_CLIENT_CERT_REJECTED"
    if code == "TLS_CLIENT_CERT_EXPIRED" and not _any_expired(tls):
        code = "TLS_CLIENT_CERT_DATES_DISPUTED"
    return code, {
        "not_after": leaf.not_valid_after_utc.date().isoformat(),
        "not_before": leaf.not_valid_before_utc.isoformat(timespec="minutes"),
        "issuer": leaf.issuer.rfc4514_string(),
    }


def _own_fault(leaf: x509.Certificate, tls: TlsFacts) -> str | None:
    now = datetime.now(UTC)
    if leaf.not_valid_after_utc < now:
        return "TLS_CLIENT_CERT_EXPIRED"
    if leaf.not_valid_before_utc > now:
        return "TLS_CLIENT_CERT_NOT_YET_VALID"
    if not _for_clients(leaf):
        return "TLS_CLIENT_CERT_WRONG_PURPOSE"
    if tls.issuers and not _names_match(tls):
        return "TLS_CLIENT_CERT_UNKNOWN_CA"
    return None


def _any_expired(tls: TlsFacts) -> bool:
    """Whether by this machine's clock a certificate that we sent has ended."""
    sent = [certificate for der in tls.sent if (certificate := readable(der))]
    return any(certificate.not_valid_after_utc < datetime.now(UTC) for certificate in sent)


def _for_clients(leaf: x509.Certificate) -> bool:
    """Whether the extended key usage allows client authentication (none at all allows everything)."""
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return True
    wanted = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    return bool(wanted.intersection(usage))


def _names_match(tls: TlsFacts) -> bool:
    """Whether any certificate that we sent was issued by an authority that the server named."""
    issuers = {certificate.issuer.public_bytes() for der in tls.sent if (certificate := readable(der))}
    return not issuers.isdisjoint(tls.issuers)
