"""How a check judges: profile, single rules judged otherwise, and what may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._rules import severities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_careplan_link.files._rules import Severity


@dataclass(frozen=True, slots=True)
class Options:
    """How to check: severities by rule, and whether values of personal fields may be shown.

    ``profile`` and ``rules`` (code to severity) say where the severities come from.
    """

    severities: Mapping[str, Severity] = field(default_factory=lambda: severities("standard"))
    show_values: bool = False
    profile: str = "standard"
    rules: Mapping[str, str] = field(default_factory=dict)


def options_for(
    profile: str = "standard", *, rules: Mapping[str, str] | None = None, show_values: bool = False
) -> Options:
    """Options of a check; ``InputError`` for a profile, rule or severity that does not exist."""
    return Options(severities(profile, rules), show_values, profile, dict(rules or {}))
