"""Whether the certificate names this office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._names import office_numbers, shown

if TYPE_CHECKING:
    from cryptography import x509


def judge_office(
    certificate: x509.Certificate, office_number: str | None, attributes: tuple[str, ...] = ()
) -> CertFinding:
    """The 事業所番号 in the subject against the wanted one (None: only say what stands there)."""
    found = office_numbers(certificate, attributes)
    if not found:
        return CertFinding("CERT_OFFICE_NOT_NAMED", Verdict.WARN, {"subject": shown(certificate.subject)})
    if office_number is None:
        return CertFinding("CERT_OFFICE_FOUND", Verdict.OK, {"found": found})
    if office_number in found:
        return CertFinding("CERT_OFFICE_MATCH", Verdict.OK, {"office_number": office_number})
    return CertFinding("CERT_OFFICE_MISMATCH", Verdict.FAIL, {"found": found, "office_number": office_number})
