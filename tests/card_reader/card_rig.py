"""The private PC/SC stack as a test sees it: two readers, cards put on and pulled, faults switched on."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaigo_card_reader import CardReaderSettings, DriverError, PcscDriver, State
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.sandbox._personas import my_number_card
from kaigo_card_reader.sandbox._vicc import Faults, VirtualSlot

if TYPE_CHECKING:
    from kaigo_card_reader.checks._report import Exercise
    from kaigo_card_reader.sandbox._stack import Stack
    from kaigo_card_reader.sandbox._virtual_card import VirtualCard

CONTACT = "Kaigo Alpha Contact 00 00"
CONTACTLESS = "Kaigo Beta Contactless 00 00"
TODAY = dt.datetime.now(dt.UTC).date()
PATIENCE = 10.0  # seconds until a state must have been reached; nothing asserts how long it took


@dataclass
class Rig:
    stack: Stack
    driver: PcscDriver = field(default_factory=PcscDriver)
    placed: list[VirtualCard] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    permitted: int = 0

    def slot(self, reader: str = CONTACT) -> VirtualSlot:
        return self.stack.slots[reader]

    def place(
        self, card: VirtualCard | None = None, reader: str = CONTACT, want: State = State.PRESENT
    ) -> VirtualCard:
        card = card or my_number_card()
        self.placed.append(card)
        self.used.add(reader)
        self.slot(reader).insert(card)
        self.wait(reader, want)
        return card

    def pull(self, reader: str = CONTACT) -> None:
        self.slot(reader).remove()
        self.wait(reader, State.EMPTY)

    def wait(self, reader: str, want: State) -> None:
        end = time.monotonic() + PATIENCE
        seen: frozenset[State] | DriverError = frozenset()
        while time.monotonic() < end:
            try:
                seen = self.driver.state(reader)
                if want in seen:
                    return
            except DriverError as error:
                seen = error
            time.sleep(0.01)
        raise AssertionError(f"{reader} did not become {want}: {seen}")

    def exercise(self, reader: str = CONTACT, limit: float = 5.0, **settings: object) -> Exercise:
        values = CardReaderSettings(call_limit=limit, **settings)
        return exercise(PcscDriver(limit), reader, values, TODAY)

    def clear(self) -> None:
        for name, slot in self.stack.slots.items():
            slot.faults = Faults()
            if name in self.used:  # also where the card tore itself off: PC/SC notices later
                self.pull(name)

    def pins_received(self) -> int:
        return sum(card.pins_received for card in self.placed)
