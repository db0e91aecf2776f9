"""The CarePlan file standard 4.1: check, sample, read, fix and judge readiness for January 2027.

Everything public is here; modules with a leading underscore are private. Imports are lazy, so that a
command that only shows its help loads nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_careplan_link.files._explain import explain
    from kaigo_careplan_link.files._findings import Finding
    from kaigo_careplan_link.files._fix import FixReport, fix
    from kaigo_careplan_link.files._options import options_for
    from kaigo_careplan_link.files._read import column_names, read_records, read_to, write_records
    from kaigo_careplan_link.files._readiness import Readiness, readiness
    from kaigo_careplan_link.files._report import FileReport, Report, UnitReport
    from kaigo_careplan_link.files._rules import Rule, rules
    from kaigo_careplan_link.files._sample import unit_names, write_sample
    from kaigo_careplan_link.files._sources import Source, find_sources
    from kaigo_careplan_link.files._standard import Standard, standard
    from kaigo_careplan_link.files._validate import Checking, validate
    from kaigo_careplan_link.files._validators import file_validators

_HOMES = {
    "explain": "_explain",
    "Finding": "_findings",
    **dict.fromkeys(("FixReport", "fix"), "_fix"),
    **dict.fromkeys(("column_names", "read_records", "read_to", "write_records"), "_read"),
    **dict.fromkeys(("Readiness", "readiness"), "_readiness"),
    **dict.fromkeys(("Source", "find_sources"), "_sources"),
    **dict.fromkeys(("FileReport", "Report", "UnitReport"), "_report"),
    **dict.fromkeys(("Rule", "rules"), "_rules"),
    **dict.fromkeys(("unit_names", "write_sample"), "_sample"),
    **dict.fromkeys(("Standard", "standard"), "_standard"),
    "file_validators": "_validators",
    "options_for": "_options",
    **dict.fromkeys(("Checking", "validate"), "_validate"),
}

__all__ = [
    "Checking",
    "FileReport",
    "Finding",
    "FixReport",
    "Readiness",
    "Report",
    "Rule",
    "Source",
    "Standard",
    "UnitReport",
    "column_names",
    "explain",
    "file_validators",
    "find_sources",
    "fix",
    "options_for",
    "read_records",
    "read_to",
    "readiness",
    "rules",
    "standard",
    "unit_names",
    "validate",
    "write_records",
    "write_sample",
]


def __getattr__(name: str) -> Any:
    """Import on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
