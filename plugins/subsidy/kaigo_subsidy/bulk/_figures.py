"""What the rules and the chosen readings put into the queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_subsidy.rules import RuleSet


def figures_of(ruleset: RuleSet, chosen: Mapping[str, str], today: date) -> dict[str, Any]:
    """Days, unit and readings, by the names that the queries use."""
    rules = ruleset.rules
    near = timedelta(days=rules.near_start_days)
    start = rules.work_from.value
    shifted = {"earlier_counts": start - near, "later_required": start + near}
    bundling = ruleset.office.bundling_from if rules.office else None
    return {
        "today": today,
        "start": shifted.get(chosen.get("date_test", ""), start),
        "bundling": bundling.value if bundling else date.min,
        "opens": rules.window.opens.value,
        "closes": rules.window.closes.value,
        "keep_income": chosen.get("medical_income") == "kept",
        "refuse_one_part": chosen.get("one_part_only") == "refused",
        "unit": 1 if chosen.get("medical_rounding") == "none" else rules.rounding.value,
    }


def named_in(sql: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """DuckDB refuses values that a query does not ask for."""
    return {name: value for name, value in figures.items() if f"${name}" in sql}
