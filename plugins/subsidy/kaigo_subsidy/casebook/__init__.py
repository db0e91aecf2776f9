"""The life of a claim after it was assessed: states, days, evidence; one claim for each office number."""

from __future__ import annotations

from kaigo_subsidy.casebook._calendar_file import calendar_file
from kaigo_subsidy.casebook._readiness import Readiness, readiness_of
from kaigo_subsidy.casebook._register import Register
from kaigo_subsidy.casebook._states import Case, Event, State, move, open_case

__all__ = [
    "Case",
    "Event",
    "Readiness",
    "Register",
    "State",
    "calendar_file",
    "move",
    "open_case",
    "readiness_of",
]
