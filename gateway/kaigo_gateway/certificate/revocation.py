"""Ask whether a certificate is revoked, the way this office reaches the Internet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from kaigo_certs import CertFinding, Verdict, check_revocation, revocation_addresses

from kaigo_gateway.certificate.reasons import finding_of
from kaigo_gateway.probe import Target
from kaigo_gateway.probe._tunnel import ProxyRefusal

if TYPE_CHECKING:
    from kaigo_certs import Bundle

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProxyChoice


async def revocation_finding(bundle: Bundle, choice: ProxyChoice, time_limit: float = 10.0) -> Finding:
    """The finding about the chosen certificate; ``bundle`` should have its issuer. No trouble is raised."""
    chain = bundle.chain
    try:
        proxy = await _proxy(choice, revocation_addresses(bundle.leaf))
    except ProxyRefusal as refused:
        urls = revocation_addresses(bundle.leaf)
        seen = {"why": refused.code, "urls": urls}
        return finding_of(CertFinding("CERT_REVOCATION_UNKNOWN", Verdict.WARN, seen))
    issuer = chain[0] if chain else None
    return finding_of(await check_revocation(bundle.leaf, issuer, proxy=proxy, time_limit=time_limit))


async def _proxy(choice: ProxyChoice, addresses: list[str]) -> str:
    """The proxy for the first address, as ``check_revocation`` wants it."""
    web = next((url for url in addresses if url.startswith(("http://", "https://"))), None)
    if web is None:
        return "none"
    parts = urlsplit(web)
    proxy = await choice.for_target(Target(parts.hostname or "", parts.port or 80))
    if proxy is None:
        return "none"
    user = quote(proxy.user, safe="") if proxy.user else ""
    secret = quote(proxy.password.get_secret_value(), safe="") if proxy.password else ""
    credentials = f"{user}:{secret}@" if user else ""
    return f"http://{credentials}{proxy.shown}"
