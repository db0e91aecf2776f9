"""From the form of a new Setup to a site document."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.web._wizard_words import HINTS, LINE_HINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_gateway.web._problems import Mistake

ROWS: Final = 10
"""Lines of cost on the form."""
_SERVICE: Final = "service-"


def document_of(form: Mapping[str, str]) -> tuple[dict[str, Any], list[int]]:
    """The site document of a form, and for each of its expense lines the row of the form."""
    rows = [number for number in range(ROWS) if form.get(f"line-{number}-amount", "").strip()]
    number = _plain(form, "supporter.registration_number")
    supporter = {key: form.get(f"supporter.{key}", "").strip() for key in ("name", "engineer")}
    document: dict[str, Any] = {
        "office": {
            "number": _plain(form, "office.number"),
            "name": form.get("office.name", "").strip(),
            "services": services_of(form),
            "nonprofit": form.get("office.nonprofit") == "yes",
        },
        "supporter": {**supporter, **({"registration_number": number} if number else {})},
        "network": _some(form, "network", ("proxy",)),
        "platform": _some(form, "platform", ("url", "ca_file")),
        "careplan": _careplan(form),
        "certificate": _some(form, "certificate", ("issuer_file",)),
        "expenses": [_line(form, row, number) for row in rows],
    }
    return document, rows


def _plain(form: Mapping[str, str], name: str) -> str:
    """A number or code, full-width characters as Japanese keyboards give them made plain."""
    return unicodedata.normalize("NFKC", form.get(name, "")).strip().upper()


def _careplan(form: Mapping[str, str]) -> dict[str, str]:
    found = _some(form, "careplan", ("url", "ca_file", "route"))
    partner = _plain(form, "careplan.partner_number")
    return {**found, "partner_number": partner} if partner else found


def services_of(form: Mapping[str, str]) -> list[str]:
    """The codes that were ticked, and those that were typed (separated by commas or spaces)."""
    ticked = [name.removeprefix(_SERVICE) for name in form if name.startswith(_SERVICE)]
    typed = unicodedata.normalize("NFKC", form.get("office.services", "")).upper()
    return [code for code in dict.fromkeys([*ticked, *re.split(r"[\s,、]+", typed)]) if code]


def _some(form: Mapping[str, str], table: str, keys: Iterable[str]) -> dict[str, str]:
    """The fields of a table that were filled in."""
    found = {key: form.get(f"{table}.{key}", "").strip() for key in keys}
    return {key: value for key, value in found.items() if value}


def _line(form: Mapping[str, str], row: int, supporter: str) -> dict[str, Any]:
    def value(name: str) -> str:
        return form.get(f"line-{row}-{name}", "").strip()

    kind, _, item = value("kind").partition(":")
    line: dict[str, Any] = {
        "kind": kind or "other",
        "description": value("description"),
        "amount": _whole(value("amount")),
        "quantity": _whole(value("quantity") or "1"),
        "incurred_on": value("incurred_on"),
    }
    if supporter:
        line["supporter"] = supporter
    if item:
        line["item"] = item
    if line["kind"] == "card_reader":
        line |= {"model": value("model") or None, "condition": value("condition") or "new"}
        line["compatible"] = value("compatible") == "yes"
    return line


def _whole(text: str) -> int | str:
    """A whole number, full-width digits and thousands marks allowed; otherwise the text (to be refused)."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    digits = plain.removeprefix("-")
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else text  # noqa: PLR2004


def by_field(mistakes: Iterable[Mistake], rows: list[int]) -> dict[str, str]:
    """What is wrong, by the form's field (``line-3-amount`` in a line); message ids, or the reason itself."""
    wrong: dict[str, str] = {}
    for mistake in mistakes:
        parts = mistake.place.split(".")
        if parts[0] == "expenses" and len(parts) > 2 and parts[1].isdigit():  # noqa: PLR2004 - table, row, key
            wrong[f"line-{rows[int(parts[1])]}-{parts[2]}"] = LINE_HINTS.get(parts[2], mistake.why)
        else:
            place = ".".join(parts[:2])
            wrong[place] = HINTS.get(place, mistake.why)
    return wrong
