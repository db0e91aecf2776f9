"""What is wrong with a value, in words that a support engineer can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFICE_NUMBER: Final = r"^[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}$"
SERVICE_CODE: Final = r"^[0-9A][0-9A-Z]$"
REGISTRATION_NUMBER: Final = r"^T[0-9]{13}$"

_PATTERNS: Final = {
    OFFICE_NUMBER: N_("an office number has ten characters, digits but for a letter that may stand third"),
    SERVICE_CODE: N_('a service type code has two characters, such as "11" or "2A"'),
    REGISTRATION_NUMBER: N_("a registration number is T and 13 digits"),
}

_TABLE: Final = N_("a table is expected here")
_LIST: Final = N_("a list in square brackets is expected")
_WHOLE: Final = N_("a whole number without quotation marks is expected")
_TRUTH: Final = N_("true or false is expected, without quotation marks")
_DATE: Final = N_("a date such as 2026-11-22 is expected")
_ADDRESS: Final = N_("an address such as https://host/ is expected")
_ONE_OF: Final = N_("expected is one of {expected}")

_WORDS: Final = {
    "extra_forbidden": N_("this key is not known"),
    "missing": N_("this key is missing"),
    "string_type": N_("text in quotation marks is expected"),
    "string_too_short": N_("the text is too short; at least {min_length} characters are needed"),
    "too_short": N_("the list is too short; at least {min_length} entries are needed"),
    "greater_than": N_("it has to be more than {gt}"),
    "greater_than_equal": N_("it has to be {ge} or more"),
    "less_than": N_("it has to be less than {lt}"),
    "less_than_equal": N_("it has to be {le} or less"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type"), _TABLE),
    **dict.fromkeys(("tuple_type", "list_type"), _LIST),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DATE),
    **dict.fromkeys(("url_type", "url_parsing", "url_scheme"), _ADDRESS),
    **dict.fromkeys(("enum", "literal_error"), _ONE_OF),
}


_EMPTY: Final = {"string_too_short": N_("it is empty"), "too_short": N_("the list is empty")}


def in_plain_words(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """A pydantic mistake in the current language; its own message where we have no better words."""
    empty = _EMPTY.get(kind) if context.get("min_length") == 1 else None
    words = empty or _PATTERNS.get(str(context.get("pattern"))) or _WORDS.get(kind)
    if words is not None:
        return fill(gettext(words), context)
    return gettext(message.removeprefix("Value error, "))
