"""Reason codes of single lines. FAIL: the line, or part of it, does not count. WARN: it does, but look."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL, _WARN = Status.FAIL, Status.WARN
_OFFICE, _SUPPORTER = Actor.OFFICE, Actor.SUPPORTER

LINES: Final = (
    Reason(
        "AMOUNT_ZERO",
        _FAIL,
        N_("The line costs nothing, so there is nothing to be granted."),
        (N_("Enter the amount of the receipt, tax included, or remove the line."),),
        _OFFICE,
    ),
    Reason(
        "AMOUNT_NEGATIVE",
        _FAIL,
        N_("The amount is negative. It was taken off the lines that count, those of its own kind first."),
        (N_("Enter discounts and refunds within the line they belong to."),),
        _OFFICE,
    ),
    Reason(
        "DISCOUNT_DEDUCTED",
        _WARN,
        N_("A discount entered as a line of its own was taken off this line."),
        (N_("Enter the amount after discount, as it was paid."),),
        _OFFICE,
    ),
    Reason(
        "QUANTITY_NOT_POSITIVE",
        _FAIL,
        N_("The number of readers is zero or negative, so the line cannot count."),
        (N_("Enter the number of readers on the receipt."),),
        _OFFICE,
    ),
    Reason(
        "READER_OVER_LIMIT",
        _FAIL,
        N_(
            "More readers than the limit of the service category; those above it are paid by the office"
            " (別表)."
        ),
        (N_("Enter only the readers within the limit, the dearest first."),),
        _OFFICE,
    ),
    Reason(
        "READER_USED",
        _FAIL,
        N_("Used goods are outside the grant (guide for applicants; the 要綱 speaks of purchase)."),
        (N_("Claim a new reader, or pay for this one without the grant."),),
        _OFFICE,
    ),
    Reason(
        "READER_LEASED",
        _FAIL,
        N_("Leased goods are outside the grant: the cost of purchase is paid (要綱 第3条第1号)."),
        (N_("Buy the reader, or pay the lease without the grant."),),
        _OFFICE,
    ),
    Reason(
        "READER_INCOMPATIBLE",
        _FAIL,
        N_("The reader does not work with マイナ資格確認アプリ (要綱 第3条第1号)."),
        (N_("Choose a reader from the list of readers that the app supports."),),
        _SUPPORTER,
    ),
    Reason(
        "READER_COMPATIBILITY_NOT_STATED",
        _WARN,
        N_(
            "Nobody stated that the reader works with マイナ資格確認アプリ; the application form asks for it."
        ),
        (N_("Check the model in the app's list and state compatible = true or false."),),
        _SUPPORTER,
    ),
    Reason(
        "READER_CONDITION_NOT_STATED",
        _WARN,
        N_("Nobody stated that the reader was bought new; it was taken as new."),
        (N_("State condition = new, used or leased."),),
        _OFFICE,
    ),
    Reason(
        "READER_MODEL_MISSING",
        _WARN,
        N_("The model or product name is missing; the receipt must show it."),
        (N_("Enter the model, and have the receipt issued with model and number."),),
        _SUPPORTER,
    ),
    Reason(
        "TERMINAL_NOT_ELIGIBLE",
        _FAIL,
        N_("Computers, tablets and smartphones are outside the grant."),
        (N_("Take it out of the claim; where one receipt holds both, have the reader listed apart."),),
        _OFFICE,
    ),
    Reason(
        "BEFORE_START",
        _FAIL,
        N_("Carried out before the first day of the programme year (事務連絡 記1)."),
        (N_("Check the date; work before that day is not paid by this year's programme."),),
        _OFFICE,
    ),
    Reason(
        "AFTER_APPLICATION",
        _FAIL,
        N_(
            "Dated after the application: a claim is made when purchase and connection are complete (要綱"
            " 第6条第2号)."
        ),
        (N_("Apply after the last piece of work, or correct the date."),),
        _OFFICE,
    ),
    Reason(
        "CAREPLAN_WITHOUT_PLATFORM",
        _FAIL,
        N_("CarePlan support counts only together with support for the platform's connection (一体的)."),
        (N_("Have both done in one engagement by one supporter (導入支援事業者), and claim both."),),
        _SUPPORTER,
    ),
    Reason(
        "CAREPLAN_OTHER_SUPPORTER",
        _FAIL,
        N_(
            "Another supporter did the CarePlan support than the platform's connection; it must be one"
            " engagement."
        ),
        (N_("Have both done by the same supporter (導入支援事業者)."),),
        _SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SUPPORTER_NOT_STATED",
        _FAIL,
        N_(
            "Who did the CarePlan support and the platform's connection is not stated; one engagement is"
            " not shown."
        ),
        (N_("Enter the supporter's registration number on both lines."),),
        _SUPPORTER,
    ),
    Reason(
        "CAREPLAN_BUNDLE_NOT_PROVED",
        _FAIL,
        N_(
            "The Setup does not prove that CarePlan support and the platform's connection were one"
            " engagement."
        ),
        (N_("Run the CarePlan and platform checks in the same Setup until both are proved."),),
        _SUPPORTER,
    ),
    Reason(
        "CAREPLAN_BEFORE_BUNDLING",
        _FAIL,
        N_("CarePlan support was not part of this programme before it was added by notice."),
        (N_("Check the date of the work."),),
        _SUPPORTER,
    ),
    Reason(
        "SUPPORT_ITEM_MISSING",
        _WARN,
        N_("The line does not say which of the six items of 要綱 第3条第2号 it is."),
        (N_("Enter item: reader_check, app_setup, web_service_setup, user_rights or careplan_link."),),
        _SUPPORTER,
    ),
    Reason(
        "APPROVED_OTHER_UNPROVED",
        _FAIL,
        N_('"Other work approved by 国保中央会" was entered, but no approval is known (要綱 第3条第2号(6)).'),
        (
            N_(
                "Ask through the portal's inquiry form; with the approval at hand set the reading"
                " approved_other."
            ),
        ),
        _SUPPORTER,
    ),
    Reason(
        "OPINION_OTHER_PROGRAMME",
        _FAIL,
        N_("Sending of 主治医意見書 is paid by the programme for medical institutions (kiban-medical)."),
        (N_("Claim this line under kiban-medical."),),
        _OFFICE,
    ),
    Reason(
        "NOT_OPINION_TRANSMISSION",
        _FAIL,
        N_("This programme pays only for adding the electronic sending of 主治医意見書."),
        (
            N_(
                "Claim readers and terminal set-up under kiban-office, if the institution is a listed care"
                " service."
            ),
        ),
        _OFFICE,
    ),
    Reason(
        "COST_NOT_LISTED",
        _FAIL,
        N_("The cost is none of the items that the programme pays (要綱 第3条), such as shipping or a line."),
        (N_("Leave it out of the amounts of the claim; it is paid by the office."),),
        _OFFICE,
    ),
    Reason(
        "DESCRIPTION_LUMP",
        _WARN,
        N_('The description says "一式"; a receipt worded so may be sent back.'),
        (N_("Name model, number, amount and use one by one, on the receipt too."),),
        _SUPPORTER,
    ),
)
