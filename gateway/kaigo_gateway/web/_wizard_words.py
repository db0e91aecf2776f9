"""What the form of a new Setup says: the lines it begins with, labels and hints of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

LINES: Final[Mapping[str, str]] = {
    "card_reader": N_("Card reader"),
    "connection_support:reader_check": N_("Connection check of the card readers"),
    "connection_support:app_setup": N_("Installing and setting up マイナ資格確認アプリ"),
    "connection_support:web_service_setup": N_("Setting up 介護保険資格確認等WEBサービス"),
    "connection_support:user_rights": N_("Setting user rights"),
    "careplan_support:careplan_link": N_("Connection support for the CarePlan data link"),
    "connection_support:approved_other": N_("Other approved support"),
    "other": N_("Other (outside the grant)"),
}
"""Kinds of lines as ``kind:item``, in the order of 要綱 第3条; the first six begin the form."""

START: Final = tuple(LINES)[:6]

HINTS: Final[Mapping[str, str]] = {
    "office.number": N_("Ten characters: two digits, a digit or letter, seven digits."),
    "office.name": N_("The name of the office is needed."),
    "office.services": N_("Choose at least one; a code has two characters, for example 11 or 2A."),
    "supporter.name": N_("The name of the supporter is needed."),
    "supporter.registration_number": N_("T and 13 digits, or empty."),
    "platform.url": N_("An address that begins with https://, or empty."),
    "careplan.url": N_("An address that begins with https://, or empty."),
    "careplan.partner_number": N_("Ten characters: two digits, a digit or letter, seven digits."),
}
"""What a field wants, shown beside it when it is wrong."""

LABELS: Final[Mapping[str, str]] = {
    "office.number": N_("Office number"),
    "office.name": N_("Name of the office"),
    "office.services": N_("Services"),
    "supporter.name": N_("Name of the supporter"),
    "supporter.registration_number": N_("Invoice registration number"),
    "supporter.engineer": N_("Engineer"),
    "platform.url": N_("Address of the web service"),
    "network.proxy": N_("Proxy"),
    "careplan.url": N_("Address of the data link"),
    "careplan.partner_number": N_("Office to rehearse with"),
    "description": N_("Description"),
    "model": N_("Model"),
    "quantity": N_("Quantity"),
    "amount": N_("Amount"),
    "incurred_on": N_("Date"),
}
"""Fields by name; those of a line by the name of its column."""

LINE_HINTS: Final[Mapping[str, str]] = {
    "amount": N_("Whole yen, digits only."),
    "incurred_on": N_("The day of the work or purchase is needed."),
    "quantity": N_("A whole number."),
}
