"""Where in a file a mistake stands and what it is, in the words of the file and of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError

_KINDS: Final = {
    "extra_forbidden": N_("this key is not known"),
    "missing": N_("this key is missing"),
    "string_type": N_("text in quotation marks is expected"),
    "int_type": N_("a whole number without quotation marks is expected"),
    "int_from_float": N_("a whole number without quotation marks is expected"),
    "bool_type": N_("true or false is expected"),
    "date_type": N_("a date such as 2026-11-22 is expected"),
    "date_parsing": N_("a date such as 2026-11-22 is expected"),
    "date_from_datetime_parsing": N_("a date such as 2026-11-22 is expected"),
    "date_from_datetime_inexact": N_("a date such as 2026-11-22 is expected"),
    "enum": N_("one of {expected} is expected"),
    "literal_error": N_("one of {expected} is expected"),
    "string_pattern_mismatch": N_("the form is not {pattern}"),
    "string_too_short": N_("it is empty"),
    "greater_than_equal": N_("it is less than {ge}"),
    "less_than_equal": N_("it is more than {le}"),
    "model_type": N_("a table of keys and values is expected"),
    "model_attributes_type": N_("a table of keys and values is expected"),
    "tuple_type": N_("a list is expected"),
}


def place(location: Sequence[int | str]) -> str:
    """``("expenses", 0, "amount")`` as ``expenses[0].amount``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the file"


def first_mistake(error: ValidationError) -> tuple[str, str]:
    """Place and kind of the first mistake, never the value; unknown keys first: they explain others."""
    mistakes = sorted(
        error.errors(include_url=False, include_input=False), key=lambda one: one["type"] != "extra_forbidden"
    )
    first = mistakes[0]
    sentence = _KINDS.get(first["type"])
    if sentence is None:
        return place(first["loc"]), first["msg"].removeprefix("Value error, ")
    return place(first["loc"]), fill(translate(sentence, "kaigo_subsidy"), first.get("ctx", {}))
