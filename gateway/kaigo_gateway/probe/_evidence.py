"""The facts of a probe that may leave it: digests, names of machines and authorities, never a body."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509

if TYPE_CHECKING:
    from kaigo_gateway.probe._result import ProbeResult


_LONGEST: Final = 300
_MOST: Final = 20


def readable(der: bytes) -> x509.Certificate | None:
    """The certificate, or None where it cannot be parsed (it is only described, never trusted)."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return None


def plain(value: Any) -> Any:
    """A value for people's eyes: text from a peer cannot steer a terminal or fill a report."""
    if isinstance(value, str):
        return "".join(sign if sign.isprintable() else "?" for sign in value[:_LONGEST])
    return [plain(each) for each in value[:_MOST]] if isinstance(value, list) else value


@lru_cache(maxsize=256)
def issuer_name(der: bytes) -> str:
    """A certificate's issuer as RFC 4514 text, empty if unknown; kept, as many places share one authority."""
    certificate = readable(der)
    return certificate.issuer.rfc4514_string() if certificate else ""


def issuer_of(chain: tuple[bytes, ...]) -> str:
    """Issuer of the last certificate that the server sent."""
    return issuer_name(chain[-1]) if chain else ""


def _server(chain: tuple[bytes, ...]) -> dict[str, Any]:
    if not chain:
        return {}
    facts: dict[str, Any] = {
        "server_sha256": hashlib.sha256(chain[0]).hexdigest(),
        "server_chain_length": len(chain),
    }
    leaf = readable(chain[0])
    if leaf is not None:
        facts |= {
            "server_subject": leaf.subject.rfc4514_string(),
            "server_issuer": leaf.issuer.rfc4514_string(),
            "server_not_after": leaf.not_valid_after_utc.isoformat(),
        }
    return facts


def evidence_of(result: ProbeResult) -> dict[str, Any]:
    """See :meth:`ProbeResult.evidence`."""
    tls = result.tls
    facts: dict[str, Any] = {
        "address": result.address,
        "proxy": result.proxy,
        "tls_version": tls.version,
        "cipher": tls.cipher,
        "certificate_asked": tls.asked if tls.chain else None,
        "certificate_sent": bool(tls.sent) if tls.chain else None,
        "certificate_sha256": hashlib.sha256(tls.sent[0]).hexdigest() if tls.sent else None,
        "accepted_by_ticket": tls.ticket if tls.sent else None,
        "issuers_asked": len(tls.issuers) if tls.asked else None,
        "alert": tls.alert,
        "http_status": result.http.status if result.http else None,
        "clock_skew_s": result.skew,
        "checked_at": result.checked_at,
    }
    known = {key: value for key, value in facts.items() if value is not None} | _server(tls.chain)
    return {key: plain(value) for key, value in known.items()}
