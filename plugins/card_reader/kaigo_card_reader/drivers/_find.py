"""Which drivers take part: PC/SC, and those that other plugins contribute by hook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_card_reader.drivers._interface import Driver
from kaigo_card_reader.drivers._limited import limit_driver
from kaigo_card_reader.drivers._pcsc import PcscDriver
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.settings import CardReaderSettings

    Offered = Callable[[str], Awaitable[Any]]

HOOK: Final = "gateway_card_reader_drivers"
_OURS: Final = "card_reader"


@dataclass(slots=True)
class Found:
    """The drivers that take part, and a finding for each plugin whose driver cannot."""

    drivers: list[Driver] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def find_drivers(settings: CardReaderSettings, offered: Offered | None) -> Found:
    """Ask all plugins; a simulated job uses PC/SC alone. Must not be called on an event loop's thread."""
    if settings.virtual or offered is None:
        return Found([PcscDriver(settings.call_limit)])
    called = asyncio.run(_ask(offered))
    found = Found()
    for outcome in sorted(called.outcomes, key=lambda one: one.plugin.name != _OURS):
        for driver in outcome.value:
            if isinstance(driver, Driver):
                ours = isinstance(driver, PcscDriver)  # it limits its calls itself
                found.drivers.append(driver if ours else limit_driver(driver, settings.call_limit))
            else:
                found.problems.append(_broken(outcome.plugin.name, f"{type(driver).__name__} is no driver"))
    found.problems += [_broken(problem.plugin, problem.detail) for problem in called.problems]
    return found


async def _ask(offered: Offered) -> Any:
    return await offered(HOOK)


def _broken(plugin: str, detail: str) -> Finding:
    return REASONS.finding("READER_DRIVER_BROKEN", subject=plugin, seen={"plugin": plugin, "detail": detail})
