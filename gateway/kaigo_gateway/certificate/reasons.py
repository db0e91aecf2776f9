"""The reason codes of certificates: the texts of ``kaigo_certs`` as a book of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaigo_certs import all_texts

from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_certs import CertFinding, CertificateError

    from kaigo_gateway.model.results import Finding


def _book() -> ReasonBook:
    return ReasonBook("kaigo_certs").add(
        *(
            Reason(
                text.code,
                Status(text.status),
                text.message,
                text.steps,
                Actor(text.actor) if text.actor else None,
            )
            for text in all_texts().values()
        )
    )


CERTIFICATE_REASONS = _book()
"""Every code of :mod:`kaigo_certs`, rendered from that package's own catalogue."""


def finding_of(found: CertFinding, evidence: Mapping[str, Any] | None = None) -> Finding:
    """A finding of the library as one of the gateway."""
    return CERTIFICATE_REASONS.finding(
        found.code, status=Status(found.status), seen=dict(found.seen), evidence=evidence
    )


def findings_of(found: Iterable[CertFinding]) -> list[Finding]:
    """Several findings of the library as findings of the gateway."""
    return [finding_of(each) for each in found]


def finding_of_error(error: CertificateError, *, subject: str | None = None) -> Finding:
    """A typed error of the library as a finding: the site's trouble, with its reason."""
    return CERTIFICATE_REASONS.finding(error.code, seen=dict(error.values), subject=subject)
