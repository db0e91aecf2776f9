"""One record as a rule over several items sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from kaigo_careplan_link.files._name import Name


@dataclass(frozen=True, slots=True)
class Row:
    """The values a rule reads: ``row["key"]`` is the text, ``row.no("key")`` the No. of the item."""

    kind: str
    name: Name
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values[key]

    def problem(self, code: str, key: str, /, **more: object) -> Problem:
        """A problem seen in the item ``key``."""
        return Problem(code, standard().field_no(self.kind, key), self.values[key], more)


RowCheck = Callable[[Row], Iterable[Problem]]
USES_NAME: set[RowCheck] = set()
"""Checks that compare with the file name: their answers hold for one file only."""


def uses_name(check: RowCheck) -> RowCheck:
    """Mark a check as one of :data:`USES_NAME`."""
    USES_NAME.add(check)
    return check
