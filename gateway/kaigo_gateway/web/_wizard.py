"""From the form of a new Setup to a site document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_gateway.web._problems import Mistake

ROWS: Final = 8
"""Lines of cost on the form."""

START: Final[tuple[tuple[str, str, str], ...]] = (
    ("card_reader", "", N_("Card reader")),
    ("connection_support", "reader_check", N_("Connection check of the card readers")),
    ("connection_support", "app_setup", N_("Installing and setting up マイナ資格確認アプリ")),
    ("connection_support", "web_service_setup", N_("Setting up 介護保険資格確認等WEBサービス")),
    ("connection_support", "user_rights", N_("Setting user rights")),
    ("careplan_support", "careplan_link", N_("Connection support for the CarePlan data link")),
)
"""The lines with which the form begins: kind, item, description (要綱 第3条)."""

HINTS: Final[Mapping[str, str]] = {
    "office.number": N_("Ten characters: two digits, a digit or letter, seven digits."),
    "office.name": N_("The name of the office is needed."),
    "office.services": N_("Two characters each, separated by commas, for example 11, 15."),
    "supporter.name": N_("The name of the supporter is needed."),
    "supporter.registration_number": N_("T and 13 digits, or empty."),
    "platform.url": N_("An address that begins with https://, or empty."),
    "careplan.url": N_("An address that begins with https://, or empty."),
    "careplan.partner_number": N_("Ten characters: two digits, a digit or letter, seven digits."),
}
"""What a field wants, shown beside it when it is wrong."""

_LINE: Final = N_("This line needs an amount in whole yen and a date.")


def document_of(form: Mapping[str, str]) -> tuple[dict[str, Any], list[int]]:
    """The site document of a form, and for each of its expense lines the row of the form."""
    rows = [number for number in range(ROWS) if form.get(f"line-{number}-amount", "").strip()]
    number, engineer = (
        form.get("supporter.registration_number", "").strip(),
        form.get("supporter.engineer", ""),
    )
    supporter = {"name": form.get("supporter.name", "").strip(), "engineer": engineer.strip()}
    document: dict[str, Any] = {
        "office": {
            "number": form.get("office.number", "").strip(),
            "name": form.get("office.name", "").strip(),
            "services": [each.strip() for each in form.get("office.services", "").split(",") if each.strip()],
            "nonprofit": form.get("office.nonprofit") == "yes",
        },
        "supporter": {**supporter, **({"registration_number": number} if number else {})},
        "network": _some(form, "network", ("proxy",)),
        "platform": _some(form, "platform", ("url", "ca_file")),
        "careplan": _some(form, "careplan", ("url", "ca_file", "route", "partner_number")),
        "certificate": _some(form, "certificate", ("issuer_file",)),
        "expenses": [_line(form, row, number) for row in rows],
    }
    return document, rows


def _some(form: Mapping[str, str], table: str, keys: Iterable[str]) -> dict[str, str]:
    """The fields of a table that were filled in."""
    found = {key: form.get(f"{table}.{key}", "").strip() for key in keys}
    return {key: value for key, value in found.items() if value}


def _line(form: Mapping[str, str], row: int, supporter: str) -> dict[str, Any]:
    def value(name: str) -> str:
        return form.get(f"line-{row}-{name}", "").strip()

    line: dict[str, Any] = {
        "kind": value("kind") or "other",
        "description": value("description"),
        "amount": _whole(value("amount")),
        "quantity": _whole(value("quantity") or "1"),
        "incurred_on": value("incurred_on"),
    }
    if supporter:
        line["supporter"] = supporter
    if value("item"):
        line["item"] = value("item")
    if line["kind"] == "card_reader":
        line |= {"model": value("model") or None, "condition": value("condition") or "new"}
        line["compatible"] = value("compatible") == "yes"
    return line


def _whole(text: str) -> int | str:
    """A whole number, full-width digits and thousands marks allowed; otherwise the text (to be refused)."""
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    digits = plain.removeprefix("-")
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else text  # noqa: PLR2004


def by_field(mistakes: Iterable[Mistake], rows: list[int]) -> dict[str, str]:
    """What is wrong, by the form's field; message ids, or the reason itself."""
    wrong: dict[str, str] = {}
    for mistake in mistakes:
        parts = mistake.place.split(".")
        if parts[0] == "expenses" and len(parts) > 1 and parts[1].isdigit():
            wrong[f"line-{rows[int(parts[1])]}"] = _LINE
        else:
            place = ".".join(parts[:2])
            wrong[place] = HINTS.get(place, mistake.why)
    return wrong
