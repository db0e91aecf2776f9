"""What the TOML reader says, as messages of ours: shown in the user's language."""

from __future__ import annotations

import re
from typing import Final

from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

_TOML: Final = (
    N_("Cannot overwrite a value"),
    N_("Invalid value"),
    N_("Invalid statement"),
    N_("Invalid date or datetime"),
    N_("Invalid initial character for a key part"),
    N_("Expected newline or end of document after a statement"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected ']]' at the end of an array declaration"),
    N_("Unterminated string"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Unescaped '\\' in a string"),
    N_("Duplicate inline table key"),
)
_TOML_PLACE: Final = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)"
)


def toml_mistake(error: ValueError) -> str:
    """Where the TOML reader stopped and why, in the user's language."""
    found = _TOML_PLACE.fullmatch(str(error))
    if found is None:
        return str(error)
    place = N_("line {line}, column {column}: {what}") if found["line"] else N_("end of the file: {what}")
    what, *_ = found.groups()
    return fill(gettext(place), {**found.groupdict(), "what": gettext(what)})
