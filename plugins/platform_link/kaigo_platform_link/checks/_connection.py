"""The connection itself: TLS 1.3, the office's certificate accepted, an answer over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.probe.endpoint import probe_endpoint

from kaigo_platform_link.reasons import REASONS
from kaigo_platform_link.settings import PlatformSettings

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProbeResult

SERVICE: Final = "介護WEBサービス"


async def check_connection(context: CheckContext) -> list[Finding]:
    """Reach the configured address once with the office's certificate."""
    endpoint = context.site.platform
    if endpoint.url is None:
        return [REASONS.finding("PLATFORM_ENDPOINT_MISSING")]
    identity = await context.identity()
    if identity is None:
        return [REASONS.finding("PLATFORM_CERTIFICATE_MISSING", seen={"office": context.site.office.number})]
    try:
        result = await probe_endpoint(context.site, endpoint, name=SERVICE, identity=identity)
    except InputError:
        return [REASONS.finding("PLATFORM_ENDPOINT_INVALID", seen={"url": str(endpoint.url)})]
    return [_connected(result) if result.ok else result.finding(), *_clock(result, context)]


def _connected(result: ProbeResult) -> Finding:
    assert result.http is not None
    seen = {**result.seen, "tls_version": result.tls.version, "status": result.http.status}
    return REASONS.finding("PLATFORM_CONNECTED", seen=seen, evidence=result.evidence(), phases=result.phases)


def _clock(result: ProbeResult, context: CheckContext) -> list[Finding]:
    settings = context.settings if isinstance(context.settings, PlatformSettings) else PlatformSettings()
    if result.skew is None or abs(result.skew) < settings.skew_warn_seconds:
        return []
    seen = {"skew": int(result.skew), "limit": settings.skew_warn_seconds}
    return [REASONS.finding("PLATFORM_CLOCK_SKEW", seen=seen)]
