"""The claim that one row stands for, and what an assessment tells of it in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.claims import Claim
from kaigo_gateway.model.results import Status

from kaigo_subsidy.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from kaigo_gateway.model.claims import Assessment

    from kaigo_subsidy.rules import Rules

_OF_THE_WHOLE: Final = ("READING_", "RULES_UNCONFIRMED")
"""Notices about the rules, not about an office: the summary says them once."""

FIGURES: Final = ("cap", "reader_limit", "total_cost", "eligible_cost", "grant", "self_paid")


def claim_of_row(row: Mapping[str, Any], rules: Rules, today: date) -> Claim:
    """The claim that a row stands for: at most one reader, one support, one CarePlan, one opinion line."""
    return Claim.model_validate(
        {
            "programme": rules.programme,
            "fiscal_year": rules.fiscal_year,
            "applied_on": row.get("applied_on") or today,
            "donations": row.get("donations") or 0,
            "other_income": row.get("other_income") or 0,
            "office": {
                "number": row["office_number"],
                "name": row.get("office_name") or "",
                "services": (row.get("services") or "").split(),
                "nonprofit": bool(row.get("nonprofit")),
                "kind": row.get("institution_kind"),
                "beds": row.get("beds"),
            },
            "expenses": list(_lines(row)),
        }
    )


def _lines(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    day = {"incurred_on": row["incurred_on"]}
    if row.get("reader_amount") is not None:
        quantity = row.get("reader_quantity")
        yield {
            **day,
            "kind": "card_reader",
            "model": row.get("reader_model"),
            "quantity": 1 if quantity is None else quantity,
            "amount": row["reader_amount"],
            "condition": row.get("reader_condition"),
            "compatible": row.get("reader_compatible"),
        }
    for kind, item, amount, supporter in (
        ("connection_support", "web_service_setup", "support_amount", "supporter"),
        ("careplan_support", "careplan_link", "careplan_amount", "careplan_supporter"),
    ):
        if row.get(amount) is not None:
            yield {**day, "kind": kind, "item": item, "amount": row[amount], "supporter": row.get(supporter)}
    if row.get("opinion_amount") is not None:
        yield {**day, "kind": "opinion_transmission", "amount": row["opinion_amount"]}


def row_of(assessment: Assessment) -> dict[str, Any]:
    """What a bulk result tells of an office: figures, verdict, and the set of reason codes.

    The codes are those of all lines, and those notices of status warn or fail that speak of this office.
    """
    codes = {code for line in assessment.lines for code in line.reason_codes}
    for notice in assessment.notices:
        told = REASONS[notice.code].status is not Status.OK
        if told and not notice.code.startswith(_OF_THE_WHOLE):
            codes.add(notice.code)
    figures = {name: getattr(assessment, name) for name in FIGURES}
    return {**figures, "verdict": str(assessment.verdict), "reasons": codes}
