"""Card readers: exercised on the real PC/SC stack, without ever spending a PIN.

Import from here; modules with a leading underscore are private.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_card_reader._guard import GuardedSession, Permit, PinNotTried, Refused
    from kaigo_card_reader.card._facts import PinName
    from kaigo_card_reader.drivers._interface import (
        Driver,
        DriverError,
        Event,
        InformedDriver,
        ReaderInfo,
        Session,
        State,
        WatchingDriver,
    )
    from kaigo_card_reader.drivers._pcsc import PcscDriver
    from kaigo_card_reader.reasons import REASONS
    from kaigo_card_reader.settings import CardReaderSettings

_HOMES = {
    **dict.fromkeys(("GuardedSession", "Permit", "PinNotTried", "Refused"), "_guard"),
    "PinName": "card._facts",
    **dict.fromkeys(
        (
            "Driver",
            "DriverError",
            "Event",
            "InformedDriver",
            "ReaderInfo",
            "Session",
            "State",
            "WatchingDriver",
        ),
        "drivers._interface",
    ),
    "PcscDriver": "drivers._pcsc",
    "REASONS": "reasons",
    "CardReaderSettings": "settings",
}

__all__ = [
    "REASONS",
    "CardReaderSettings",
    "Driver",
    "DriverError",
    "Event",
    "GuardedSession",
    "InformedDriver",
    "PcscDriver",
    "Permit",
    "PinName",
    "PinNotTried",
    "ReaderInfo",
    "Refused",
    "Session",
    "State",
    "WatchingDriver",
]


def __getattr__(name: str) -> Any:
    """Import on first use: listing commands loads neither pydantic nor pyscard."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
