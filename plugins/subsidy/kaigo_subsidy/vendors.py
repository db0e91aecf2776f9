"""Programmes that other plugins bring by the hook ``gateway_grant_programmes``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Assessment
from kaigo_gateway.model.descriptors import GrantProgramme

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from kaigo_gateway.model.claims import Claim

OURS: Final = "subsidy"
HOOK: Final = "gateway_grant_programmes"


def vendor_programmes(without: Sequence[str] = ()) -> list[GrantProgramme]:
    """The programmes of all installed plugins but this one; a broken plugin is passed over."""
    from kaigo_gateway.plugins import PluginHost

    called = PluginHost(without=(*without, OURS)).call_now(HOOK)
    return _programmes(outcome.value for outcome in called.outcomes)


def offered_programmes(offered: Callable[[str], Awaitable[Any]] | None) -> list[GrantProgramme]:
    """The programmes of a Setup's plugins but this one, also of modules that the product brings.

    ``offered`` is :attr:`CheckContext.offered`. Must not be called on an event loop's thread.
    """
    if offered is None:
        return []
    called = asyncio.run(_ask(offered))
    return _programmes(outcome.value for outcome in called.outcomes if outcome.plugin.name != OURS)


async def _ask(offered: Callable[[str], Awaitable[Any]]) -> Any:
    return await offered(HOOK)


def _programmes(given: Iterable[Any]) -> list[GrantProgramme]:
    return [one for value in given for one in value or () if isinstance(one, GrantProgramme)]


def vendor_assessment(claim: Claim, programmes: Iterable[GrantProgramme]) -> Assessment | None:
    """The assessment by another plugin's programme; None where no plugin has it.

    Raises :class:`CouldNotRun` where the plugin's assessor fails or gives something else.
    """
    for programme in programmes:
        if (programme.id, programme.fiscal_year) == (claim.programme, claim.fiscal_year):
            return _assessed(programme, claim)
    return None


def _assessed(programme: GrantProgramme, claim: Claim) -> Assessment:
    try:
        result = programme.assess(claim)
    except Exception as error:
        raise _broken(programme, f"{type(error).__name__}: {error}") from error
    if not isinstance(result, Assessment):
        raise _broken(programme, f"{type(result).__name__} instead of Assessment")
    return result


def _broken(programme: GrantProgramme, why: str) -> CouldNotRun:
    return CouldNotRun(
        N_("The programme {programme} of another plugin could not assess the claim: {why}."),
        N_("Tell the maker of that plugin; the bundled programmes are not affected."),
        domain="kaigo_subsidy",
        programme=f"{programme.id}/{programme.fiscal_year}",
        why=why,
    )
