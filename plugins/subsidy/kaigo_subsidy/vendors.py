"""Programmes that other plugins bring by the hook ``gateway_grant_programmes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Assessment
from kaigo_gateway.model.descriptors import GrantProgramme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.claims import Claim

OURS = "subsidy"


def vendor_programmes(without: Sequence[str] = ()) -> list[GrantProgramme]:
    """The programmes of all installed plugins but this one; a broken plugin is passed over."""
    from kaigo_gateway.plugins import PluginHost

    called = PluginHost(without=(*without, OURS)).call_now("gateway_grant_programmes")
    found = [one for outcome in called.outcomes for one in outcome.value or ()]
    return [one for one in found if isinstance(one, GrantProgramme)]


def vendor_assessment(claim: Claim, without: Sequence[str] = ()) -> Assessment | None:
    """The assessment by another plugin's programme; None where no plugin has it.

    Raises :class:`CouldNotRun` where the plugin's assessor fails or gives something else.
    """
    for programme in vendor_programmes(without):
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
