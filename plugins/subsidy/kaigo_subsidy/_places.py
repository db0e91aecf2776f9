"""Where in a file a mistake stands and what it is, in the words of the file and of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError, all_of
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.plainwords import OFFICE_NUMBER, SERVICE_CODE
from kaigo_gateway.model.reasons import fill
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_WHOLE: Final = N_("a whole number without quotation marks is expected")
_DAY: Final = N_("a date such as 2026-11-22 is expected")
_TABLE: Final = N_("a table of keys and values is expected")
_ONE_OF: Final = N_("one of {expected} is expected")
_KINDS: Final = {
    "extra_forbidden": N_("this key is not known"),
    "missing": N_("this key is missing"),
    "string_type": N_("text in quotation marks is expected"),
    "string_too_short": N_("it is empty"),
    "too_short": N_("at least {min_length} are expected"),
    "greater_than_equal": N_("it is less than {ge}"),
    "greater_than": N_("it is not more than {gt}"),
    "less_than_equal": N_("it is more than {le}"),
    "bool_type": N_("true or false is expected"),
    "tuple_type": N_("a list is expected"),
    "invalid_key": N_("a comma within a number makes it something else; write digits only"),
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DAY),
    "date_from_datetime_inexact": _DAY,
    **dict.fromkeys(("enum", "literal_error"), _ONE_OF),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _TABLE),
}
_PATTERNS: Final = {
    OFFICE_NUMBER: N_("an office number has ten characters, digits but for a letter that may stand third"),
    SERVICE_CODE: N_('a service type code has two characters, such as "11" or "2A"'),
}
_OTHER_FORM: Final = N_("small letters, digits and hyphens are expected, such as city-x")
_SAID: Final = "said"
_MOST: Final = 20


def wrong(sentence: str, **values: Any) -> PydanticCustomError:
    """A validator's refusal in words of ours: a message id, filled with ``values``, in any language."""
    return PydanticCustomError(_SAID, "{sentence}", {**values, "sentence": sentence})


def place(location: Sequence[int | str], language: str | None = None) -> str:
    """``("expenses", 0, "amount")`` as ``expenses[0].amount``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or translate(N_("the file"), "kaigo_subsidy", language)


def mistakes_of(error: ValidationError) -> list[ErrorDetails]:
    """All mistakes, one for each place, unknown keys first: they explain others."""
    found = sorted(
        error.errors(include_url=False, include_input=False), key=lambda one: one["type"] != "extra_forbidden"
    )
    return list({one["loc"]: one for one in reversed(found)}.values())[::-1][:_MOST]


def described(mistake: ErrorDetails, language: str | None = None) -> tuple[str, str]:
    """Place and kind of a mistake, never the value."""
    context = dict(mistake.get("ctx", {}))
    if "expected" in context:  # pydantic joins the words in English
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    sentence = _sentence(mistake, context)
    said = fill(translate(sentence, "kaigo_subsidy", language), context)
    return place(mistake["loc"], language), said.rstrip(".。")


def _sentence(mistake: ErrorDetails, context: Mapping[str, Any]) -> str:
    if mistake["type"] == _SAID:
        return str(context["sentence"])
    if mistake["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _OTHER_FORM)
    return _KINDS.get(mistake["type"]) or mistake["msg"].removeprefix("Value error, ")


class Misplaced(InputError):
    """A file says something that cannot be: {place} and {what} of a mistake, in any language."""

    def __init__(self, mistake: ErrorDetails, message: str, remedy: str, **values: object) -> None:
        self._mistake = mistake
        super().__init__(message, remedy, domain="kaigo_subsidy", **values, **self._words("en"))

    def _said(self, parts: Iterable[str], language: str | None) -> str:
        self.values = {**self.values, **self._words(language)}
        return super()._said(parts, language)

    def _words(self, language: str | None) -> dict[str, str]:
        where, what = described(self._mistake, language)
        return {"place": where, "what": what}


def misplaced(error: ValidationError, message: str, remedy: str, **values: object) -> Misplaced:
    """The error for all mistakes of a model, where one remedy serves them all."""
    return all_of(mistakes_of(error), lambda mistake: Misplaced(mistake, message, remedy, **values))
