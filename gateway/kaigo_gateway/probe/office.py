"""The office's certificate in the check of a connection: shown when ready, else named as what is missing.

A certificate may take a month to come; whether line, proxy and TLS let the office through can be told today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.results import Status

if TYPE_CHECKING:
    from kaigo_certs import Identity

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.reasons import ReasonBook
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe._result import ProbeResult

CERTIFICATE_READY: Final = "certificate.ready"
"""The check that decides; name it in ``Check.after``."""
_ASKED_FOR: Final = {"TLS_CLIENT_CERT_REQUIRED", "TLS_CLIENT_CERT_NOT_SENT"}


async def ready_identity(context: CheckContext) -> Identity | None:
    """The office's certificate, or None where there is none or :data:`CERTIFICATE_READY` found it unfit."""
    ready = context.results.get(CERTIFICATE_READY)
    if ready is not None and any(found.status not in {Status.OK, Status.WARN} for found in ready):
        return None
    return await context.identity()


def without_certificate(result: ProbeResult, context: CheckContext, book: ReasonBook, code: str) -> Finding:
    """What a probe without a certificate says: the way's own trouble, else ``code`` of ``book``.

    ``code`` has to be a failure: an answer proves no connection of this office. Its text may name what the
    probe saw, ``office`` and ``tls_version``.
    """
    if not (result.ok or (result.tls.asked and result.code in _ASKED_FOR)):
        return result.finding()
    seen = {**result.seen, "office": context.site.office.number, "tls_version": result.tls.version}
    return book.finding(code, seen=seen, evidence=result.evidence(), phases=result.phases)
