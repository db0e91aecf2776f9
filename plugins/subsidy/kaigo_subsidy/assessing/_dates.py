"""The days that follow from a claim (要綱 第5条第7号, 第7条, 第10条, 第13条)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kaigo_gateway.model.claims import ClaimDates

from kaigo_subsidy._calendar import end_of_fiscal_year, end_of_month_after, fiscal_year

if TYPE_CHECKING:
    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.rules import Rules


def claim_dates(claim: Claim, rules: Rules) -> ClaimDates:
    """All days of a claim, as the rules count them (calendar days; papers add the business day before).

    The work is taken to be completed on the last day of the claim's expenses, at the latest on the day of
    application; the amount to be fixed (額の確定) with the decision.
    """
    decision_by, payment_by = decision_and_payment(claim.applied_on, rules)
    done = [line.incurred_on for line in claim.expenses if line.incurred_on <= claim.applied_on]
    table = rules.timetable
    month, day = (int(part) for part in table.tax_report_day.value.split("-"))
    completed = fiscal_year(max(done, default=claim.applied_on))
    return ClaimDates(
        window_opens=rules.window.opens.value,
        window_closes=rules.window.closes.value,
        decision_by=decision_by,
        payment_by=payment_by,
        tax_report_by=date(completed + table.tax_report_years.value, month, day),
        keep_until=keep_until(decision_by, rules),
    )


def keep_until(decided: date, rules: Rules) -> date:
    """Five years after the end of the fiscal year in which the amount is fixed (要綱 第5条第7号)."""
    return end_of_fiscal_year(fiscal_year(decided) + rules.timetable.keep_years.value)


def decision_and_payment(applied_on: date, rules: Rules) -> tuple[date, date]:
    """Ends of the months in which the result is told and the money paid, after the applicants' guide."""
    table = rules.timetable
    if table.late and applied_on >= table.late.since.value:
        return table.late.decision_by.value, table.late.payment_by.value
    return (
        end_of_month_after(applied_on, table.decision_months.value),
        end_of_month_after(applied_on, table.payment_months.value),
    )


def latest_notice(applied_on: date, rules: Rules) -> date:
    """The day by which the 要綱 itself promises the result (第7条: 翌々月まで)."""
    return end_of_month_after(applied_on, rules.timetable.decision_months_latest.value)
