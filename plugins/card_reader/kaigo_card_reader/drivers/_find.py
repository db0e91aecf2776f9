"""Which drivers take part: PC/SC, and those that other plugins contributed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_card_reader.drivers._pcsc import PcscDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

_contributed: list[Driver] = []


def contribute(drivers: Sequence[Driver]) -> None:
    """Take the drivers that the plugins of this process gave (replaces earlier ones)."""
    _contributed[:] = drivers


def installed_drivers(limit: float, tell: Callable[[str], None]) -> list[Driver]:
    """All drivers for a command line; what a broken plugin did is told, the others go on."""
    del tell
    return [PcscDriver(limit), *_contributed]


def drivers_for(settings: CardReaderSettings) -> list[Driver]:
    """PC/SC first, then the contributed ones; a simulated job uses PC/SC alone."""
    pcsc = PcscDriver(settings.call_limit)
    return [pcsc] if settings.virtual else [pcsc, *_contributed]
