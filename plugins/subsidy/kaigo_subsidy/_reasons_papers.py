"""Reason codes of attachments (不備 pre-check)."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL, _WARN = Status.FAIL, Status.WARN
_OFFICE, _SUPPORTER = Actor.OFFICE, Actor.SUPPORTER

ATTACHMENTS: Final = (
    Reason("DOCUMENT_OK", Status.OK, N_("{title}: {count} file(s), nothing found against them.")),
    Reason(
        "DOCUMENT_MISSING",
        _FAIL,
        N_("{title} is missing."),
        (N_("Attach it; incomplete claims are not accepted in order of arrival (要綱 第15条第2号)."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_TOO_MANY",
        _FAIL,
        N_("{title}: {count} files, but only {limit} can be attached."),
        (N_("Put the pages together in one PDF."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_KIND",
        _FAIL,
        N_("{file} is neither PDF nor JPG nor PNG."),
        (N_("Save it as PDF, JPG or PNG."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_SUFFIX",
        _FAIL,
        N_("{file} is named {suffix}, but its content is {kind}."),
        (N_("Rename or save it again, so that name and content agree."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_TOO_LARGE",
        _FAIL,
        N_("{file} has {size} MB; at most {limit} MB are accepted."),
        (N_("Scan it with fewer dots per inch, or reduce the picture."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_HEIC",
        _FAIL,
        N_("{file} is a photo in the phone's own format (HEIC); only PDF, JPG and PNG are accepted."),
        (
            N_("Set the camera to JPG (iPhone: 設定 > カメラ > フォーマット > 互換性優先), take it again."),
            N_("Or open it on a computer and save it as JPG; renaming it is not enough."),
        ),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_OTHER_KIND",
        _FAIL,
        N_("{file} is a file of the kind {kind}; only PDF, JPG and PNG are accepted."),
        (N_("Save or print it as PDF; renaming it is not enough."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_EMPTY",
        _FAIL,
        N_("{file} is empty (0 bytes)."),
        (N_("It may have been copied in part, or still lie in the cloud: open it, save it again."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_UNREADABLE",
        _FAIL,
        N_("{file} is damaged: it does not end as such a file must, or cannot be opened."),
        (N_("Open it on the screen; if that fails, make it again."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_ENCRYPTED",
        _FAIL,
        N_("{file} is protected by a password."),
        (N_("Save it without password."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_RESTRICTED",
        _WARN,
        N_("{file} opens, but is protected against printing or changes; the portal may not take it."),
        (N_("Save it without protection."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_TEXT_GARBLED",
        _WARN,
        N_("{file} shows well perhaps, but the text in it is garbled; its content was not compared."),
        (N_("Compare amounts, models and names by eye."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_NOT_COMPARED",
        _WARN,
        N_("{file} has no text that a program can read; its content was not compared."),
        (N_("Compare amounts, models and names by eye."),),
        _OFFICE,
    ),
    Reason(
        "DOCUMENT_TWICE",
        _WARN,
        N_("{file} is the same file as {other}."),
        (N_("Attach the right file in each place."),),
        _OFFICE,
    ),
    Reason(
        "RECEIPT_AMOUNT_DIFFERS",
        _FAIL,
        N_("The receipt does not show the claimed amounts: readers {readers} yen, support {support} yen."),
        (N_("Enter the amounts of the receipt, or have the receipt issued again with them."),),
        _OFFICE,
    ),
    Reason(
        "RECEIPT_MODEL_MISSING",
        _FAIL,
        N_("The receipt does not name the reader model {model}."),
        (N_("Have the receipt issued again with model, number, amount and use."),),
        _SUPPORTER,
    ),
    Reason(
        "RECEIPT_QUANTITY_MISSING",
        _WARN,
        N_("The receipt does not seem to show the number of readers, {quantity}."),
        (N_("Compare by eye; the receipt must show the number."),),
        _SUPPORTER,
    ),
    Reason(
        "RECEIPT_LUMP",
        _FAIL,
        N_('The receipt says "一式"; it may be sent back.'),
        (N_("Have the receipt issued again with model, number, amount and use."),),
        _SUPPORTER,
    ),
    Reason(
        "RECEIPT_TERMINAL",
        _WARN,
        N_("{file} also seems to hold a PC, tablet or smartphone, which is not paid for."),
        (N_("Have the receipt issued again with the reader apart from it."),),
        _SUPPORTER,
    ),
    Reason(
        "RECEIPT_EARLY",
        _WARN,
        N_("{file} bears no day after {day}; only work on or after {first} is paid for."),
        (N_("Compare the days by eye; which of them decides is not confirmed: ask the portal in doubt."),),
        _OFFICE,
    ),
    Reason(
        "RECEIPT_LATE",
        _WARN,
        N_("{file} is dated {day}, after the day of the claim, {applied}."),
        (N_("Compare the days by eye; a claim comes after purchase and work (要綱 第6条第2号)."),),
        _OFFICE,
    ),
    Reason(
        "RECEIPT_REGISTRATION_WRONG",
        _WARN,
        N_("The registration number {number} on the receipt has a wrong check digit."),
        (N_("Compare it with the number that the supporter is registered under (国税庁)."),),
        _SUPPORTER,
    ),
    Reason(
        "MENU_NUMBER_MISSING",
        _FAIL,
        N_("The menu screen does not show the office number {number}."),
        (N_("Take the picture logged in as 管理者ユーザ or 一般ユーザ, with office number and name on it."),),
        _OFFICE,
    ),
    Reason(
        "MENU_NAME_MISSING",
        _FAIL,
        N_("The menu screen does not show the office name {name}."),
        (N_("Take the picture logged in as 管理者ユーザ or 一般ユーザ, with office number and name on it."),),
        _OFFICE,
    ),
)
