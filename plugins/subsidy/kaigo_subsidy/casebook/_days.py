"""The days that follow from where a claim really stands, no longer from when it could be handed in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.cases import CaseDay

from kaigo_subsidy._calendar import end_of_fiscal_year, fiscal_year, last_business_day
from kaigo_subsidy.assessing._dates import decision_and_payment
from kaigo_subsidy.casebook._states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway.model.cases import Case

    from kaigo_subsidy.rules import Rules

_TITLES: Final = {
    "window_closes": N_("last day to apply"),
    "decision_by": N_("decision expected by"),
    "payment_by": N_("payment expected by"),
    "tax_report_by": N_("report on consumption tax by"),
    "keep_until": N_("keep the papers until"),
}
_OPEN: Final = {State.PREPARING, State.READY, State.RETURNED}


def days_of(case: Case, rules: Rules) -> tuple[CaseDay, ...]:
    """What is due, earliest first; a day that is no business day comes with the one before it."""
    return tuple(
        CaseDay(code, _TITLES[code], day, last_business_day(day))
        for code, day in sorted(_days(case, rules), key=lambda pair: pair[1])
    )


def _days(case: Case, rules: Rules) -> Iterator[tuple[str, date]]:
    submitted, decided, paid = (case.last(s) for s in (State.SUBMITTED, State.DECIDED, State.PAID))
    state = State(case.state)
    if state in _OPEN:
        yield "window_closes", rules.window.closes.value
    elif submitted is not None:
        decision_by, payment_by = decision_and_payment(submitted.on, rules)
        if decided is None:
            yield "decision_by", decision_by
        if paid is None:
            yield "payment_by", payment_by
        yield from _after(submitted.on, decided.on if decided else decision_by, case, rules)


def _after(submitted: date, decided: date, case: Case, rules: Rules) -> Iterator[tuple[str, date]]:
    """消費税の報告 (要綱 第10条) and the records (第5条第7号).

    The work was completed before it was handed in (第6条第2号), so the year of the submission is the latest
    that the year of completion can be; the amount is fixed (額の確定) with the decision.
    """
    table = rules.timetable
    if case.last(State.TAX_REPORTED) is None:
        month, day = (int(part) for part in table.tax_report_day.value.split("-"))
        year = fiscal_year(submitted) + table.tax_report_years.value
        yield "tax_report_by", date(year, month, day)
    yield "keep_until", end_of_fiscal_year(fiscal_year(decided) + table.keep_years.value)
