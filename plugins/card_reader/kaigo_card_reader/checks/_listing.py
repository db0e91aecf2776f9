"""``reader list``: what is connected, without touching a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_card_reader.data import recognise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_card_reader.drivers._interface import Driver

SCHEMA: Final = "kaigo-gateway/readers/1"


def listing(drivers: Sequence[Driver]) -> dict[str, Any]:
    """The document of ``reader list --json``. Raises :class:`DriverError`, :class:`NotInstalled`."""
    rows = [_row(driver, name) for driver in drivers for name in driver.readers()]
    return {"schema": SCHEMA, "readers": rows}


def _row(driver: Driver, name: str) -> dict[str, Any]:
    model = recognise(name)
    return {
        "name": name,
        "driver": driver.name,
        "states": sorted(driver.state(name)),
        "model": model.name if model else None,
        "pcsc": model.pcsc if model else "unknown",
        "compatible": model.compatible if model else "unknown",
        "source": model.source if model else None,
        "note": model.note if model else "",
    }
