"""Claims: opened, moved on and looked at, by the life cycles that programmes bring."""

from __future__ import annotations

from kaigo_gateway.claims._desk import ClaimDesk, ClaimProgramme

__all__ = ["ClaimDesk", "ClaimProgramme"]
