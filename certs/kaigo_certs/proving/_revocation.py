"""Revocation: ask OCSP, then the CRL, over the office's proxy. Unreachable is never "good".

RFC 6960 (OCSP), RFC 5280 section 5 (CRL). Both travel over plain HTTP: what counts is the signature.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._quiet import MALFORMED, UNREADABLE
from kaigo_certs.proving._crl import judge_crl
from kaigo_certs.proving._http import http_session
from kaigo_certs.proving._ocsp import judge_ocsp, ocsp_request

if TYPE_CHECKING:
    import aiohttp

_CRL_LIMIT: Final = 20 << 20
_OCSP_LIMIT: Final = 64 << 10


async def check_revocation(
    leaf: x509.Certificate,
    issuer: x509.Certificate | None,
    *,
    proxy: str | None = None,
    time_limit: float = 10.0,
    now: datetime | None = None,
) -> CertFinding:
    """Whether ``leaf`` is revoked: ``CERT_NOT_REVOKED``, ``CERT_REVOKED``, or why that is not known.

    ``issuer`` checks the answers' signatures. ``proxy``: see
    :func:`kaigo_certs.proving._http.http_session`.
    """
    ocsp, crl = ocsp_addresses(leaf), crl_addresses(leaf)
    web = [url for url in (*ocsp, *crl) if url.startswith(("http://", "https://"))]
    if not (ocsp or crl):
        return CertFinding("CERT_REVOCATION_NO_ADDRESS", Verdict.SKIP)
    if not web:
        return CertFinding("CERT_REVOCATION_LDAP_ONLY", Verdict.SKIP, {"urls": crl})
    if issuer is None:
        return CertFinding("CERT_REVOCATION_NO_ISSUER", Verdict.SKIP)
    return await _ask(leaf, issuer, web, set(ocsp), proxy, time_limit, now or datetime.now(UTC))


async def _ask(  # noqa: PLR0913, PLR0917 - the parts of one question
    leaf: x509.Certificate,
    issuer: x509.Certificate,
    addresses: list[str],
    ocsp: set[str],
    proxy: str | None,
    time_limit: float,
    now: datetime,
) -> CertFinding:
    """The first certain answer; else why there was none."""
    import aiohttp

    reasons: list[str] = []
    async with http_session(proxy, time_limit) as session:
        for url in addresses:
            try:
                if url in ocsp:
                    answer = await _post(session, url, ocsp_request(leaf, issuer))
                    return judge_ocsp(answer, leaf, issuer, now)
                return judge_crl(await _get(session, url), leaf, issuer, now)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                reasons.append(f"{url}: {type(error).__name__}")
            except MALFORMED as error:
                reasons.append(f"{url}: {error}")
    seen = {"why": "; ".join(reasons), "urls": addresses}
    return CertFinding("CERT_REVOCATION_UNKNOWN", Verdict.WARN, seen)


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
    async with session.post(url, data=body, headers=headers) as answer:
        answer.raise_for_status()
        return await _limited(answer, _OCSP_LIMIT)


async def _get(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url) as answer:
        answer.raise_for_status()
        return await _limited(answer, _CRL_LIMIT)


async def _limited(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        body += piece
        if len(body) > limit:
            raise ValueError(f"the answer is larger than {limit} bytes")
    return bytes(body)


def revocation_addresses(certificate: x509.Certificate) -> list[str]:
    """Every address that the certificate names for questions about its revocation."""
    return [*ocsp_addresses(certificate), *crl_addresses(certificate)]


def ocsp_addresses(certificate: x509.Certificate) -> list[str]:
    """The OCSP responders that the certificate names."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except UNREADABLE:
        return []
    return [
        str(d.access_location.value) for d in access if d.access_method == AuthorityInformationAccessOID.OCSP
    ]


def crl_addresses(certificate: x509.Certificate) -> list[str]:
    """The CRL distribution points that the certificate names, ``ldap://`` included."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except UNREADABLE:
        return []
    names = [name for point in points for name in point.full_name or ()]
    return [str(name.value) for name in names if isinstance(name, x509.UniformResourceIdentifier)]
