"""The assessor of medical institutions: electronic sending of 主治医意見書 (事務連絡 別添1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import InstitutionKind
from kaigo_gateway.model.expenses import ExpenseKind

from kaigo_subsidy.assessing._lines import Judged, deduct_discounts, is_terminal, judge_common
from kaigo_subsidy.assessing._outcome import Outcome, in_window, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.rules import RuleSet
    from kaigo_subsidy.rules._medical import Band

PAYABLE: Final = frozenset({ExpenseKind.OPINION_TRANSMISSION})


def assess_medical(
    claim: Claim, ruleset: RuleSet, readings: Mapping[str, str], bundle: bool | None
) -> Outcome:
    """Judge every line, then rate, cap and rounding. Raises :class:`InputError` without kind or beds."""
    del bundle  # the condition belongs to CarePlan support, which this programme does not pay
    office = claim.office
    band = band_of(office.kind, office.beds, ruleset)
    outcome = Outcome(cap=band.cap.value)
    outcome.notices += doubts_about(office.kind, office.beds, ruleset)
    outcome.lines = [Judged(index, line) for index, line in enumerate(claim.expenses)]
    for judged in outcome.lines:
        outcome.touched |= judge_common(judged, claim, ruleset.rules, readings)
        if judged.line.amount >= 0 and judged.line.kind not in PAYABLE:
            terminal = is_terminal(judged.line.description, ruleset.rules)
            judged.refuse("TERMINAL_NOT_ELIGIBLE" if terminal else "NOT_OPINION_TRANSMISSION")
    deduct_discounts(outcome.lines, PAYABLE)
    income = _income(claim, readings, outcome)
    unit = ruleset.rules.rounding.value if readings.get("medical_rounding") != "none" else 1
    outcome.touched.add("medical_rounding")
    settle(outcome, income, unit, band.rate.value, pays=in_window(claim, ruleset.rules, outcome))
    return outcome


def _income(claim: Claim, readings: Mapping[str, str], outcome: Outcome) -> int:
    donations = 0 if claim.office.nonprofit else claim.donations
    income = donations + claim.other_income
    if income:
        outcome.touched.add("medical_income")
    return income if readings.get("medical_income") != "kept" else 0


def doubts_about(kind: str | None, beds: int | None, ruleset: RuleSet) -> list[tuple[str, dict[str, Any]]]:
    """Notices about an institution that can hardly be what it is said to be."""
    most = ruleset.rules.medical.clinic_beds if ruleset.rules.medical else None
    if most and kind == InstitutionKind.CLINIC and (beds or 0) > most.value:
        return [("CLINIC_BEDS", {"beds": beds, "most": most.value})]
    return []


def band_of(kind: str | None, beds: int | None, ruleset: RuleSet) -> Band:
    """The band of an institution. Raises :class:`InputError` without kind, or a hospital without beds."""
    medical = ruleset.rules.medical
    assert medical is not None
    if kind is None:
        raise InputError(
            N_("office.kind is missing: the programme {programme} needs it."),
            N_('Enter kind = "hospital" or "clinic" under [office].'),
            domain="kaigo_subsidy",
            programme=ruleset.rules.programme,
        )
    if kind == InstitutionKind.HOSPITAL and beds is None:
        raise InputError(
            N_("office.beds is missing: the rate of a hospital depends on its beds."),
            N_("Enter the number of beds under [office], for example beds = 199."),
            domain="kaigo_subsidy",
        )
    found = [b for b in medical.bands if b.kind == kind and b.beds_from <= (beds or 0)]
    return max(found, key=lambda band: band.beds_from)
