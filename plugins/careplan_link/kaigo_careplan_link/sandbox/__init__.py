"""The simulated exchange: it speaks the rehearsal protocol of this project and says that it is simulated."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import SandboxContext, SandboxService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from kaigo_gateway.probe.counterpart import Place

__all__ = ["services"]

PARTNER: Final = "1379999996"
"""The invented office on the other side."""


def services() -> list[SandboxService]:
    """The one service of this plugin, with a fault switch for every row of the failure table."""
    from kaigo_gateway.probe.counterpart import FAULTS

    from kaigo_careplan_link.sandbox._exchange import MANNERS

    return [
        SandboxService(
            id="careplan",
            title=N_("CarePlan data link (simulated)"),
            start=start_exchange,
            faults=(*FAULTS, *MANNERS),
            order=30,
        )
    ]


@asynccontextmanager
async def start_exchange(context: SandboxContext) -> AsyncIterator[Mapping[str, Any]]:
    """Serve until the block ends; yields the ``[careplan]`` part of the demo's site document."""
    from kaigo_gateway.probe.counterpart import Place, counterpart, server_context, serving

    from kaigo_careplan_link.sandbox._exchange import MANNERS, SimulatedExchange

    authority, fault = context.authority, context.faults.get("careplan", "none")
    exchange = SimulatedExchange(fault if fault in MANNERS else "")
    if fault != "none" and fault not in MANNERS:
        client_ca, crl = authority.chain_pem, authority.client_crl
        issue = partial(authority.client_pkcs12, context.office_number, "TEST Sakura Home Care")
        with counterpart(
            fault, context.folder, client_ca, exchange, issue_crl=crl, issue_client=issue
        ) as place:
            yield _overlay(place)
        return
    tls = server_context(*authority.server_files("localhost"), client_ca=authority.chain_pem)
    with serving(tls, exchange) as port:
        yield _overlay(Place(f"https://localhost:{port}/", authority.root_pem))


def _overlay(place: Place) -> dict[str, Any]:
    document = place.overlay("careplan")
    document["careplan"]["partner_number"] = PARTNER
    return {**document, "plugins": {"careplan_link": {"rehearsal": "exchange"}}}
