"""The grant: rules as dated data, assessment of a claim, expense records and papers.

Names below load on first use, so that ``kaigo-gateway --help`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.intake import read_claim
    from kaigo_subsidy.reasons import REASONS
    from kaigo_subsidy.rules import RuleSet, catalogue, find_rules

_HOMES = {
    "REASONS": "reasons",
    "RuleSet": "rules",
    "assess": "assessing",
    "catalogue": "rules",
    "find_rules": "rules",
    "read_claim": "intake",
}

__all__ = ["REASONS", "RuleSet", "assess", "catalogue", "find_rules", "read_claim"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
