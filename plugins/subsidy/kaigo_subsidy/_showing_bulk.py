"""The summary of a bulk assessment as lines of text; pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.cli.columns import columns
from kaigo_gateway.i18n import N_, current_language, translate
from kaigo_gateway.model.reasons import fill

from kaigo_subsidy.reasons import grouped, message
from kaigo_subsidy.showing import band_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kaigo_subsidy.rules import RuleSet

_VERDICTS: Final = {
    "eligible": N_("eligible: every line counts"),
    "partly": N_("partly eligible"),
    "ineligible": N_("not eligible"),
}
_GENERAL: Final = {
    "APPLIED_TOO_EARLY": N_("The application is dated before applications are taken."),
    "APPLIED_TOO_LATE": N_("The application is dated after the last day on which applications are taken."),
    "BELOW_UNIT": N_("Less than the smallest unit would be granted, so nothing is."),
    "CLINIC_BEDS": N_("A clinic (診療所) has more beds than a clinic can have."),
    "SERVICE_COMPREHENSIVE": N_(
        "A service belongs to 介護予防・日常生活支援総合事業, which is outside the grant."
    ),
    "SERVICE_NOT_LISTED": N_("A service is not on the programme's list and was left out."),
    "SERVICE_READ_AS_CARE": N_(
        "A preventive service is read as its care service (which code is not confirmed)."
    ),
}
"""Reasons whose own sentence names a value of one office."""


def _(text: str, **values: object) -> str:
    return fill(translate(text, "kaigo_subsidy"), grouped(values))


def bulk_lines(summary: Mapping[str, Any], ruleset: RuleSet) -> Iterator[str]:
    """Totals, prefectures, categories, reasons, and who has not claimed, largest first."""
    yield from _head(summary, ruleset)
    if not summary["offices"]:
        yield _(N_("There is no office in the file."))
        return
    heads = [_(N_("offices")), _(N_("yen")), _(N_("not claimed")), _(N_("yen"))]
    yield from _table(
        _(N_("Verdict")), heads, [(_(_VERDICTS[r["verdict"]]), r) for r in summary["by_verdict"]]
    )
    yield from _table(
        _(N_("Category")), heads, [(_category(r["category"], ruleset), r) for r in summary["by_category"]]
    )
    yield from _table(_(N_("Prefecture")), heads, [(_prefecture(r), r) for r in summary["by_prefecture"]])
    yield ""
    yield _(N_("Reasons, with the number of offices:"))
    for row in summary["by_reason"]:
        code = row["reason"]
        yield f"  {row['offices']:>9,}  {code}"
        yield f"             {_(_GENERAL[code]) if code in _GENERAL else message(code, {})}"
    yield from _unclaimed(summary)


def _head(summary: Mapping[str, Any], ruleset: RuleSet) -> Iterator[str]:
    rules = ruleset.rules
    japanese = current_language() == "ja"
    yield f"{rules.id}  {rules.title if japanese else rules.title_en}"
    if summary["days_left"]:
        yield _(N_("{today}: applications until {window_closes}, {days_left} days ({business_days_left} business days) left"), **_flat(summary))  # fmt: skip  # noqa: E501
    else:
        yield _(N_("{today}: applications were taken until {window_closes}"), **_flat(summary))
    yield _(N_("Offices: {offices}, {grant} yen in all"), **_flat(summary))
    yield _(N_("Offices that have not claimed: {unclaimed_offices}, {unclaimed_grant} yen"), **_flat(summary))
    if summary["bad_rows"]:
        yield _(N_("! {bad_rows} rows could not be used and were left out; the file of bad rows says why."), **_flat(summary))  # fmt: skip  # noqa: E501
    if summary["zeros_restored"]:
        yield _(N_("! The 0 in front of {zeros_restored} office numbers was put back, as the prefecture says."), **_flat(summary))  # fmt: skip  # noqa: E501
    if summary["rule"]["unconfirmed"]:
        yield "! " + (rules.overall_note if japanese else rules.overall_note_en)
    if rules.readings:
        chosen = [f"{name}={option}" for name, option in summary["rule"]["readings"].items()]
        yield _(N_("Not confirmed, read as: {chosen} (--reading changes it)"), chosen=", ".join(chosen))


def _flat(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if not isinstance(value, (list, dict))}


def _category(key: str, ruleset: RuleSet) -> str:
    rules, japanese = ruleset.rules, current_language() == "ja"
    if rules.medical:
        return next(band_line(band) for band in rules.medical.bands if band.id == key)
    if not key:
        return _(N_("(no service of the list)"))
    table = ruleset.office.categories
    if "+" in key:
        return key
    return f"{key} {table[key].title if japanese else table[key].title_en}"


def _prefecture(row: Mapping[str, Any]) -> str:
    return f"{row['code'] or '--'} {row['prefecture']}"


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Names on the left, numbers on the right, in columns of a terminal."""
    cells = [
        (name, *(f"{row[key]:,}" for key in ("offices", "grant", "unclaimed", "unclaimed_grant")))
        for name, row in rows
    ]
    lines = [(title, *heads), *cells]
    widths = [max(columns(line[place]) for line in lines) for place in range(len(heads) + 1)]
    yield ""
    for name, *numbers in lines:
        right = "".join(
            " " * (2 + width - columns(text)) + text for text, width in zip(numbers, widths[1:], strict=True)
        )
        yield name + " " * (widths[0] - columns(name)) + right


def _unclaimed(summary: Mapping[str, Any]) -> Iterator[str]:
    if not summary["unclaimed"]:
        return
    yield ""
    yield _(N_("Not yet claimed, largest first:"))
    for row in summary["unclaimed"]:
        amount = _(N_("{grant} yen"), grant=row["grant"])
        name = f"  {row['office_name']}" if row["office_name"] else ""
        yield f"  {' ' * (13 - columns(amount))}{amount}  {row['office_number']}  {row['prefecture']}{name}"
