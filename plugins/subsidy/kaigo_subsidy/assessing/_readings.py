"""Open questions of the rules: which reading is taken, and what the other one would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_subsidy.rules import ASSESSED_READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kaigo_subsidy.assessing._outcome import Outcome
    from kaigo_subsidy.rules import Reading, Rules


def chosen_readings(rules: Rules, wanted: Mapping[str, str] | None) -> dict[str, str]:
    """Defaults of the rule file, overruled by settings. Raises :class:`InputError` for what is not known.

    A reading that only other programmes have is passed over: settings hold for all programmes.
    """
    readings = {reading.id: reading.default for reading in rules.readings}
    options = {reading.id: reading.options for reading in rules.readings}
    for name, option in (wanted or {}).items():
        if name not in ASSESSED_READINGS:
            raise InputError(
                N_("There is no reading {name}."),
                N_("Choose one of: {names}."),
                domain="kaigo_subsidy",
                name=name,
                names=list(ASSESSED_READINGS),
            )
        if name in options and option not in options[name]:
            raise InputError(
                N_("The reading {name} cannot be {option}."),
                N_("Choose one of: {options}."),
                domain="kaigo_subsidy",
                name=name,
                option=option,
                options=list(options[name]),
            )
        if name in options:
            readings[name] = option
    return readings


def alternatives(
    rules: Rules, chosen: Mapping[str, str], outcome: Outcome, again: Callable[[Mapping[str, str]], Outcome]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A notice for every other option that would change cap, readers or grant."""
    for reading in rules.readings:
        if reading.id not in outcome.touched:
            continue
        for option in reading.options:
            if option == chosen[reading.id]:
                continue
            other = again({**chosen, reading.id: option})
            if _figures(other) != _figures(outcome):
                yield (
                    f"READING_{reading.id.upper()}",
                    _values(reading, chosen[reading.id], option, outcome, other),
                )


def _figures(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.cap, outcome.reader_limit, outcome.eligible_cost, outcome.grant


def _values(reading: Reading, chosen: str, option: str, outcome: Outcome, other: Outcome) -> dict[str, Any]:
    return {
        "reading": reading.id,
        "chosen": chosen,
        "chosen_ja": reading.options[chosen].ja,
        "chosen_en": reading.options[chosen].en,
        "other": option,
        "other_ja": reading.options[option].ja,
        "other_en": reading.options[option].en,
        "cap": outcome.cap,
        "other_cap": other.cap,
        "limit": outcome.reader_limit,
        "other_limit": other.reader_limit,
        "grant": outcome.grant,
        "other_grant": other.grant,
    }
