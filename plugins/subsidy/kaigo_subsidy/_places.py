"""Where in a file a mistake stands, in the words of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError


def place(location: Sequence[int | str]) -> str:
    """``("expenses", 0, "amount")`` as ``expenses[0].amount``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the file"


def first_mistake(error: ValidationError) -> tuple[str, str]:
    """Place and kind of the first mistake; unknown keys come first, they explain most others."""
    mistakes = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    first = mistakes[0]
    what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    return place(first["loc"]), what
