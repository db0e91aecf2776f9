"""The grant programmes that all plugins bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.model.descriptors import GrantProgramme

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway


async def grant_programmes(gateway: Gateway) -> list[tuple[GrantProgramme, str]]:
    """Each programme with the catalogue of its texts, in the order of the plugins."""
    called = await gateway.host.call(
        "gateway_grant_programmes", expected=GrantProgramme, rules_folder=gateway.settings.rules_folder
    )
    return [
        (programme, outcome.plugin.domain or "kaigo_gateway")
        for outcome in called.outcomes
        for programme in outcome.value
    ]
