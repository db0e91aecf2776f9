"""One reason code's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """``status`` is ok, warn, fail or skip; ``actor`` office, supporter, network or operator ("" when ok)."""

    code: str
    status: str
    message: str
    steps: tuple[str, ...] = ()
    actor: str = ""
