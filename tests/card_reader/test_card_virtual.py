"""The virtual card protects what a real one protects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaigo_card_reader.sandbox._personas import my_number_card


def talk(card, *commands: str) -> list[str]:
    return [card.process(bytes.fromhex(command))[-2:].hex() for command in commands]


SELECT = "00A4040C0AD392F000260100000001"
AUTH_PIN_FILE = "00A4020C020018"
RIGHT = "002000800430303030"
WRONG = "002000800439393939"
KEY = "00A4020C020017"
SIGN = "802A00800230310000"[:-2]


def test_protected_files_need_the_pin():
    card = my_number_card()
    assert talk(card, SELECT, "00A4020C020001", "00B0000004") == ["9000", "9000", "6982"]
    assert talk(card, KEY, SIGN) == ["9000", "6982"]


def test_the_login_is_lost_when_the_application_is_selected_again_and_on_reset():
    card = my_number_card()
    assert talk(card, SELECT, AUTH_PIN_FILE, RIGHT, KEY, SIGN)[-1] == "9000"
    assert talk(card, SELECT, KEY, SIGN)[-1] == "6982"
    talk(card, AUTH_PIN_FILE, RIGHT)
    card.reset()
    assert talk(card, KEY) == ["6986"]


def test_wrong_pins_count_down_and_lock_while_asking_costs_nothing():
    card = my_number_card()
    talk(card, SELECT, AUTH_PIN_FILE)
    assert talk(card, *["00200080"] * 9)[-1] == "63c3"
    assert talk(card, WRONG, WRONG, WRONG, WRONG) == ["63c2", "63c1", "63c0", "6984"]
    assert talk(card, RIGHT, "00200080") == ["6984", "63c0"]


def test_a_right_pin_restores_the_count():
    card = my_number_card()
    talk(card, SELECT, AUTH_PIN_FILE, WRONG, WRONG)
    assert talk(card, RIGHT, "00200080") == ["9000", "63c3"]


def test_the_log_holds_no_pin():
    card = my_number_card()
    talk(card, SELECT, AUTH_PIN_FILE, RIGHT)
    assert all(b"0000" not in command for command, _ in card.log)
    assert card.pins_received == 1


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_whatever_is_sent_the_card_answers_with_a_status_word(commands):
    card = my_number_card()
    assert all(len(card.process(command)) >= 2 for command in commands)


@pytest.mark.parametrize("command", ["00A4040C0AD3", "00B0", "00A4040CFF00"])
def test_a_length_that_does_not_fit_is_wrong_length(command):
    assert talk(my_number_card(), command) == ["6700"]
