"""The Setup: one engagement at one office, run stage by stage, recorded step by step, sealed at the end."""

from __future__ import annotations

from kaigo_gateway.setup._plan import Plan, Step, make_plan
from kaigo_gateway.setup._progress import Progress, ProgressHub
from kaigo_gateway.setup._runner import SetupRunner
from kaigo_gateway.setup._state import SetupState, StepResult, read_state
from kaigo_gateway.setup.reasons import CORE_REASONS

__all__ = [
    "CORE_REASONS",
    "Plan",
    "Progress",
    "ProgressHub",
    "SetupRunner",
    "SetupState",
    "Step",
    "StepResult",
    "make_plan",
    "read_state",
]
