"""Reader drivers: the interface that every driver implements, and those that come with the product."""

from __future__ import annotations

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

__all__ = [
    "Driver",
    "DriverError",
    "Event",
    "InformedDriver",
    "PcscDriver",
    "ReaderInfo",
    "Session",
    "State",
    "WatchingDriver",
]
