"""Why the server's certificate did not pass, and whether somebody stands in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography import x509

from kaigo_gateway.probe._evidence import issuer_name, issuer_of, readable

if TYPE_CHECKING:
    import ssl

    from kaigo_gateway.probe._target import Target

_CODES: Final = {
    2: "TLS_SERVER_CA_UNKNOWN",
    9: "TLS_SERVER_CERT_NOT_YET_VALID",
    10: "TLS_SERVER_CERT_EXPIRED",
    18: "TLS_SERVER_SELF_SIGNED",
    19: "TLS_SERVER_ROOT_UNTRUSTED",
    20: "TLS_SERVER_CA_UNKNOWN",
    21: "TLS_SERVER_CHAIN_INCOMPLETE",
    62: "TLS_SERVER_NAME_MISMATCH",
    64: "TLS_SERVER_NAME_MISMATCH",
}
"""OpenSSL's X509_V_ERR numbers."""

_UNTRUSTED: Final = {
    "TLS_SERVER_SELF_SIGNED",
    "TLS_SERVER_ROOT_UNTRUSTED",
    "TLS_SERVER_CA_UNKNOWN",
    "TLS_SERVER_CHAIN_INCOMPLETE",
}
_INSPECTORS: Final = (
    "avast", "avg ", "barracuda", "bitdefender", "blue coat", "check point", "cisco", "digital arts",
    "do_not_trust", "eset ssl", "forcepoint", "fortinet", "i-filter", "interscan", "kaspersky", "mcafee",
    "mitmproxy", "netskope", "palo alto", "sonicwall", "sophos", "trend micro", "umbrella", "watchguard",
    "zscaler",
)  # fmt: skip
"""Words in the issuer names of products that inspect TLS. A hint only: nothing is trusted because of it."""


def server_verdict(
    error: ssl.SSLCertVerificationError, target: Target, chain: tuple[bytes, ...]
) -> tuple[str, dict[str, Any]]:
    """Reason code and values for a server certificate that failed verification."""
    code = _CODES.get(getattr(error, "verify_code", 0), "TLS_SERVER_CERT_INVALID")
    if code == "TLS_SERVER_CA_UNKNOWN" and len(chain) == 1:
        code = "TLS_SERVER_CHAIN_INCOMPLETE"
    issuer = issuer_of(chain)
    if code in _UNTRUSTED and inspected(chain, target.expected_issuers):
        code = "TLS_INSPECTED"
    detail = getattr(error, "verify_message", "") or error.reason or ""
    return code, {"issuer": issuer, "detail": detail, **_about(chain)}


def inspected(chain: tuple[bytes, ...], expected: tuple[str, ...]) -> bool:
    """Whether the issuers in this chain suggest that the connection is opened on the way."""
    issuers = [name.casefold() for der in chain if (name := issuer_name(der))]
    parts = [part.casefold() for part in expected] or _INSPECTORS
    found = any(part in issuer for part in parts for issuer in issuers)
    return bool(issuers) and found is not bool(expected)


def _about(chain: tuple[bytes, ...]) -> dict[str, Any]:
    leaf = readable(chain[0]) if chain else None
    if leaf is None:
        return {}
    return {
        "names": _names(leaf),
        "not_before": leaf.not_valid_before_utc.isoformat(timespec="minutes"),
        "not_after": leaf.not_valid_after_utc.isoformat(timespec="minutes"),
    }


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return [leaf.subject.rfc4514_string()]
    return [str(name.value) for name in names][:5]
