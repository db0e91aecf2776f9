"""From the office's services to cap and reader limit (要綱 第4条なお書き, 別表, 別添)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_subsidy.rules import RuleSet


@dataclass(slots=True)
class Limits:
    """Cap in yen, number of readers, and what was decided on the way.

    ``touched`` names the open readings that mattered; ``notices`` are reason codes with their values.
    """

    cap: int = 0
    readers: int = 0
    counted: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def limits_of(services: Iterable[str], ruleset: RuleSet, readings: Mapping[str, str]) -> Limits:
    """Cap and reader limit of an office with these service codes, under the chosen readings."""
    limits = Limits()
    asked = list(dict.fromkeys(services))
    _collect(asked, ruleset, readings, limits)
    categories = _categories_of(limits.counted, ruleset, readings, limits)
    if len(set(categories)) < len(categories):
        limits.touched.add("same_category")
        if readings.get("same_category") == "once":
            categories = list(dict.fromkeys(categories))
    if len(categories) > 1:
        limits.touched.add("reader_limit")
    add_up = readings.get("reader_limit") == "sum"
    cap = readers = 0
    for name in categories:
        of_category = ruleset.limits[name]
        cap += of_category[0]
        readers = readers + of_category[1] if add_up else max(readers, of_category[1])
    limits.cap, limits.readers = cap, readers
    return limits


def _collect(asked: list[str], ruleset: RuleSet, readings: Mapping[str, str], limits: Limits) -> None:
    limits.counted = [code for code in asked if code in ruleset.category_of]
    for code in asked if len(limits.counted) < len(asked) else ():
        if code in ruleset.preventive:
            _read_preventive(code, ruleset.preventive[code], readings, limits)
        elif code in ruleset.excluded:
            limits.notices.append(("SERVICE_COMPREHENSIVE", {"service": code}))
        elif code not in ruleset.category_of:
            limits.notices.append(("SERVICE_NOT_LISTED", {"service": code}))
    _pair_short_stays(ruleset, readings, limits)
    if not limits.counted:
        limits.notices.append(("NO_ELIGIBLE_SERVICE", {}))


def _read_preventive(code: str, reads_as: str, readings: Mapping[str, str], limits: Limits) -> None:
    """介護予防サービスを介護サービスに読み替える (別添 ※)."""
    limits.notices.append(("SERVICE_READ_AS_CARE", {"service": code, "reads_as": reads_as}))
    if reads_as in limits.counted:
        limits.touched.add("preventive_and_care")
        if readings.get("preventive_and_care") != "sum":
            return
    limits.counted.append(reads_as)


def _pair_short_stays(ruleset: RuleSet, readings: Mapping[str, str], limits: Limits) -> None:
    if ruleset.short_stay_of.keys().isdisjoint(limits.counted):
        return
    pairs = [code for code in limits.counted if ruleset.short_stay_of.get(code) in limits.counted]
    if not pairs:
        return
    limits.touched.add("short_stay_pair")
    if readings.get("short_stay_pair") != "sum":
        limits.counted = [code for code in limits.counted if code not in pairs]


def _categories_of(
    codes: list[str], ruleset: RuleSet, readings: Mapping[str, str], limits: Limits
) -> list[str]:
    if ruleset.contested.keys().isdisjoint(codes):
        return [ruleset.category_of[code] for code in codes]
    limits.touched.add("contested_category")
    other = ruleset.contested if readings.get("contested_category") == "as_secondary" else {}
    return [other.get(code) or ruleset.category_of[code] for code in codes]
