"""Assessing a claim: pure functions from a claim and a rule set to an assessment."""

from __future__ import annotations

from kaigo_subsidy.assessing._assess import assess, core_outcome

__all__ = ["assess", "core_outcome"]
