"""Programmes that other plugins bring by the hook ``gateway_grant_programmes``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.claims import Assessment
from kaigo_gateway.model.descriptors import GrantProgramme
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from kaigo_gateway.model.claims import Claim

OURS: Final = "subsidy"
HOOK: Final = "gateway_grant_programmes"


@dataclass(frozen=True, slots=True)
class Offer:
    """What other plugins bring, and what of it cannot be used: plugin, version, why."""

    programmes: list[GrantProgramme]
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    def told(self) -> list[str]:
        """The problems as sentences in the current language."""
        sentence = N_("The plugin {plugin} {version} brings programmes that cannot be used: {why}.")
        text = translate(sentence, "kaigo_subsidy")
        return [fill(text, {"plugin": name, "version": v, "why": why}) for name, v, why in self.problems]


def vendor_offer(without: Sequence[str] = ()) -> Offer:
    """The programmes of all installed plugins but this one; a broken plugin spoils only its own."""
    from kaigo_gateway.plugins import PluginHost
    from kaigo_gateway.settings import load_settings

    called = PluginHost(without=(*without, OURS)).call_now(HOOK, rules_folder=load_settings().rules_folder)
    offer = Offer([], [(p.plugin, p.version, p.detail) for p in called.problems])
    for outcome in called.outcomes:
        good, wrong = _sorted_out(outcome.value)
        offer.programmes.extend(good)
        offer.problems.extend((outcome.plugin.name, outcome.plugin.version, why) for why in wrong)
    return offer


def offered_programmes(offered: Callable[[str], Awaitable[Any]] | None) -> list[GrantProgramme]:
    """The programmes of a Setup's plugins but this one, also of modules that the product brings.

    ``offered`` is :attr:`CheckContext.offered`. Must not be called on an event loop's thread.
    """
    if offered is None:
        return []
    called = asyncio.run(_ask(offered))
    theirs = (outcome.value for outcome in called.outcomes if outcome.plugin.name != OURS)
    return [one for value in theirs for one in _sorted_out(value)[0]]


async def _ask(offered: Callable[[str], Awaitable[Any]]) -> Any:
    return await offered(HOOK)


def _sorted_out(value: Any) -> tuple[list[GrantProgramme], list[str]]:
    """What a hook gave: its programmes, and why the rest is none."""
    if value is None:
        return [], []
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
        return [], [f"{type(value).__name__} instead of a list of GrantProgramme"]
    given = list(value)
    wrong = [
        f"{type(one).__name__} instead of GrantProgramme"
        for one in given
        if not isinstance(one, GrantProgramme)
    ]
    return [one for one in given if isinstance(one, GrantProgramme)], wrong


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
    if (result.programme, result.fiscal_year) != (claim.programme, claim.fiscal_year):
        raise _broken(programme, f"it assessed {result.programme}/{result.fiscal_year}")
    return result


def _broken(programme: GrantProgramme, why: str) -> CouldNotRun:
    return CouldNotRun(
        N_("The programme {programme} of another plugin could not assess the claim: {why}."),
        N_("Tell the maker of that plugin; the bundled programmes are not affected."),
        domain="kaigo_subsidy",
        programme=f"{programme.id}/{programme.fiscal_year}",
        why=why,
    )
