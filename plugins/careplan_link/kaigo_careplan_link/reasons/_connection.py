"""Reason codes of the connection to the data link."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

REASONS: Final = (
    Reason(
        "CAREPLAN_ENDPOINT_MISSING",
        Status.FAIL,
        N_("The address of the CarePlan data link is not entered, so the connection cannot be checked."),
        (
            N_("Enter the address from the operator's guide as [careplan] url in the site file."),
            N_("None is built in, because the operator has published none for programs."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_ENDPOINT_INVALID",
        Status.FAIL,
        N_("The entry for the CarePlan data link cannot be used: {detail}"),
        (N_("Correct [careplan] (url, ca_file) or [network] in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERTIFICATE_MISSING",
        Status.FAIL,
        N_("Office {office} has no client certificate ready, so none can be shown to the data link."),
        (N_("Install the client certificate (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERTIFICATE_AWAITED",
        Status.FAIL,
        N_("The data link at {host} is reached and asks for a certificate; office {office} has none ready."),
        (
            N_("Install the client certificate (kaigo-gateway cert install)."),
            N_("Then run this check again; line, proxy and TLS are in order."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CONNECTED",
        Status.OK,
        N_("The data link at {host} accepted the office's certificate over {tls_version} (HTTP {status})."),
    ),
    Reason(
        "CAREPLAN_CLIENT_CONFIRMED",
        Status.OK,
        N_("ケアプランデータ連携クライアント logged in with the certificate, confirmed by {by} ({at})."),
    ),
    Reason(
        "CAREPLAN_CLIENT_FAILED",
        Status.FAIL,
        N_("{by} said that ケアプランデータ連携クライアント did not log in with the certificate."),
        (
            N_("Check the certificate's kind and end, and that the password is no provisional one."),
            N_("Run this check again when the client logs in."),
        ),
        Actor.SUPPORTER,
    ),
)
