"""What the single function says of each distinct text: services, or kind and beds of an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaigo_subsidy.assessing._medical import band_of, doubts_about
from kaigo_subsidy.assessing._services import limits_of
from kaigo_subsidy.bulk._sql import BITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_subsidy.rules import RuleSet

Judged = tuple[int, int, str, int, int, int]
"""Cap, number of readers, category, numerator and denominator of the rate, bits of the reasons."""


def judged_texts(connection: Any, ruleset: RuleSet, chosen: Mapping[str, str]) -> None:
    """The table ``limits``: one row for each distinct ``asked`` of the table ``lines``."""
    connection.execute("CREATE TEMP TABLE asked AS SELECT DISTINCT asked FROM lines")
    texts = connection.execute("SELECT asked FROM asked").fetchall()
    judge = _of_services if ruleset.rules.office else _of_beds
    judged = [judge(text or "", ruleset, chosen) for (text,) in texts]
    kinds = {kind: str(number) for number, kind in enumerate(dict.fromkeys(judged))}
    names = ("cap", "readers", "category", "numerator", "denominator", "told")
    lists = ", ".join(
        f"unnest(?::{'VARCHAR' if name == 'category' else 'BIGINT'}[]) AS {name}" for name in names
    )
    connection.execute(
        f"CREATE TEMP TABLE kinds AS SELECT unnest(?::INTEGER[]) AS kind, {lists}",
        [list(kinds.values()), *([kind[place] for kind in kinds] for place in range(len(names)))],
    )
    # One text, in the order of ``asked``: handing over thousands of values one by one takes longer than
    # judging them.
    connection.execute(
        f"CREATE TEMP TABLE limits AS SELECT asked, {', '.join(names)} FROM asked POSITIONAL JOIN"  # noqa: S608 - our own names
        " (SELECT unnest(string_split(nullif(?, ''), ' '))::INTEGER AS kind) JOIN kinds USING (kind)",
        [" ".join(kinds[kind] for kind in judged)],
    )


def _of_services(text: str, ruleset: RuleSet, chosen: Mapping[str, str]) -> Judged:
    limits = limits_of(text.split(), ruleset, chosen)
    categories = {ruleset.category_of[code] for code in limits.counted}
    told = sum({BITS[code] for code, _values in limits.notices}) if limits.notices else 0
    return limits.cap, limits.readers, "+".join(sorted(categories)), 1, 1, told


def _of_beds(text: str, ruleset: RuleSet, chosen: Mapping[str, str]) -> Judged:
    del chosen  # no reading changes rate or cap
    kind, _, beds = text.partition(" ")
    number = int(beds) if beds else None
    band = band_of(kind, number, ruleset)
    told = sum({BITS[code] for code, _values in doubts_about(kind, number, ruleset)})
    return band.cap.value, 0, band.id, *band.rate.value.as_integer_ratio(), told
