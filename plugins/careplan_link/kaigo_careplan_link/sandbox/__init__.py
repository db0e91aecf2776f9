"""The simulated exchange: it speaks the rehearsal protocol of this project and says that it is simulated."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import SandboxContext, SandboxService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

__all__ = ["services"]

PARTNER: Final = "1379999996"
"""The invented office on the other side."""


def services() -> list[SandboxService]:
    """The one service of this plugin."""
    return [
        SandboxService(
            id="careplan", title=N_("CarePlan data link (simulated)"), start=start_exchange, order=30
        )
    ]


@asynccontextmanager
async def start_exchange(context: SandboxContext) -> AsyncIterator[Mapping[str, Any]]:
    """Serve until the block ends; yields the ``[careplan]`` part of the demo's site document."""
    from kaigo_gateway.probe.counterpart import server_context, serving

    from kaigo_careplan_link.sandbox._exchange import SimulatedExchange

    authority = context.authority
    tls = server_context(*authority.server_files("localhost"), client_ca=authority.chain_pem)
    with serving(tls, SimulatedExchange()) as port:
        yield {
            "careplan": {
                "url": f"https://localhost:{port}/",
                "ca_file": str(authority.root_pem),
                "partner_number": PARTNER,
            },
            "plugins": {"careplan_link": {"rehearsal": "exchange"}},
        }
