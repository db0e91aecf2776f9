"""The life of a claim after it was assessed: states, moves, days. The core keeps it in the ledger."""

from __future__ import annotations

from kaigo_subsidy.casebook._calendar_file import calendar_file, case_calendar, window_calendar
from kaigo_subsidy.casebook._days import days_of
from kaigo_subsidy.casebook._life import life_cycle
from kaigo_subsidy.casebook._old_register import entries_of
from kaigo_subsidy.casebook._readiness import Readiness, examine
from kaigo_subsidy.casebook._states import MOVES, STATES, State, begin, judge

__all__ = [
    "MOVES",
    "STATES",
    "Readiness",
    "State",
    "begin",
    "calendar_file",
    "case_calendar",
    "days_of",
    "entries_of",
    "examine",
    "judge",
    "life_cycle",
    "window_calendar",
]
