"""Claims: opened, moved on and looked at, by the life cycles that programmes bring."""

from __future__ import annotations

from kaigo_gateway.claims._desk import ClaimDesk, ClaimProgramme
from kaigo_gateway.claims._reading import evidence_of, today

__all__ = ["ClaimDesk", "ClaimProgramme", "evidence_of", "today"]
