"""The connection to the CarePlan data link, with the same certificate as the platform's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.probe.endpoint import probe_endpoint

from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

SERVICE: Final = "ケアプランデータ連携"


async def check_connection(context: CheckContext) -> Finding:
    """Reach the configured address once with the office's certificate."""
    endpoint = context.site.careplan
    if endpoint.url is None:
        return REASONS.finding("CAREPLAN_ENDPOINT_MISSING")
    identity = await context.identity()
    if identity is None:
        return REASONS.finding("CAREPLAN_CERTIFICATE_MISSING", seen={"office": context.site.office.number})
    try:
        result = await probe_endpoint(context.site, endpoint, name=SERVICE, identity=identity)
    except InputError:
        return REASONS.finding("CAREPLAN_ENDPOINT_INVALID", seen={"url": str(endpoint.url)})
    if not result.ok or result.http is None:
        return result.finding()
    seen = {**result.seen, "tls_version": result.tls.version, "status": result.http.status}
    return REASONS.finding("CAREPLAN_CONNECTED", seen=seen, evidence=result.evidence(), phases=result.phases)
