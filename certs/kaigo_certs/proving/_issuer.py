"""Fetch missing issuers from where the certificate itself says they lie (AIA caIssuers, RFC 5280 4.2.2.1).

What comes back is used only if it has signed the certificate below it. That completes a chain, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import AuthorityInformationAccessOID

from kaigo_certs._model import CertFinding, Verdict, issuers_of
from kaigo_certs._quiet import MALFORMED, UNREADABLE, quietly, readable
from kaigo_certs.proving._http import http_session

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from kaigo_certs._model import Bundle

_LIMIT: Final = 256 << 10
_LEVELS: Final = 4


async def fetch_issuers(
    bundle: Bundle, *, proxy: str | None = None, time_limit: float = 10.0
) -> tuple[Bundle, CertFinding | None]:
    """The bundle with its chain completed over HTTP, and what was found; None where nothing was missing.

    ``proxy``: see :func:`kaigo_certs.proving._http.http_session`.
    """
    import aiohttp

    fetched: list[str] = []
    reasons: list[str] = []
    async with http_session(proxy, time_limit) as session:
        for _ in range(_LEVELS):
            top = (bundle.leaf, *bundle.chain)[-1]
            url = next((u for u in issuer_addresses(top) if u.startswith(("http://", "https://"))), None)
            if top.issuer == top.subject or url is None:
                break
            try:
                added = await _fetch(session, url)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                reasons.append(f"{url}: {type(error).__name__}")
                break
            if not issuers_of(top, added):
                reasons.append(f"{url}: another issuer's certificate")
                break
            bundle = bundle.extended(added)
            fetched.append(url)
    return bundle, _finding(fetched, reasons)


def _finding(fetched: list[str], reasons: list[str]) -> CertFinding | None:
    if reasons:
        return CertFinding("CERT_ISSUER_NOT_FETCHED", Verdict.WARN, {"why": "; ".join(reasons)})
    return CertFinding("CERT_ISSUER_FETCHED", Verdict.OK, {"urls": fetched}) if fetched else None


async def _fetch(session: aiohttp.ClientSession, url: str) -> tuple[x509.Certificate, ...]:
    """The certificates at an address: DER, PEM or PKCS#7."""
    async with session.get(url) as answer:
        answer.raise_for_status()
        data = await answer.content.read(_LIMIT)
    for load in _FORMS:
        try:
            with quietly():
                found = tuple(load(data))
        except MALFORMED:
            continue
        if found and all(map(readable, found)):
            return found
    raise ValueError("not a certificate")


def _one(data: bytes) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(data)]


_FORMS: Final[tuple[Callable[[bytes], list[x509.Certificate]], ...]] = (
    _one,
    x509.load_pem_x509_certificates,
    pkcs7.load_der_pkcs7_certificates,
)


def issuer_addresses(certificate: x509.Certificate) -> list[str]:
    """Where the certificate says that its issuer's certificate lies."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except UNREADABLE:
        return []
    wanted = AuthorityInformationAccessOID.CA_ISSUERS
    return [str(d.access_location.value) for d in access if d.access_method == wanted]
