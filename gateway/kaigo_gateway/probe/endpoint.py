"""From a site file to a probe: target, trust, proxy and limits of one of its services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.probe._contexts import Trust
from kaigo_gateway.probe._probe import probe
from kaigo_gateway.probe._target import Limits, Request, Target
from kaigo_gateway.probe.proxies import ProxyChoice

if TYPE_CHECKING:
    from kaigo_gateway.model.site import Endpoint, Site
    from kaigo_gateway.probe._contexts import ClientIdentity
    from kaigo_gateway.probe._result import ProbeResult


def target_of(endpoint: Endpoint, *, name: str, tls13_only: bool = True, path: str | None = None) -> Target:
    """The target of a site's service; raises :class:`kaigo_gateway.InputError` if it is not HTTPS.

    ``path`` replaces the path of the configured URL.
    """
    target = Target.parse(
        str(endpoint.url), name=name, tls13_only=tls13_only, expected_issuers=endpoint.expected_issuers
    )
    return target if path is None else target.at(path)


def longest(site: Site, probes: int = 1) -> float:
    """Seconds that ``probes`` probes of this site's services can take at most, for a check's time limit."""
    return probes * Limits.scaled(site.network.connect_timeout).whole


def choice_of(site: Site) -> ProxyChoice:
    """How this site chooses its proxy; raises :class:`InputError` for an unreadable password reference."""
    network = site.network
    password = network.proxy_password.resolve(site.base) if network.proxy_password else None
    pac_file = site.path(network.pac_file) if network.pac_file else None
    return ProxyChoice(network.proxy, password, pac_file)


async def probe_endpoint(  # noqa: PLR0913 - everything a connection depends on, by name
    site: Site,
    endpoint: Endpoint,
    *,
    name: str,
    identity: ClientIdentity | None,
    path: str | None = None,
    request: Request | None = None,
    tls13_only: bool = True,
) -> ProbeResult:
    """Probe a service of ``site`` the way the office reaches it; the endpoint's ``url`` must be set."""
    ca_file = site.path(endpoint.ca_file) if endpoint.ca_file else None
    return await probe(
        target_of(endpoint, name=name, tls13_only=tls13_only, path=path),
        trust=Trust.pinned(ca_file) if ca_file else Trust(site.network.trust),
        identity=identity,
        proxy=choice_of(site),
        limits=Limits.scaled(site.network.connect_timeout),
        request=request,
    )
