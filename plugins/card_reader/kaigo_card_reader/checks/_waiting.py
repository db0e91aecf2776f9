"""Waiting for a person: a card taken off, a card put on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kaigo_card_reader.drivers._interface import DriverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_card_reader.drivers._interface import Driver, State

LOOK_AGAIN: Final = 0.1
"""Seconds between two looks; PC/SC itself notices a card after up to 0.4 s."""


def wait_until(
    driver: Driver, reader: str, reached: Callable[[frozenset[State]], bool], limit: float
) -> bool:
    """Look until the reader's states satisfy ``reached``; False after ``limit`` seconds or on trouble."""
    end = time.monotonic() + limit
    while True:
        try:
            if reached(driver.state(reader)):
                return True
        except DriverError:
            return False  # the exercise that follows names the trouble
        if time.monotonic() >= end:
            return False
        time.sleep(LOOK_AGAIN)
