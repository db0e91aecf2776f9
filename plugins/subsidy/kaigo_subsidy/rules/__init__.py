"""Rules of the grant programmes as dated data."""

from __future__ import annotations

from kaigo_subsidy.rules._figure import Figure, unconfirmed
from kaigo_subsidy.rules._load import RuleSet, bundled, catalogue, find_rules, load_folder, parse_rules
from kaigo_subsidy.rules._model import ASSESSED_READINGS, Reading, Rules

__all__ = [
    "ASSESSED_READINGS",
    "Figure",
    "Reading",
    "RuleSet",
    "Rules",
    "bundled",
    "catalogue",
    "find_rules",
    "load_folder",
    "parse_rules",
    "unconfirmed",
]
