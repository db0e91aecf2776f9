"""Assessing many offices at once with DuckDB; the single function stays the reference."""

from __future__ import annotations

from kaigo_subsidy.bulk._careful import bad_rows_head
from kaigo_subsidy.bulk._columns import COLUMNS, Column, columns_document, columns_of
from kaigo_subsidy.bulk._engine import assess_bulk
from kaigo_subsidy.bulk._result import BulkResult
from kaigo_subsidy.bulk._rows import claim_of_row, row_of

__all__ = [
    "COLUMNS",
    "BulkResult",
    "Column",
    "assess_bulk",
    "bad_rows_head",
    "claim_of_row",
    "columns_document",
    "columns_of",
    "row_of",
]
