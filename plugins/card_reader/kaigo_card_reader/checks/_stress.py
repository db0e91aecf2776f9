"""``reader check --repeat N``: the exercise again and again, with error rate and times per command."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final

from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

EVIDENCE: Final = ("cycles", "errors", "error_rate", "reasons", "apdus", "apdu_ms", "cycle_ms")
FAILING_RATE: Final = 0.1
"""Share of failed cycles from which the reader counts as unfit; below it a notice is given."""
_KINDS: Final = {0xA4: "select", 0xB0: "read", 0xB2: "read", 0x20: "status"}


@dataclass(slots=True)
class Stress:
    """What many cycles gave: seconds per command by kind, seconds per cycle, reason codes."""

    commands: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cycles: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        """Cycles that did not end well."""
        return self.codes.total() - self.codes["READER_EXERCISED"]

    def timed(self, apdu: bytes, seconds: float) -> None:
        """Note one command."""
        self.commands[_KINDS.get(apdu[1], "other")].append(seconds)


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds; nought values where nothing was measured."""
    if len(seconds) < 2:  # noqa: PLR2004 - quantiles needs two
        only = round(seconds[0] * 1000, 3) if seconds else 0.0
        return {"p50": only, "p99": only}
    cut = quantiles(seconds, n=100, method="inclusive")
    return {"p50": round(cut[49] * 1000, 3), "p99": round(cut[98] * 1000, 3)}


def stress(  # noqa: PLR0913 - by name
    driver: Driver,
    reader: str,
    settings: CardReaderSettings,
    today: dt.date,
    *,
    cycles: int,
    reinsert: Callable[[int], None] | None = None,
) -> Finding:
    """``cycles`` exercises with a fresh connection each; the finding of check ``reader.stress``.

    ``reinsert`` is called with the number of the coming cycle (from the second on) and has the card taken
    off and put on again before it returns.
    """
    seen = Stress()
    for cycle in range(1, cycles + 1):
        if reinsert is not None and cycle > 1:
            reinsert(cycle)
        started = time.perf_counter()
        report = exercise(driver, reader, settings, today, timed=seen.timed)
        seen.cycles.append(time.perf_counter() - started)
        seen.codes[report.code] += 1
    return _finding(reader, seen)


def _finding(reader: str, seen: Stress) -> Finding:
    total, errors = len(seen.cycles), seen.errors
    rate = errors / total if total else 0.0
    code = "READER_STRESS_OK" if not errors else "READER_STRESS_ERRORS"
    if rate >= FAILING_RATE:
        code = "READER_STRESS_FAILED"
    everything = [value for values in seen.commands.values() for value in values]
    evidence: dict[str, Any] = {
        "cycles": total,
        "errors": errors,
        "error_rate": round(rate, 4),
        "reasons": dict(seen.codes),
        "apdus": len(everything),
        "apdu_ms": {kind: percentiles(values) for kind, values in sorted(seen.commands.items())}
        | {"all": percentiles(everything)},
        "cycle_ms": percentiles(seen.cycles),
    }
    shown = evidence["apdu_ms"]["all"]
    return REASONS.finding(
        code,
        subject=reader,
        seen={"cycles": total, "errors": errors, "p50": shown["p50"], "p99": shown["p99"]},
        evidence=evidence,
    )
