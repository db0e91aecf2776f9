"""The connection itself: TLS 1.3, the office's certificate accepted, a proper answer over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.probe.endpoint import probe_endpoint
from kaigo_gateway.probe.office import ready_identity, without_certificate

from kaigo_platform_link.checks._memory import compared_with_last_visit
from kaigo_platform_link.checks._semantics import business_error
from kaigo_platform_link.reasons import REASONS
from kaigo_platform_link.settings import PlatformSettings, settings_of

if TYPE_CHECKING:
    from kaigo_certs import Identity
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProbeResult

SERVICE: Final = "介護WEBサービス"


async def check_connection(context: CheckContext) -> list[Finding]:
    """Reach the configured address once with the office's certificate.

    Without one that is ready the network is probed all the same, as far as it goes.
    """
    endpoint = context.site.platform
    if endpoint.url is None:
        return [REASONS.finding("PLATFORM_ENDPOINT_MISSING")]
    identity = await ready_identity(context)
    try:
        result = await probe_endpoint(context.site, endpoint, name=SERVICE, identity=identity)
    except InputError as error:
        return [
            REASONS.finding(
                "PLATFORM_ENDPOINT_INVALID", seen={"url": str(endpoint.url), "detail": str(error)}
            )
        ]
    if identity is None:
        return [without_certificate(result, context, REASONS, "PLATFORM_CERTIFICATE_MISSING")]
    return [
        _verdict(result, settings_of(context)),
        *_clock(result, settings_of(context)),
        *_days_left(identity, settings_of(context)),
        *await compared_with_last_visit(result, context, remember=settings_of(context).remember_server),
    ]


def _verdict(result: ProbeResult, settings: PlatformSettings) -> Finding:
    if result.http is None or not (result.ok or _accepted(result, settings)):
        return result.finding()
    error_key = business_error(result.http, settings.error_keys)
    code = "PLATFORM_BUSINESS_ERROR" if error_key else "PLATFORM_CONNECTED"
    seen = {
        **result.seen, "tls_version": result.tls.version, "status": result.http.status, "key": error_key,
    }  # fmt: skip
    return REASONS.finding(code, seen=seen, evidence=result.evidence(), phases=result.phases)


def _accepted(result: ProbeResult, settings: PlatformSettings) -> bool:
    """A status for whoever has not logged in: the certificate was taken all the same."""
    known = result.http is not None and result.http.status in settings.accepted_status
    return known and result.code.startswith("HTTP_") and bool(result.tls.sent)


def _clock(result: ProbeResult, settings: PlatformSettings) -> list[Finding]:
    """A clock that is a little wrong does no harm yet; it will."""
    if result.skew is None or not result.ok or abs(result.skew) < settings.skew_warn_seconds:
        return []
    seen = {"skew": int(result.skew), "limit": settings.skew_warn_seconds}
    return [REASONS.finding("PLATFORM_CLOCK_SKEW", seen=seen)]


def _days_left(identity: Identity, settings: PlatformSettings) -> list[Finding]:
    """Renewal takes up to a month, and the operator writes 90 days before the end. Days are days in Japan."""
    days = identity.days_left()
    if days > settings.days_left_warn:
        return []
    seen = {"days": days, "not_after": identity.last_day.isoformat()}
    return [REASONS.finding("PLATFORM_CERTIFICATE_ENDS_SOON", seen=seen)]
