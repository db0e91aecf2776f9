"""A limit on guesses: so many within so many seconds, then a wait."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class RateLimit:
    """Counts failures of all callers together: behind one loopback address they cannot be told apart."""

    most: int = 10
    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _failures: deque[float] = field(default_factory=deque)

    def wait(self) -> int:
        """Whole seconds to wait before the next attempt; 0 when it may be made now."""
        moment = self.clock()
        while self._failures and self._failures[0] <= moment - self.seconds:
            self._failures.popleft()
        if len(self._failures) < self.most:
            return 0
        return max(1, round(self._failures[0] + self.seconds - moment))

    def failed(self) -> None:
        """Count a failure."""
        self._failures.append(self.clock())
