"""The connection to the CarePlan data link, with the same certificate as the platform's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.site import CareplanRoute
from kaigo_gateway.probe import EVIDENCE as PROBE_EVIDENCE
from kaigo_gateway.probe.endpoint import probe_endpoint
from kaigo_gateway.probe.office import ready_identity, without_certificate

from kaigo_careplan_link.link._confirmed import CONFIRMED, confirmation
from kaigo_careplan_link.link._site import careplan_is_part
from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from kaigo_certs import Identity
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

SERVICE: Final = "ケアプランデータ連携"
EVIDENCE: Final = (*PROBE_EVIDENCE, *CONFIRMED)
_KEY: Final = "careplan.connection"
_QUESTION: Final = N_(
    "Did ケアプランデータ連携クライアント log in with this office's certificate on this terminal?"
)


async def check_connection(context: CheckContext) -> Finding:
    """Reach the configured address once with the office's certificate.

    Without a certificate that is ready the network is probed all the same, as far as it goes. Today's
    client has no published address: without one, a person confirms that it logged in.
    """
    endpoint = context.site.careplan
    if not careplan_is_part(context.site):
        return REASONS.finding("CAREPLAN_NOT_PART")
    if endpoint.url is None and endpoint.route is not CareplanRoute.CLIENT:
        return REASONS.finding("CAREPLAN_ENDPOINT_MISSING", seen={"route": endpoint.route.value})
    identity = await ready_identity(context)
    if endpoint.url is None:
        return _by_person(context, identity)
    return await _probed(context, identity)


def _by_person(context: CheckContext, identity: Identity | None) -> Finding:
    """Nobody is asked about a login for which there is no certificate yet."""
    if identity is None:
        return REASONS.finding("CAREPLAN_CERTIFICATE_MISSING", seen={"office": context.site.office.number})
    answer = confirmation(context, _KEY, _QUESTION)
    code = "CAREPLAN_CLIENT_CONFIRMED" if answer.done else "CAREPLAN_CLIENT_FAILED"
    evidence = {
        **answer.evidence, "certificate_sha256": identity.sha256,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    return REASONS.finding(code, seen=answer.seen, evidence=evidence)


async def _probed(context: CheckContext, identity: Identity | None) -> Finding:
    endpoint = context.site.careplan
    try:
        result = await probe_endpoint(context.site, endpoint, name=SERVICE, identity=identity)
    except InputError as error:
        return REASONS.finding(
            "CAREPLAN_ENDPOINT_INVALID", seen={"url": str(endpoint.url), "detail": str(error)}
        )
    if identity is None:
        return without_certificate(result, context, REASONS, "CAREPLAN_CERTIFICATE_AWAITED")
    if not result.ok or result.http is None:
        return result.finding()
    seen = {**result.seen, "tls_version": result.tls.version, "status": result.http.status}
    return REASONS.finding("CAREPLAN_CONNECTED", seen=seen, evidence=result.evidence(), phases=result.phases)
