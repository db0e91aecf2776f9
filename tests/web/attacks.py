"""Which test shows which attack of the table in THREAT_MODEL.md refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

SHOWN: dict[str, tuple[int, str]] = {}
"""Attack → the status of the answer (0: the connection is closed without one) and what else is said of it."""


def attack(name: str, status: int, how: str = "") -> Callable[[F], F]:
    """Mark the test that shows it."""

    def mark(test: F) -> F:
        SHOWN[name] = (status, how)
        return test

    return mark
