"""The probe: one attempt, phase by phase, each timed, each with its own limit."""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.results import Phase, Status
from kaigo_gateway.probe import _classify
from kaigo_gateway.probe._contexts import Trust, context_for
from kaigo_gateway.probe._evidence import issuer_of
from kaigo_gateway.probe._http import NoAnswer, NotHttp, exchange
from kaigo_gateway.probe._result import HttpAnswer, ProbeResult, TlsFacts
from kaigo_gateway.probe._servercert import inspected
from kaigo_gateway.probe._target import Limits, Request, Target
from kaigo_gateway.probe._tls import TlsChannel
from kaigo_gateway.probe._tunnel import Proxy, ProxyRefusal, open_tunnel
from kaigo_gateway.probe._wire import Wire, resolve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kaigo_gateway.probe._contexts import ClientIdentity

_EXPECTED: Final = (OSError, EOFError, NoAnswer, NotHttp, ProxyRefusal)  # ssl.SSLError, TimeoutError: OSError


class _Failed(Exception):
    """A phase ended the probe; ``error`` is the observation."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class _Attempt:
    """One probe under way."""

    def __init__(self, target: Target, proxy: Proxy | None, limits: Limits) -> None:
        self.target, self.proxy, self.limits = target, proxy, limits
        self.phases: list[Phase] = []
        self.phase = "resolve"
        self.wire: Wire | None = None
        self.channel: TlsChannel | None = None

    @asynccontextmanager
    async def timed(self, name: str) -> AsyncIterator[None]:
        """One phase: its limit, its milliseconds, its status."""
        self.phase = name
        begun, status = time.perf_counter(), Status.FAIL
        try:
            async with asyncio.timeout(getattr(self.limits, name, None)):
                yield
            status = Status.OK
        except _EXPECTED as error:
            raise _Failed(error) from error
        finally:
            spent = round((time.perf_counter() - begun) * 1000, 2)
            self.phases.append(Phase(name=name, ms=spent, status=status))

    async def run(self, context: ssl.SSLContext, request: Request) -> HttpAnswer:
        """All phases; raises :class:`_Failed`."""
        place = self.proxy or self.target
        async with self.timed("resolve"):
            addresses = await resolve(place.host, place.port)
        async with self.timed("connect"):
            self.wire = await Wire.connect(addresses)
        if self.proxy:
            async with self.timed("proxy"):
                await open_tunnel(self.wire, self.target, self.proxy)
        self.channel = TlsChannel(self.wire, context, self.target.host)
        async with self.timed("tls"):
            await self.channel.handshake()
        if self.channel.verdict_is_late:
            async with self.timed("client_certificate"):
                await self.channel.verdict(self.limits.verdict)
        async with self.timed("http"):
            return await exchange(self.channel, self.target, request)

    def facts(self) -> TlsFacts:
        """What TLS told so far."""
        return self.channel.facts() if self.channel else TlsFacts()

    def close(self) -> None:
        """Close the connection, whatever happened."""
        if self.wire is not None:
            self.wire.close()


async def probe(  # noqa: PLR0913 - everything a connection depends on, by name
    target: Target,
    *,
    trust: Trust | None = None,
    identity: ClientIdentity | None = None,
    proxy: Proxy | None = None,
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
    attempt = _Attempt(target, proxy, limits)
    context = await _context(attempt, trust or Trust(), identity)
    if isinstance(context, ProbeResult):
        return context
    try:
        result = _judged(attempt, await attempt.run(context, request or Request()))
    except _Failed as failed:
        result = _failed(attempt, failed.error)
    finally:
        attempt.close()
    result.identity_sha256 = identity.sha256 if identity else None
    return result


async def _context(
    attempt: _Attempt, trust: Trust, identity: ClientIdentity | None
) -> ssl.SSLContext | ProbeResult:
    """The SSL context, made in a thread (40 ms for a CA list), or why our certificate cannot be loaded."""
    try:
        return await asyncio.to_thread(context_for, trust, identity, tls13_only=attempt.target.tls13_only)
    except ssl.SSLError as error:
        weak = {"CA_MD_TOO_WEAK", "EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL"}
        code = "TLS_CLIENT_CERT_WEAK" if error.reason in weak else "TLS_CLIENT_CERT_UNUSABLE"
        attempt.phases.append(Phase(name="client_certificate", ms=0.0, status=Status.FAIL))
        return _result(attempt, code, {"detail": error.reason or ""}, "client_certificate")


def _judged(attempt: _Attempt, http: HttpAnswer) -> ProbeResult:
    tls = attempt.facts()
    issuer = issuer_of(tls.chain)
    verdict = _classify.answer(http, attempt.target, tls)
    if inspected(issuer, attempt.target.expected_issuers):
        verdict = _classify.Verdict("TLS_INSPECTED", {"issuer": issuer})
    result = _result(attempt, verdict.code, verdict.seen, _phase_of(verdict.code, "http"))
    result.http, result.skew = http, _skew(http)
    return result


def _failed(attempt: _Attempt, error: BaseException) -> ProbeResult:
    tls = attempt.facts()
    proxied = attempt.proxy is not None
    verdict = _classify.failure(error, attempt.phase, attempt.target, tls, proxied=proxied)
    seconds = getattr(attempt.limits, attempt.phase, 0)
    return _result(
        attempt, verdict.code, {"seconds": seconds, **verdict.seen}, _phase_of(verdict.code, attempt.phase)
    )


def _result(attempt: _Attempt, code: str, seen: dict[str, Any], failed: str | None) -> ProbeResult:
    target, proxy = attempt.target, attempt.proxy
    place = {"service": target.name or target.host, "host": target.host, "port": target.port}
    if proxy:
        place["proxy"] = proxy.shown
    return ProbeResult(
        target=target,
        code=code,
        phases=_marked(attempt.phases, failed),
        failed_phase=failed,
        seen=place | seen,
        tls=attempt.facts(),
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
    return tuple(kept)


def _skew(http: HttpAnswer) -> float | None:
    """This clock minus the server's, in seconds (the header is exact to one second)."""
    try:
        server = parsedate_to_datetime(http.headers["date"])
        return round(time.time() - server.timestamp(), 0)
    except (KeyError, ValueError, TypeError):
        return None
