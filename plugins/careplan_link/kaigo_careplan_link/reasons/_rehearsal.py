"""Reason codes of the rehearsal of one sending."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

REASONS: Final = (
    Reason(
        "CAREPLAN_REHEARSED",
        Status.OK,
        N_("One sending of {count} files ({unit}, standard {standard}) went out and came back unchanged."),
    ),
    Reason(
        "CAREPLAN_REHEARSAL_CHANGED",
        Status.FAIL,
        N_("The sending did not come back as it went out: {files}."),
        (
            N_("Compare the named files; a converter or a character outside MS932 is the usual cause."),
            N_("Send the files to the vendor of the care software."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_REHEARSAL_REFUSED",
        Status.FAIL,
        N_("The counterpart refused the sending at {step} ({status}): {detail}."),
        (N_("Check sender, receiver and file names of the sending."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SAME_OFFICE",
        Status.FAIL,
        N_("Sender and receiver are the same office {office}; the data link may refuse such a sending."),
        (N_("Enter another office as [careplan] partner_number in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_PARTNER_MISSING",
        Status.FAIL,
        N_("No partner office is entered to rehearse the sending with."),
        (N_("Enter one as [careplan] partner_number in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_REHEARSAL_CONFIRMED",
        Status.OK,
        N_("A sending went out and one came back, confirmed by {by} ({at})."),
    ),
    Reason(
        "CAREPLAN_REHEARSAL_NOT_DONE",
        Status.FAIL,
        N_("{by} said that the sending was not rehearsed."),
        (N_("Send and receive once with the partner office, then run this check again."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_REHEARSED_RESTYLED",
        Status.WARN,
        N_("The sending came back with the same content but other line ends or encoding: {files}."),
        (N_("Nothing is lost; tell the vendor if an import objects to it."),),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_SENDING_MISSING",
        Status.FAIL,
        N_("No sending is named to rehearse with."),
        (
            N_("Name a folder or ZIP with one sending of test data as [careplan] files in the site file."),
            N_("For a test counterpart, sample = true in [plugins.careplan_link] writes one."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SENDING_UNREADABLE",
        Status.FAIL,
        N_("The sending to rehearse with cannot be used: {detail}"),
        (N_("Correct [careplan] files in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SENDING_INVALID",
        Status.FAIL,
        N_("The sending to rehearse with does not keep to standard 4.1 ({codes}), so it was not sent."),
        (
            N_("Look at each place with `kaigo-gateway careplan validate`."),
            N_("Give the list to the vendor of the care software."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_SENDING_OTHER_OFFICE",
        Status.FAIL,
        N_("The sending goes from {sender} to {receiver}, not from {office} to {partner}."),
        (N_("Use files of this office to its partner, or correct [careplan] partner_number."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_FOLDER_UNUSABLE",
        Status.FAIL,
        N_("Outbox or inbox folder cannot be used: {detail}."),
        (N_("Check outbox and inbox in [plugins.careplan_link] and the rights on these folders."),),
        Actor.SUPPORTER,
    ),
)
