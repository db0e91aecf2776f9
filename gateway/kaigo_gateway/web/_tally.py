"""What has happened since the service started, counted for its metrics: checks by code, durations."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kaigo_gateway.setup import Progress

BOUNDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the histogram's buckets, in seconds."""
MOST: Final = 500
"""Different reason codes that are counted by name; a plugin that makes up codes cannot fill the memory."""


@dataclass(slots=True)
class Durations:
    """A histogram."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0
    count: int = 0

    def note(self, seconds: float) -> None:
        """Count one duration."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
        self.count += 1


@dataclass(slots=True)
class Tally:
    """Counts; nothing in it names an office."""

    started: float = field(default_factory=time.time)
    results: Counter[tuple[str, str]] = field(default_factory=Counter)
    durations: dict[str, Durations] = field(default_factory=dict)
    finished: Counter[str] = field(default_factory=Counter)

    def note(self, told: Progress) -> None:
        """Count what a Setup tells."""
        if told.kind == "ended":
            stage = str(told.data.get("stage", ""))
            self.durations.setdefault(stage, Durations()).note(float(told.data.get("duration_ms", 0)) / 1000)
            for code in told.data.get("codes", ()):
                key = (stage, str(code))
                self.results[
                    key if key in self.results or len(self.results) < MOST else (stage, "other")
                ] += 1
        elif told.kind == "finished":
            self.finished[str(told.data.get("overall", ""))] += 1
