"""The columns of a bulk file, and the claim that one row stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.claims import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kaigo_subsidy.rules import Rules

COLUMNS: Final = {
    "office_number": "VARCHAR",
    "office_name": "VARCHAR",
    "prefecture": "VARCHAR",
    "services": "VARCHAR",
    "nonprofit": "BOOLEAN",
    "donations": "BIGINT",
    "other_income": "BIGINT",
    "applied_on": "DATE",
    "incurred_on": "DATE",
    "reader_model": "VARCHAR",
    "reader_quantity": "BIGINT",
    "reader_amount": "BIGINT",
    "reader_condition": "VARCHAR",
    "reader_compatible": "BOOLEAN",
    "support_amount": "BIGINT",
    "supporter": "VARCHAR",
    "careplan_amount": "BIGINT",
    "careplan_supporter": "VARCHAR",
    "claimed": "BOOLEAN",
}
"""Column and DuckDB type. One row is one office; ``services`` are codes with spaces between them; an empty
amount means that there is no such line. Amounts in yen, tax included, not negative."""

REQUIRED: Final = ("office_number", "services", "incurred_on")


def claim_of_row(row: Mapping[str, Any], rules: Rules, today: date) -> Claim:
    """The claim that a row stands for: at most one reader, one support and one CarePlan line."""
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
                "services": (row["services"] or "").split(),
                "nonprofit": bool(row.get("nonprofit")),
            },
            "expenses": list(_lines(row)),
        }
    )


def _lines(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    day, lines = row["incurred_on"], []
    if row.get("reader_amount") is not None:
        quantity = row.get("reader_quantity")
        lines.append(
            {
                "kind": "card_reader",
                "model": row.get("reader_model"),
                "quantity": 1 if quantity is None else quantity,
                "amount": row["reader_amount"],
                "incurred_on": day,
                "condition": row.get("reader_condition"),
                "compatible": row.get("reader_compatible"),
            }
        )
    for kind, item, amount, supporter in (
        ("connection_support", "web_service_setup", "support_amount", "supporter"),
        ("careplan_support", "careplan_link", "careplan_amount", "careplan_supporter"),
    ):
        if row.get(amount) is not None:
            line = {"kind": kind, "item": item, "amount": row[amount], "incurred_on": day}
            lines.append({**line, "supporter": row.get(supporter)})
    return lines
