"""The second look: one more connection, only to explain the first.

It trusts nobody, shows no certificate, sends no secret and asks for ``/`` alone. What it learns is a
diagnosis (wrong clock, login page of a network, old TLS), never a proof. Only a refusal without a reason is
followed by a question to the certificate's issuer: is it revoked.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kaigo_gateway.probe._attempt import Attempt, Failed
from kaigo_gateway.probe._contexts import unverified_context
from kaigo_gateway.probe._evidence import plain, readable
from kaigo_gateway.probe._http import NotHttp, parse_head
from kaigo_gateway.probe._result import HttpAnswer, ProbeResult, skew_of
from kaigo_gateway.probe._target import Limits, Request, Target

if TYPE_CHECKING:
    from kaigo_gateway.probe._tunnel import Proxy

_HEAD_LIMIT: Final = 65_536
_SKEW_TOLERATED: Final = 120.0
_DATES: Final = {"TLS_SERVER_CERT_EXPIRED", "TLS_SERVER_CERT_NOT_YET_VALID"}
_STRANGERS: Final = {
    "TLS_SERVER_SELF_SIGNED", "TLS_SERVER_ROOT_UNTRUSTED", "TLS_SERVER_CA_UNKNOWN",
    "TLS_SERVER_CHAIN_INCOMPLETE", "TLS_SERVER_NAME_MISMATCH",
}  # fmt: skip
_NETWORK_LOGIN: Final = 511  # RFC 6585: Network Authentication Required
_REDIRECTS: Final = range(301, 309)


async def explained(result: ProbeResult, proxy: Proxy | None, limits: Limits) -> ProbeResult:
    """The result itself, or a more exact one."""
    short = _short(limits)
    if result.code in _DATES:
        return await _clock(result, proxy, short)
    if result.code in _STRANGERS:
        answer = await _unverified(result.target, proxy, short)
        return _portal(result, answer) or result
    if result.code == "TLS_NOT_TLS":
        return await _plain(result, proxy, short)
    if result.code == "TLS_VERSION_REFUSED":
        return await _versions(result, proxy, short)
    if result.code == "TLS_CLIENT_CERT_REJECTED":
        return await _revoked(result, proxy, short)
    return result


def _short(limits: Limits) -> Limits:
    """A diagnosis must not double the waiting."""
    brief = 3.0
    return Limits(*(min(brief, value) for value in (
        limits.resolve, limits.connect, limits.proxy, limits.tls, limits.verdict, limits.http
    )))  # fmt: skip


def _changed(result: ProbeResult, code: str, **seen: Any) -> ProbeResult:
    return replace(result, code=code, seen=result.seen | {key: plain(value) for key, value in seen.items()})


async def _unverified(target: Target, proxy: Proxy | None, limits: Limits) -> HttpAnswer | None:
    """What the server says to anybody; None when it says nothing without a certificate."""
    attempt = Attempt(target.at("/"), proxy, limits)
    try:
        return await attempt.run(unverified_context(), Request(body_limit=1024))
    except Failed:
        return None
    finally:
        attempt.close()


async def _unencrypted(target: Target, proxy: Proxy | None, limits: Limits) -> HttpAnswer | None:
    """What a plain HTTP request for ``/`` brings back; None if that is not HTTP."""
    attempt = Attempt(target, proxy, limits)
    try:
        wire = await attempt.reach()
        async with asyncio.timeout(limits.http):
            await wire.send(f"GET / HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while b"\r\n\r\n" not in data and len(data) < _HEAD_LIMIT and (more := await wire.receive()):
                data += more
        return parse_head(data)
    except (Failed, NotHttp, OSError):
        return None
    finally:
        attempt.close()


async def _clock(result: ProbeResult, proxy: Proxy | None, limits: Limits) -> ProbeResult:
    """Tell a certificate out of its dates from a wrong clock of this machine."""
    answer = await _unverified(result.target, proxy, limits)
    skew = skew_of(answer) if answer else None
    if skew is None:
        plain = await _unencrypted(replace(result.target, port=80), proxy, limits)
        skew = skew_of(plain) if plain else None
    if skew is None or abs(skew) < _SKEW_TOLERATED or not _valid_at(result, time.time() - skew):
        return replace(result, skew=skew)
    return replace(_changed(result, "CLOCK_WRONG", skew=int(skew)), skew=skew)


def _valid_at(result: ProbeResult, moment: float) -> bool:
    """Whether all certificates that the server sent are within their dates at ``moment``."""
    then, second = datetime.fromtimestamp(moment, UTC), timedelta(seconds=1)
    sent = [certificate for der in result.tls.chain if (certificate := readable(der))]
    return bool(sent) and all(
        c.not_valid_before_utc - second <= then <= c.not_valid_after_utc + second for c in sent
    )


def _portal(result: ProbeResult, answer: HttpAnswer | None) -> ProbeResult | None:
    """A redirect to another host, or 511, instead of the service: the login page of the network."""
    if answer is None:
        return None
    host = urlsplit(answer.headers.get("location", "")).hostname or ""
    elsewhere = answer.status in _REDIRECTS and host not in {"", result.target.host}
    if answer.status == _NETWORK_LOGIN or elsewhere:
        return _changed(result, "CAPTIVE_PORTAL", portal=host or result.target.host)
    return None


async def _plain(result: ProbeResult, proxy: Proxy | None, limits: Limits) -> ProbeResult:
    """Find out what speaks there instead of TLS."""
    answer = await _unencrypted(result.target, proxy, limits)
    if answer is None:
        return result
    return _portal(result, answer) or _changed(result, "TLS_PLAIN_HTTP")


async def _revoked(result: ProbeResult, proxy: Proxy | None, limits: Limits) -> ProbeResult:
    """Ask the issuer whether our certificate is revoked, where the server gave no reason."""
    from kaigo_certs import check_revocation

    sent = [certificate for der in result.tls.sent[:2] if (certificate := readable(der))]
    if len(sent) < 2:  # noqa: PLR2004 - the answer is signed by the issuer, which has to be known
        return result
    place = f"http://{proxy.shown}" if proxy else None
    found = await check_revocation(sent[0], sent[1], proxy=place, time_limit=limits.http)
    return _changed(result, "TLS_CLIENT_CERT_REVOKED") if found.code == "CERT_REVOKED" else result


async def _versions(result: ProbeResult, proxy: Proxy | None, limits: Limits) -> ProbeResult:
    """Find out which side is too old."""
    wanted = "TLS 1.3" if result.target.tls13_only else "TLS 1.2"
    if not ssl.HAS_TLSv1_3:
        return _changed(result, "TLS_VERSION_CLIENT_OLD")
    attempt = Attempt(result.target.at("/"), proxy, limits)
    try:
        await attempt.run(_old_context(), Request(body_limit=0))
    except Failed:
        pass
    finally:
        attempt.close()
    offered = attempt.facts.version
    if offered is None:
        return result
    return _changed(result, "TLS_VERSION_SERVER_OLD", offered=offered.replace("TLSv", "TLS "), wanted=wanted)


def _old_context() -> ssl.SSLContext:
    """Any version up to 1.2 and any cipher, to find out whether the server knows nothing newer."""
    context = unverified_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context
