"""Reason codes of a claim as a whole: notices and the findings of the check."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_OK, _WARN, _FAIL = Status.OK, Status.WARN, Status.FAIL
_OFFICE, _SUPPORTER, _OPERATOR = Actor.OFFICE, Actor.SUPPORTER, Actor.OPERATOR

FINDINGS: Final = (
    Reason(
        "GRANT_ELIGIBLE",
        _OK,
        N_(
            "All expenses count: {grant} yen by the rules {rule}, of a cost of {total_cost} yen (limit"
            " {cap} yen)."
        ),
    ),
    Reason(
        "GRANT_PARTLY",
        _WARN,
        N_("Part of the expenses counts: {grant} yen by the rules {rule}, of a cost of {total_cost} yen."),
        (
            N_(
                "Look at the lines that do not count ({codes}) and correct the claim or accept the"
                " difference."
            ),
        ),
        _OFFICE,
    ),
    Reason(
        "GRANT_INELIGIBLE",
        _FAIL,
        N_("Nothing is granted by the rules {rule}: {codes}."),
        (N_("Look at the reasons of the lines and of the claim, correct them and assess again."),),
        _OFFICE,
    ),
    Reason(
        "GRANT_PROGRAMME_UNKNOWN",
        _WARN,
        N_("This plugin has no rules for the programme {programme} of fiscal year {year}."),
        (N_("Correct programme in the site file, or set rules_folder in the plugin's settings."),),
        _OPERATOR,
    ),
    Reason(
        "GRANT_NO_EXPENSES",
        _WARN,
        N_("No expense line was recorded, so no claim can be assessed."),
        (N_("Enter prices in the site file, and have the work proved by the checks."),),
        _SUPPORTER,
    ),
    Reason(
        "GRANT_SETTINGS_WRONG",
        _FAIL,
        N_("The claim could not be assessed: {why}"),
        (N_("Correct the site file's office or the section plugins.subsidy."),),
        _OPERATOR,
    ),
)

NOTICES: Final = (
    Reason("OVER_CAP", _OK, N_("The cost that counts ({eligible} yen) exceeds the limit of {cap} yen.")),
    Reason(
        "ROUNDED_DOWN", _OK, N_("{lost} yen are cut off: the grant is paid in full {unit} yen (要綱 第4条).")
    ),
    Reason(
        "BELOW_UNIT",
        _WARN,
        N_("Less than {unit} yen would be granted, so nothing is."),
        (N_("Check that all expenses were entered."),),
        _OFFICE,
    ),
    Reason(
        "INCOME_DEDUCTED", _OK, N_("{income} yen of donations and other income are deducted (要綱 第4条).")
    ),
    Reason(
        "DONATIONS_NOT_DEDUCTED",
        _OK,
        N_(
            "Donations of {donations} yen are not deducted: the office belongs to a non-profit corporation"
            " (要綱 第4条)."
        ),
    ),
    Reason(
        "NO_ELIGIBLE_SERVICE",
        _FAIL,
        N_("None of the office's services is on the programme's list (要綱 別添)."),
        (N_("Check the service type codes against the office's designation notice."),),
        _OFFICE,
    ),
    Reason(
        "SERVICE_NOT_LISTED",
        _WARN,
        N_("Service {service} is not on the programme's list (要綱 別添) and was left out."),
        (N_("Check the code against the designation notice."),),
        _OFFICE,
    ),
    Reason(
        "SERVICE_COMPREHENSIVE",
        _WARN,
        N_(
            "Service {service} belongs to 介護予防・日常生活支援総合事業, which is outside the grant (要綱"
            " 別添 ※)."
        ),
        (N_("Claim for the office's other services only."),),
        _OFFICE,
    ),
    Reason(
        "SERVICE_READ_AS_CARE",
        _WARN,
        N_(
            "Preventive service {service} is read as {reads_as} (要綱 別添 ※). Which code it is read as"
            " stands in no"
            " official text that we have seen."
        ),
        (N_("Choose {reads_as} in the application form if the portal offers it; otherwise ask the portal."),),
        _OFFICE,
    ),
    Reason(
        "APPLIED_TOO_EARLY",
        _FAIL,
        N_("Applications are taken from {opens}; this one is dated {applied_on}."),
        (N_("Apply on or after {opens}."),),
        _OFFICE,
    ),
    Reason(
        "APPLIED_TOO_LATE",
        _FAIL,
        N_("Applications were taken until {closes}; this one is dated {applied_on} (要綱 第13条)."),
        (N_("Look for a programme of a later fiscal year."),),
        _OFFICE,
    ),
    Reason(
        "NOTHING_CLAIMED",
        _FAIL,
        N_("The claim has no expense line."),
        (N_("Enter the expenses."),),
        _OFFICE,
    ),
    Reason(
        "ONE_PART_REFUSED",
        _FAIL,
        N_("Only one of readers and support is claimed; by the chosen reading both are needed."),
        (N_("Claim both, or change the reading one_part_only after asking the portal."),),
        _OFFICE,
    ),
    Reason(
        "DATES_FROM_GUIDE",
        _OK,
        N_(
            "Decision by {decision_by} and payment by {payment_by} follow the guide for applicants; the"
            " 要綱 says only"
            " that the result is told by {latest} (第7条)."
        ),
    ),
    Reason(
        "INSTITUTION_NOT_USED",
        _WARN,
        N_(
            "kind and beds belong to the programme for medical institutions (kiban-medical) and were not"
            " used."
        ),
        (N_("Leave them out, or correct programme."),),
        _OFFICE,
    ),
    Reason(
        "KEEP_A_YEAR_LONGER",
        _OK,
        N_(
            "Should the amount be fixed after 31 March, as the 要綱 allows until {latest}, the records are"
            " kept until {keep_until} (第5条第7号)."
        ),
    ),
    Reason(
        "RULES_UNCONFIRMED",
        _WARN,
        N_("Part of the rules {rule} is not confirmed. {note_en}"),
        (N_("Compare with the official text before relying on the result."),),
        _OPERATOR,
    ),
    Reason(
        "CLINIC_BEDS",
        _WARN,
        N_("A clinic (診療所) has at most {most} beds; {beds} were entered."),
        (N_("Check kind and beds; a hospital of 200 beds or more has another rate."),),
        _OFFICE,
    ),
)

_OPEN_STEP = N_("Ask the portal's inquiry desk, then choose by the setting {reading} = {other}.")


def _open(name: str, question: str) -> Reason:
    return Reason(f"READING_{name.upper()}", _WARN, question, (_OPEN_STEP,), _OPERATOR)


READINGS: Final = (
    _open(
        "same_category",
        N_(
            "Not confirmed: whether the limits of several services of one category add up (要綱 第4条). As"
            " read here ({chosen_en}): limit {cap} yen, grant {grant} yen. Otherwise ({other_en}): limit"
            " {other_cap} yen, grant {other_grant} yen."
        ),
    ),
    _open(
        "short_stay_pair",
        N_(
            "Not confirmed: whether a service and its short-stay form (短期利用型) count as two services."
            " As read here ({chosen_en}): limit {cap} yen, grant {grant} yen. Otherwise ({other_en}):"
            " limit {other_cap} yen, grant {other_grant} yen."
        ),
    ),
    _open(
        "reader_limit",
        N_(
            "Not confirmed: whether the number of readers adds up over several services. As read here"
            " ({chosen_en}): {limit} readers, grant {grant} yen. Otherwise ({other_en}): {other_limit}"
            " readers, grant {other_grant} yen."
        ),
    ),
    _open(
        "preventive_and_care",
        N_(
            "Not confirmed: whether a preventive service counts beside its own care service. As read here"
            " ({chosen_en}): limit {cap} yen, grant {grant} yen. Otherwise ({other_en}): limit {other_cap}"
            " yen, grant {other_grant} yen."
        ),
    ),
    _open(
        "one_part_only",
        N_(
            "Not confirmed: whether a claim with readers only, or with support only, is accepted. As read"
            " here ({chosen_en}): grant {grant} yen. Otherwise ({other_en}): grant {other_grant} yen."
        ),
    ),
    _open(
        "approved_other",
        N_(
            'Not confirmed: whether the work entered as "other work approved" has been approved.'
            " As read here ({chosen_en}): grant {grant} yen. Otherwise ({other_en}): grant {other_grant} yen."
        ),
    ),
    _open(
        "date_test",
        N_(
            "Not confirmed: which day decides whether work was carried out in time (order, delivery,"
            " payment or receipt). As read here ({chosen_en}): grant {grant} yen. Otherwise ({other_en}):"
            " grant {other_grant} yen."
        ),
    ),
    _open(
        "contested_category",
        N_(
            "Not confirmed: the category of services 31 and 78 in this year. As read here ({chosen_en}):"
            " limit {cap} yen, grant {grant} yen. Otherwise ({other_en}): limit {other_cap} yen, grant"
            " {other_grant} yen."
        ),
    ),
    _open(
        "medical_rounding",
        N_(
            "Not confirmed: whether the grant of medical institutions is cut to 1,000 yen. As read here"
            " ({chosen_en}): grant {grant} yen. Otherwise ({other_en}): grant {other_grant} yen."
        ),
    ),
    _open(
        "medical_income",
        N_(
            "Not confirmed: whether donations and other income are deducted for medical institutions. As"
            " read here ({chosen_en}): grant {grant} yen. Otherwise ({other_en}): grant {other_grant} yen."
        ),
    ),
)
