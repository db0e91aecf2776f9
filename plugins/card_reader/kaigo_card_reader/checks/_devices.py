"""Which listed readers are parts of one device, and which of those parts are spare.

A dual-interface reader is listed two or three times (contact, contactless, SAM); the card lies on one of
them. The others are empty by nature and must not count as readers that were not exercised.

pcsc-lite names a part ``NAME [INTERFACE] (SERIAL) INDEX SLOT``, Windows ``NAME INDEX``; makers put the
interface into NAME. Two equal readers differ in index, or in serial number where they have one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kaigo_card_reader.drivers._interface import DriverError, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_card_reader.drivers._interface import Driver

    Pair = tuple[Driver, str]

_PCSC_LITE: Final = re.compile(r"^(?P<name>.+) (?P<index>[0-9A-F]{2}) (?P<slot>[0-9A-F]{2})$")
_WINDOWS: Final = re.compile(r"^(?P<name>.+) (?P<index>[0-9]+)$")
_BRACKETS: Final = re.compile(r"\[[^]]*\]")
_SERIAL: Final = re.compile(r"\(([0-9A-Za-z]{6,})\)")
_INTERFACES: Final = frozenset({"SAM", "PICC", "ICC", "CL", "CONTACT", "CONTACTLESS"})


@dataclass(frozen=True, slots=True)
class Part:
    """A listed reader, taken apart. Parts with equal ``device`` belong together."""

    device: tuple[str, str]
    first: bool


def part_of(reader: str) -> Part:
    """What a reader's name says about its device."""
    match = _PCSC_LITE.match(reader) or _WINDOWS.match(reader)
    name, index = (match["name"], match["index"]) if match else (reader, "")
    slot = match.groupdict().get("slot", "00") if match else "00"
    serial = _SERIAL.search(name)
    words = _BRACKETS.sub(" ", _SERIAL.sub(" ", name)).upper().split()
    plain = " ".join(word for word in words if word not in _INTERFACES)
    return Part((plain, serial.group(1) if serial else index), slot == "00" and "SAM" not in words)


def without_spares(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out empty SAM and further slots, and empty parts of a device that has a card elsewhere."""
    if len(pairs) == 1:
        return list(pairs)
    empty = {reader for driver, reader in pairs if _is_empty(driver, reader)}
    occupied = {part_of(reader).device for _, reader in pairs if reader not in empty}

    def spare(reader: str) -> bool:
        part = part_of(reader)
        return reader in empty and (not part.first or part.device in occupied)

    return [pair for pair in pairs if not spare(pair[1])]


def _is_empty(driver: Driver, reader: str) -> bool:
    try:
        return State.EMPTY in driver.state(reader)
    except DriverError:
        return False  # the exercise names the trouble
