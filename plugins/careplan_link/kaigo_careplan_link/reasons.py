"""Reason codes of the CarePlan link; network codes stand in ``kaigo_gateway.probe.reasons``."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_FAIL, _WARN, _OK, _SKIP = Status.FAIL, Status.WARN, Status.OK, Status.SKIP

REASONS: Final = ReasonBook("kaigo_careplan_link").add(
    Reason(
        "CAREPLAN_ENDPOINT_MISSING",
        _FAIL,
        N_("The address of the CarePlan data link is not entered, so the connection cannot be checked."),
        (
            N_("Enter the address from the operator's guide as [careplan] url in the site file."),
            N_("None is built in, because the operator has published none for programs."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_ENDPOINT_INVALID",
        _FAIL,
        N_("The address {url} of the CarePlan data link is not a usable https:// address."),
        (N_("Correct [careplan] url in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERTIFICATE_MISSING",
        _FAIL,
        N_(
            "No client certificate of office {office} is in the vault, so none can be shown to the data link."
        ),
        (N_("Install the client certificate (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CONNECTED",
        _OK,
        N_("The data link at {host} accepted the office's certificate over {tls_version} (HTTP {status})."),
    ),
    Reason(
        "CAREPLAN_REHEARSED",
        _OK,
        N_("One sending of {count} files ({unit}, standard {standard}) went out and came back unchanged."),
    ),
    Reason(
        "CAREPLAN_REHEARSAL_CHANGED",
        _FAIL,
        N_("The sending did not come back as it went out: {files}."),
        (
            N_("Compare the named files; a converter or a character outside MS932 is the usual cause."),
            N_("Send the files to the vendor of the care software."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_REHEARSAL_REFUSED",
        _FAIL,
        N_("The counterpart refused the sending at {step} ({status}): {detail}."),
        (N_("Check sender, receiver and file names of the sending."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SAME_OFFICE",
        _FAIL,
        N_("Sender and receiver are the same office {office}; the data link may refuse such a sending."),
        (N_("Enter another office as [careplan] partner_number in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_PARTNER_MISSING",
        _FAIL,
        N_("No partner office is entered to rehearse the sending with."),
        (N_("Enter one as [careplan] partner_number in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_BUNDLED",
        _OK,
        N_("Bundled (一体的): platform and CarePlan support were both proved in this Setup by {supporter}."),
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED",
        _WARN,
        N_("Not bundled (一体的でない), because: {reasons}."),
        (
            N_("CarePlan support counts for the grant only together with the platform's connection support."),
            N_("Put the named point right and run its checks again in this Setup."),
        ),
        Actor.SUPPORTER,
    ),
)
