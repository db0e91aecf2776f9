"""The simulated 介護WEBサービス: TLS 1.3 and a client certificate of the demo authority, on loopback."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import SandboxContext, SandboxService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

__all__ = ["services"]


def services() -> list[SandboxService]:
    """The one service of this plugin, with a fault switch for every row of the failure table."""
    from kaigo_gateway.probe.counterpart import FAULTS

    from kaigo_platform_link.sandbox._pages import PAGES

    return [
        SandboxService(
            id="platform",
            title=N_("介護WEBサービス (simulated)"),
            start=start_platform,
            faults=(*FAULTS, *PAGES),
            order=20,
        )
    ]


@asynccontextmanager
async def start_platform(context: SandboxContext) -> AsyncIterator[Mapping[str, Any]]:
    """Serve until the block ends; yields the ``[platform]`` part of the demo's site document."""
    from kaigo_gateway.probe.counterpart import Place, counterpart, server_context, serving

    from kaigo_platform_link.sandbox._pages import PAGES, login_page

    authority, fault = context.authority, context.faults.get("platform", "none")
    if fault != "none" and fault not in PAGES:
        client_ca, crl = authority.chain_pem, authority.client_crl
        issue = partial(authority.client_pkcs12, context.office_number, "TEST Sakura Home Care")
        with counterpart(
            fault, context.folder, client_ca, login_page, issue_crl=crl, issue_client=issue
        ) as place:
            yield place.overlay("platform")
        return
    tls = server_context(*authority.server_files("localhost"), client_ca=authority.chain_pem)
    with serving(tls, PAGES.get(fault, login_page)) as port:
        yield Place(f"https://localhost:{port}/", authority.root_pem).overlay("platform")
