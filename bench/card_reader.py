"""What driver, guard and exercise cost on the real PC/SC stack: ``python bench/card_reader.py``.

Prints JSON. Raw ``SCardTransmit`` and the guarded driver are measured in turns within one run, so that the
load of the machine falls on both alike. Ratios: ``apdu`` (aim 1.15); ``check_over_apdus``, a whole check over
the time of its commands; ``two_readers_over_one`` (aim 1.2). For the last two each command takes 5 ms, less
than on a real reader: a card that answers at once would measure only the processor of this machine.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from kaigo_card_reader import CardReaderSettings, PcscDriver, State
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._run import exercise_all
from kaigo_card_reader.drivers._pcsc import scard
from kaigo_card_reader.sandbox._personas import my_number_card
from kaigo_card_reader.sandbox._stack import Stack
from kaigo_gateway.errors import NotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 60
BATCH = 25
CHECKS = 40
CARD_DELAY = 0.005
TODAY = dt.datetime.now(dt.UTC).date()
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
FILE = bytes.fromhex("00A4020C02000A")
READ = bytes.fromhex("00B0000000")


def quantile(values: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50_ms": round(cut[49] * 1000, 4), "p99_ms": round(cut[98] * 1000, 4)}


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


class Raw:
    """pyscard's lowest level, nothing between."""

    def __init__(self, reader: str) -> None:
        self.api = scard()
        _, context = self.api.SCardEstablishContext(self.api.SCARD_SCOPE_USER)
        _, self.handle, _ = self.api.SCardConnect(context, reader, self.api.SCARD_SHARE_SHARED, 3)

    def batch(self) -> list[float]:
        """In a transaction, like the driver's commands."""
        self.api.SCardBeginTransaction(self.handle)
        for command in (SELECT, FILE):
            self.api.SCardTransmit(self.handle, self.api.SCARD_PCI_T1, list(command))
        times = [
            timed(lambda: bytes(self.api.SCardTransmit(self.handle, self.api.SCARD_PCI_T1, list(READ))[1]))
            for _ in range(BATCH)
        ]
        self.api.SCardEndTransaction(self.handle, self.api.SCARD_LEAVE_CARD)
        return times


def guarded_batch(session: Any) -> list[float]:
    with session.transaction():
        session.transmit(SELECT)
        session.transmit(FILE)
        return [timed(lambda: session.transmit(READ)) for _ in range(BATCH)]


def apdus(reader: str) -> dict[str, Any]:
    raw, session = Raw(reader), PcscDriver().open(reader)
    low: list[float] = []
    high: list[float] = []
    for _ in range(ROUNDS):
        low += raw.batch()
        high += session.inside(lambda: guarded_batch(session))
    session.close()
    raw_times, guarded_times = quantile(low), quantile(high)
    ratio = guarded_times["p50_ms"] / raw_times["p50_ms"]
    return {"raw": raw_times, "guarded": guarded_times, "ratio_p50": round(ratio, 3)}


def checks(reader: str) -> dict[str, Any]:
    settings, sums, totals = CardReaderSettings(), [], []
    for _ in range(CHECKS):
        spent: list[float] = []
        totals.append(
            timed(
                lambda spent=spent: exercise(
                    PcscDriver(), reader, settings, TODAY, timed=lambda _, seconds: spent.append(seconds)
                )
            )
        )
        sums.append(sum(spent))
    total, apdu = statistics.median(totals), statistics.median(sums)
    return {
        "check_ms": round(total * 1000, 3),
        "apdus_ms": round(apdu * 1000, 3),
        "ratio": round(total / apdu, 3),
    }


def side_by_side(readers: list[str]) -> dict[str, Any]:
    def run(names: tuple[str, ...]) -> float:
        settings = CardReaderSettings(readers=names)
        return timed(lambda: exercise_all([PcscDriver()], settings, TODAY))

    rounds = CHECKS // 2
    pairs = [(run((readers[0],)), run(tuple(readers))) for _ in range(rounds)]
    one, two = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {"one_ms": round(one * 1000, 2), "two_ms": round(two * 1000, 2), "ratio": round(two / one, 3)}


def main() -> int:
    try:
        with Stack(("Bench 1", "Bench 2")) as stack:
            readers = stack.primary()
            for name in readers:
                stack.slots[name].insert(my_number_card())
            while not all(State.PRESENT in PcscDriver().state(name) for name in readers):
                time.sleep(0.01)
            found: dict[str, Any] = {
                "apdu": apdus(readers[0]),
                "check_over_apdus_of_an_instant_card": checks(readers[0]),
            }
            for name in readers:
                stack.slots[name].faults.delay = CARD_DELAY
            found["check_over_apdus"] = checks(readers[0])
            found["two_readers_over_one"] = side_by_side(readers)
    except NotInstalled as missing:
        print(json.dumps({"card_reader": {"skipped": missing.text("en")}}))
        return 0
    print(json.dumps({"card_reader": found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
