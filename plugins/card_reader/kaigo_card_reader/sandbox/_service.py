"""The simulated readers of the demo: a private PC/SC stack with a virtual My Number card on each reader."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_

from kaigo_card_reader.card._facts import JPKI
from kaigo_card_reader.drivers._interface import DriverError, State
from kaigo_card_reader.drivers._pcsc import PcscDriver
from kaigo_card_reader.sandbox import _personas
from kaigo_card_reader.sandbox._stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from kaigo_gateway.model.descriptors import SandboxContext

    from kaigo_card_reader.sandbox._virtual_card import VirtualCard

READERS: Final = ("SIMULATED Card Reader",)
"""Their name says what they are wherever it is shown."""
FAULTS: Final = ("no_card", "other_card", "locked_pin", "expired_certificate", "mute")
_SETTLE_LIMIT: Final = 10.0  # seconds; pcscd looks for cards every 0.4 s


@asynccontextmanager
async def start(context: SandboxContext) -> AsyncIterator[Mapping[str, Any]]:
    """Start, put the cards on, yield the site's settings, stop. Raises ``NotInstalled``, ``CouldNotRun``."""
    stack = Stack(READERS)
    await asyncio.to_thread(stack.__enter__)
    try:
        await asyncio.to_thread(_put_cards, stack, context.faults.get("card_reader", ""))
        yield {"plugins": {"card_reader": {"readers": stack.primary(), "virtual": True}}}
    finally:
        await asyncio.to_thread(stack.__exit__, None, None, None)


def _put_cards(stack: Stack, fault: str) -> None:
    """A card on each reader; the fault, if any, is the first reader's."""
    names = stack.primary()
    for name in names:
        slot = stack.slots[name]
        faulty = fault if name == names[0] else ""
        if faulty == "mute":
            slot.faults.atr = b"\x3b" * 40
        if faulty != "no_card":
            slot.insert(_card(faulty))
    wanted = {name for name in names if stack.slots[name].card is not None}
    _settle(wanted)


def _card(fault: str) -> VirtualCard:
    if fault == "other_card":
        return _personas.other_card()
    if fault == "expired_certificate":
        return _personas.my_number_card(not_after=_personas.long_ago())
    card = _personas.my_number_card()
    if fault == "locked_pin":
        _personas.pin_of(card, JPKI, 0x0018).left = 0
    return card


def _settle(names: set[str]) -> None:
    """Wait until PC/SC sees every card."""
    driver, end = PcscDriver(), time.monotonic() + _SETTLE_LIMIT
    while time.monotonic() < end:
        try:
            if all(driver.state(name) & {State.PRESENT, State.MUTE} for name in names):
                return
        except DriverError:
            pass  # pcscd is still starting its readers
        time.sleep(0.02)
    raise CouldNotRun(N_("The simulated card reader did not become ready."), domain="kaigo_card_reader")
