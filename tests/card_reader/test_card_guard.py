"""The guard: an allow-list below every driver, and PINs only with a one-shot permit."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from card_rig import CONTACT
from hypothesis import given
from hypothesis import strategies as st
from kaigo_card_reader import DriverError, GuardedSession, PcscDriver, Permit, PinName, PinNotTried, Refused
from kaigo_card_reader._guard import allowed
from kaigo_card_reader.card._facts import JPKI
from kaigo_card_reader.drivers._mask import mask
from kaigo_card_reader.sandbox._personas import AUTH_PIN, SIGN_PIN, my_number_card, pin_of

if TYPE_CHECKING:
    from collections.abc import Callable

PASSING = [
    "00A4040C0AD392F000260100000001",
    "00A4020C020018",
    "00B0000000",
    "00B2010400",
    "00200080",
    "FFCA000000",
]
STOPPED = [
    "002000800431323334",  # a PIN
    "0020008000",  # an empty PIN: five bytes, and some cards count it
    "0020008100",
    "00200081",
    "10200080",  # chained
    "0C200080",  # secure messaging
    "0024018004" + "31" * 4,
    "002C0080",
    "802A008001AA00",
    "00D60000010A",
    "00E20000",
    "00E4000000",
    "FF00520000",
    "FFCA010000",
    "80CA9F7F00",
    "",
    "00",
    "00A4",
]


@pytest.mark.parametrize("command", PASSING)
def test_reading_and_the_free_status_query_pass(command):
    assert allowed(bytes.fromhex(command))


@pytest.mark.parametrize("command", STOPPED)
def test_everything_else_is_stopped(command):
    assert not allowed(bytes.fromhex(command))


@given(st.binary(max_size=300))
def test_no_command_that_could_carry_a_pin_ever_passes(command):
    if len(command) > 4 and command[1] in {0x20, 0x24, 0x2C}:
        assert not allowed(command)


@given(st.sampled_from([0x20, 0x24, 0x2C]), st.binary(min_size=1, max_size=16))
def test_a_masked_command_shows_no_pin(instruction, pin):
    shown = mask(bytes([0, instruction, 0, 0x80, len(pin)]) + pin)
    assert shown == f"00{instruction:02X}0080{len(pin):02X}**"


class Plain:
    """A bare session on a virtual card, without PC/SC."""

    def __init__(self, card):
        self.card, self.atr = card, card.atr

    def transmit(self, apdu):
        return self.card.process(apdu)

    def transaction(self):
        from contextlib import nullcontext

        return nullcontext()

    def close(self):
        pass


def test_a_command_outside_a_transaction_is_refused_before_it_is_sent():
    card = my_number_card()
    with pytest.raises(Refused):
        GuardedSession(Plain(card)).transmit(bytes.fromhex("00B0000000"))
    assert card.log == []


@pytest.mark.parametrize("command", STOPPED)
def test_a_refused_command_is_never_sent_and_its_data_never_shown(command):
    card = my_number_card()
    session = GuardedSession(Plain(card))
    with session.transaction(), pytest.raises(Refused) as refusal:
        session.transmit(bytes.fromhex(command))
    assert card.log == []
    assert "31323334" not in str(refusal.value)


def test_a_permit_is_good_for_one_right_pin():
    card = my_number_card()
    session, permit = GuardedSession(Plain(card)), Permit(PinName.AUTH, AUTH_PIN)
    with session.transaction():
        assert session.verify(permit)
        with pytest.raises(Refused):
            session.verify(permit)
    assert card.pins_received == 1


def test_a_wrong_pin_costs_one_try_and_is_never_tried_again():
    card = my_number_card()
    session, permit = GuardedSession(Plain(card)), Permit(PinName.AUTH, b"9999")
    with session.transaction():
        assert not session.verify(permit)
        with pytest.raises(Refused):
            session.verify(permit)
    assert (card.wrong_pins, pin_of(card, JPKI, 0x0018).left) == (1, 2)


@pytest.mark.parametrize("left", [0, 1])
def test_with_one_try_left_or_none_the_pin_is_not_sent(left):
    card = my_number_card()
    pin_of(card, JPKI, 0x0018).left = left
    session = GuardedSession(Plain(card))
    with session.transaction(), pytest.raises(PinNotTried) as kept:
        session.verify(Permit(PinName.AUTH, AUTH_PIN))
    assert (kept.value.left, card.pins_received) == (left, 0)


def test_a_card_that_does_not_say_how_many_tries_are_left_gets_no_pin():
    card = my_number_card()
    del card.applications[JPKI][0x0018]
    session = GuardedSession(Plain(card))
    with session.transaction(), pytest.raises(PinNotTried):
        session.verify(Permit(PinName.AUTH, AUTH_PIN))
    assert card.pins_received == 0


def test_a_permit_for_one_pin_never_reaches_another():
    card = my_number_card()
    session = GuardedSession(Plain(card))
    with session.transaction():
        session.transmit(bytes.fromhex("00A4040C0AD392F000260100000001"))
        session.transmit(bytes.fromhex("00A4020C020018"))  # another PIN is selected
        assert session.verify(Permit(PinName.SIGN, SIGN_PIN))
    assert pin_of(card, JPKI, 0x0018).left == 3


def test_no_login_outlives_the_transaction():
    card = my_number_card()
    session = GuardedSession(Plain(card))
    with session.transaction():
        assert session.verify(Permit(PinName.SIGN, SIGN_PIN))
    with session.transaction():
        session.transmit(bytes.fromhex("00A4020C020001"))
        assert session.transmit(bytes.fromhex("00B0000004")) == b"\x69\x82"


def test_a_permit_neither_copies_nor_prints_its_pin():
    permit = Permit(PinName.AUTH, b"4711")
    assert "4711" not in repr(permit)
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copying(permit)


@pytest.mark.cardstack
def test_on_the_real_stack_a_permitted_pin_arrives_once(rig):
    card = rig.place()
    session = PcscDriver().open(CONTACT)
    with session.transaction():
        assert session.verify(Permit(PinName.AUTH, AUTH_PIN))
    session.close()
    rig.permitted = 1
    assert (card.pins_received, card.wrong_pins) == (1, 0)


@pytest.mark.cardstack
def test_on_the_real_stack_a_pin_whose_answer_is_lost_is_not_sent_again(rig):
    card = rig.place()
    session, permit = PcscDriver().open(CONTACT), Permit(PinName.AUTH, AUTH_PIN)
    rig.slot().faults.tear_after = 3  # select, select, status – the PIN itself is lost
    with pytest.raises(DriverError), session.transaction():
        session.verify(permit)
    session.close()
    assert card.pins_received == 0
    assert repr(permit) == "Permit(auth, used)"


@pytest.mark.cardstack
def test_the_permit_example_of_the_documentation_works(rig):
    page = (Path(__file__).parents[2] / "docs/card-readers.md").read_text(encoding="utf-8")
    example: dict[str, Callable[[str, bytes], bool]] = {}
    exec(page.split("```python\n")[1].split("```")[0], example)
    rig.place()
    rig.permitted = 2
    assert example["log_in"](CONTACT, b"9999") is False
    assert example["log_in"](CONTACT, AUTH_PIN) is True
