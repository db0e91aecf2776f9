"""What the card readers of this terminal say now, without exercising them.

The drivers come by the hook ``gateway_card_reader_drivers``; only their ``readers()`` and ``state()`` are
asked, so no card is opened. One question serves every page that asks within the same second.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.plugins._isolation import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kaigo_gateway._gateway import Gateway

SECOND: Final = 1.0
LIMIT: Final = 3.0
"""Seconds that a driver has; one that hangs is not asked again until it has come back."""
WORDS: Final[Mapping[str, str]] = {
    "empty": N_("no card"),
    "present": N_("card in the reader"),
    "mute": N_("card does not answer"),
    "exclusive": N_("held by another program"),
    "inuse": N_("in use by another program"),
    "unpowered": N_("card without power"),
    "unavailable": N_("not available"),
    "unknown": N_("unknown"),
}
"""The states of :class:`kaigo_card_reader.drivers.State` in words."""


@dataclass(frozen=True, slots=True)
class ReaderNow:
    """One reader; ``states`` are the driver's words, in a fixed order."""

    driver: str
    name: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """All readers, and the names of drivers that gave no answer."""

    readers: tuple[ReaderNow, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(slots=True)
class Readers:
    """Asks the drivers, at most once a second."""

    _seen: Seen = field(default_factory=Seen)
    _at: float = float("-inf")
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asking: set[str] = field(default_factory=set)

    async def now(self, gateway: Gateway) -> Seen:
        """What is there now."""
        async with self._lock:
            if time.monotonic() - self._at >= SECOND:
                self._seen = await self._ask(gateway)
                self._at = time.monotonic()
            return self._seen

    async def _ask(self, gateway: Gateway) -> Seen:
        called = await gateway.host.call_with_settings("gateway_card_reader_drivers", {})
        drivers = {
            f"{getattr(driver, 'name', outcome.plugin.name)}": driver
            for outcome in called.outcomes
            for driver in outcome.value or ()
        }
        answers = await asyncio.gather(*(self._look(name, driver) for name, driver in drivers.items()))
        return Seen(
            tuple(reader for answer in answers for reader in answer.readers),
            (
                *(each.plugin for each in called.problems),
                *(name for answer in answers for name in answer.silent),
            ),
        )

    async def _look(self, name: str, driver: Any) -> Seen:
        """Ask one driver, in a thread of its own; one that raises or hangs is silent."""
        if name in self._asking:
            return Seen(silent=(name,))
        self._asking.add(name)

        def look() -> Seen:
            try:
                return Seen(tuple(_readers(name, driver)))
            finally:
                self._asking.discard(name)

        try:
            found: Seen = await guarded(look, LIMIT)
        except Exception:  # noqa: BLE001 - a driver may raise anything
            return Seen(silent=(name,))
        return found


def _readers(name: str, driver: Any) -> Iterator[ReaderNow]:
    for reader in driver.readers():
        states = sorted(str(state) for state in driver.state(reader))
        yield ReaderNow(name, str(reader), tuple(states) or ("unknown",))
