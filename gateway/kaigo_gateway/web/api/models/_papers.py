"""What a Setup comes to: papers, expense records, programmes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.expenses import ExpenseLine


class PaperInfo(Model):
    """A paper that can be written for a Setup."""

    name: str
    title: str
    filename: str
    media_type: str
    default: bool


class PaperList(Model):
    """All papers."""

    items: tuple[PaperInfo, ...]


class ExpenseList(Model):
    """Expense records of a Setup."""

    items: tuple[ExpenseLine, ...]


class ProgrammeInfo(Model):
    """A grant programme of one fiscal year."""

    id: str
    fiscal_year: int
    title: str


class ProgrammeDetail(ProgrammeInfo):
    """A programme with its rules as data: limits, rates, dates, references, what is unconfirmed."""

    rules: Mapping[str, Any]


class ProgrammeList(Model):
    """All programmes."""

    items: tuple[ProgrammeInfo, ...]
