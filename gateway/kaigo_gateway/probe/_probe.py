"""The probe: one attempt, judged, and explained where the first look leaves a question."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs import CertificateError

from kaigo_gateway.model.results import Phase, Status
from kaigo_gateway.probe import _classify
from kaigo_gateway.probe._attempt import Attempt, Failed
from kaigo_gateway.probe._contexts import Trust, context_for, kept_context
from kaigo_gateway.probe._evidence import issuer_of, plain
from kaigo_gateway.probe._explain import explained
from kaigo_gateway.probe._result import PHASES, ProbeResult, skew_of
from kaigo_gateway.probe._servercert import inspected
from kaigo_gateway.probe._target import Limits, Request
from kaigo_gateway.probe._tunnel import ProxyRefusal
from kaigo_gateway.probe.proxies import ProxyChoice

if TYPE_CHECKING:
    from kaigo_gateway.probe._contexts import ClientIdentity
    from kaigo_gateway.probe._result import HttpAnswer
    from kaigo_gateway.probe._target import Target
    from kaigo_gateway.probe._tunnel import Proxy


_NOTHING_SHOWN: Final = {"TLS_CLIENT_CERT_REQUIRED", "TLS_CLIENT_CERT_NOT_SENT"}
_WEAK: Final = {"CA_MD_TOO_WEAK", "EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL"}


async def probe(  # noqa: PLR0913 - everything a connection depends on, by name
    target: Target,
    *,
    trust: Trust | None = None,
    identity: ClientIdentity | None = None,
    proxy: Proxy | ProxyChoice | None = None,
    limits: Limits | None = None,
    request: Request | None = None,
) -> ProbeResult:
    """Reach ``target`` once and say what happened, with the time of each phase.

    ``identity`` is shown if the server asks for a certificate. There is no retry: nothing here can lock an
    account. Where the first look leaves a question (clock, TLS version, a portal), one more connection is
    made that carries neither certificate nor secret. Raises :class:`kaigo_gateway.InputError` for an
    unreadable CA file; everything that the network does is a result.
    """
    limits = limits or Limits()
    attempt = Attempt(target, None, limits)
    try:
        attempt.proxy = await proxy.for_target(target) if isinstance(proxy, ProxyChoice) else proxy
    except ProxyRefusal as refused:
        attempt.phase = "proxy"
        return _failed(attempt, refused)
    context = await _context(attempt, trust or Trust(), identity)
    if isinstance(context, ProbeResult):
        return context
    try:
        result = _judged(attempt, await attempt.run(context, request or Request()))
    except Failed as failed:
        result = _failed(attempt, failed.error)
    finally:
        attempt.close()
    if identity is not None:
        result.identity_sha256 = identity.sha256
        if result.code in _NOTHING_SHOWN and result.tls.asked:  # OpenSSL found no signature in common
            result.code = "TLS_CLIENT_CERT_WITHHELD"
    return await explained(result, attempt.proxy, limits)


async def _context(
    attempt: Attempt, trust: Trust, identity: ClientIdentity | None
) -> ssl.SSLContext | ProbeResult:
    """The SSL context, made in a thread (40 ms for a CA list), or why our certificate cannot be loaded."""
    tls13_only = attempt.target.tls13_only
    try:
        kept = kept_context(trust, identity, tls13_only=tls13_only)
        if kept is not None:
            return kept
        return await asyncio.to_thread(context_for, trust, identity, tls13_only=tls13_only)
    except ssl.SSLError as error:
        return _unloadable(attempt, error.reason or type(error).__name__)
    except CertificateError as error:
        return _unloadable(attempt, str(error.values.get("why", error.code)))


def _unloadable(attempt: Attempt, why: str) -> ProbeResult:
    """Our own OpenSSL refuses certificate or key: no server was asked."""
    code = "TLS_CLIENT_CERT_WEAK" if why in _WEAK else "TLS_CLIENT_CERT_UNUSABLE"
    return _result(attempt, code, {"detail": why}, "client_certificate")


def _judged(attempt: Attempt, http: HttpAnswer) -> ProbeResult:
    tls = attempt.facts
    verdict = _classify.answer(http, attempt.target, tls)
    if inspected(tls.chain, attempt.target.expected_issuers):
        verdict = _classify.Verdict("TLS_INSPECTED", {"issuer": issuer_of(tls.chain)})
    result = _result(attempt, verdict.code, verdict.seen, _phase_of(verdict.code, "http"))
    result.http, result.skew = http, skew_of(http)
    return result


def _failed(attempt: Attempt, error: BaseException) -> ProbeResult:
    tls = attempt.facts
    proxied = attempt.proxy is not None
    verdict = _classify.failure(error, attempt.phase, attempt.target, tls, proxied=proxied)
    seconds = getattr(attempt.limits, attempt.phase, 0)
    return _result(
        attempt, verdict.code, {"seconds": seconds, **verdict.seen}, _phase_of(verdict.code, attempt.phase)
    )


def _result(attempt: Attempt, code: str, seen: dict[str, Any], failed: str | None) -> ProbeResult:
    target, proxy = attempt.target, attempt.proxy
    place = {"service": target.name or target.host, "host": target.host, "port": target.port}
    if proxy:
        place["proxy"] = proxy.shown
    return ProbeResult(
        target=target,
        code=code,
        phases=_marked(attempt.phases, failed),
        failed_phase=failed,
        seen={name: plain(value) for name, value in (place | seen).items()},
        tls=attempt.facts,
        address=attempt.wire.address if attempt.wire else None,
        proxy=proxy.shown if proxy else None,
    )


def _phase_of(code: str, phase: str) -> str | None:
    """The phase that a code belongs to, which may lie before the one in which it was seen."""
    if code == "HTTP_OK":
        return None
    if code.startswith("TLS_CLIENT_CERT"):
        return "client_certificate"
    return "tls" if code == "TLS_INSPECTED" else phase


def _marked(phases: list[Phase], failed: str | None) -> tuple[Phase, ...]:
    """The phases with the failed one marked; it is added where it took no time of its own."""
    if failed is None or any(phase.name == failed and phase.status is Status.FAIL for phase in phases):
        return tuple(phases)
    kept = [p if p.name != failed else p.model_copy(update={"status": Status.FAIL}) for p in phases]
    if not any(phase.name == failed for phase in phases):
        kept.append(Phase(name=failed, ms=0.0, status=Status.FAIL))
    return tuple(sorted(kept, key=lambda phase: PHASES.index(phase.name)))
