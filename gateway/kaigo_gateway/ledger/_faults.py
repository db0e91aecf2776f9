"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """One contradiction. ``code`` is stable; ``place`` names a Setup or claim and the record, or a seal."""

    code: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and every fault found. ``entries`` are those of the claims."""

    setups: int
    records: int
    seals: int
    faults: tuple[LedgerFault, ...]
    claims: int = 0
    entries: int = 0

    @property
    def intact(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.faults
