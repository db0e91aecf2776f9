"""Assessing many offices at once with DuckDB; the single function stays the reference."""

from __future__ import annotations

from kaigo_subsidy.bulk._engine import BulkResult, assess_bulk
from kaigo_subsidy.bulk._rows import COLUMNS, claim_of_row

__all__ = ["COLUMNS", "BulkResult", "assess_bulk", "claim_of_row"]
