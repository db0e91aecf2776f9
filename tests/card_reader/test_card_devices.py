"""Parts of one device: which listed readers count, by the names that real systems give them."""

from __future__ import annotations

import pytest
from kaigo_card_reader import DriverError, State
from kaigo_card_reader.checks._devices import without_spares


class Listed:
    """A driver that only lists: names with a star hold a card, names with a mark are in trouble."""

    name = "listed"

    def __init__(self, *names):
        self.names = names

    def readers(self):
        return [name.strip("*!") for name in self.names]

    def state(self, reader):
        if f"{reader}!" in self.names:
            raise DriverError("READER_GONE", "state")
        return frozenset({State.PRESENT if f"{reader}*" in self.names else State.EMPTY})

    def open(self, reader):
        raise AssertionError(reader)


def counted(*names):
    driver = Listed(*names)
    return [reader for _, reader in without_spares([(driver, reader) for reader in driver.readers()])]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # a second slot of pcsc-lite's
        (["Reader 00 00*", "Reader 00 01"], ["Reader 00 00"]),
        (["Reader 00 00", "Reader 00 01"], ["Reader 00 00"]),
        (["Reader 00 00", "Reader 00 01*"], ["Reader 00 01"]),
        # two equal readers are two readers, also when one is empty
        (["Reader 00 00*", "Reader 01 00"], ["Reader 00 00", "Reader 01 00"]),
        (["Reader 0*", "Reader 1"], ["Reader 0", "Reader 1"]),
        (["R (111111) 00 00*", "R (222222) 00 00"], ["R (111111) 00 00", "R (222222) 00 00"]),
        # a dual reader with a SAM slot, as Windows lists it
        (["CIR315 Dual & 1S PICC 0*", "CIR315 Dual & 1S ICC 0", "CIR315 Dual & 1S SAM 0"],
         ["CIR315 Dual & 1S PICC 0"]),
        (["ACS ACR1251 CL Reader PICC 0", "ACS ACR1251 CL Reader SAM 0"], ["ACS ACR1251 CL Reader PICC 0"]),
        # a dual reader as pcsc-lite lists it: two interfaces, one serial number
        (["uTrust 4701 F [Contact Reader] (5301234) 00 00", "uTrust 4701 F [CL Reader] (5301234) 01 00*"],
         ["uTrust 4701 F [CL Reader] (5301234) 01 00"]),
        # nothing on either side: both are shown, a person decides
        (["X Contact 0", "X Contactless 0"], ["X Contact 0", "X Contactless 0"]),
        # trouble is never hidden
        (["Reader 00 00*", "Reader 00 01!"], ["Reader 00 00", "Reader 00 01"]),
        (["Face Reader"], ["Face Reader"]),
        ([], []),
    ],
)  # fmt: skip
def test_only_readers_that_can_hold_the_card_count(names, expected):
    assert counted(*names) == expected
