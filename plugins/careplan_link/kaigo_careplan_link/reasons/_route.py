"""Reason codes of route, standard and kind of certificate."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

REASONS: Final = (
    Reason("CAREPLAN_ROUTE_FITS", Status.OK, N_("The route {route} is in use on this day.")),
    Reason(
        "CAREPLAN_ROUTE_CLIENT_ENDS",
        Status.WARN,
        N_("The client is in use; it ends with the move into 介護WEBサービス, planned for {month}."),
        (
            N_("Register the office for 介護WEBサービス before the move, or it loses the exchange."),
            N_("When the day is announced, enter it as move_on in [plugins.careplan_link]."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CAREPLAN_ROUTE_CLIENT_ENDED",
        Status.FAIL,
        N_("The client has ended with the move into 介護WEBサービス ({month})."),
        (
            N_('Use the browser (route = "web") or the API of the care software (route = "api").'),
            N_("If the move was put off, enter its day as move_on in [plugins.careplan_link]."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CAREPLAN_ROUTE_TOO_EARLY",
        Status.FAIL,
        N_("The route {route} is not open yet; it is planned for {month}."),
        (N_('Until then use the client (route = "client").'),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_STANDARD_FITS",
        Status.OK,
        N_("The care software writes standard {standard}, which stays in use."),
    ),
    Reason(
        "CAREPLAN_STANDARD_STOPS",
        Status.WARN,
        N_("The care software writes standard {standard}, which stops with the move ({month})."),
        (N_("Ask the vendor for the version with standard 4.1 before the move."),),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_STANDARD_REFUSED",
        Status.FAIL,
        N_("Standard {standard} cannot be sent by the route {route}."),
        (
            N_("By client or browser send standard 4.1, by API 5.0; check [careplan] route and standard."),
            N_("Ask the vendor of the care software for the right version."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason("CAREPLAN_CERT_KIND_FITS", Status.OK, N_("The kind of certificate is accepted by the data link.")),
    Reason(
        "CAREPLAN_CERT_KIND_OPEN",
        Status.WARN,
        N_("Whether the data link accepts this kind of certificate could not be told from the certificate."),
        (N_("介護保険証明書 and 介護DX証明書 are accepted; 代理人証明書 and 障害者総合支援証明書 are not."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERT_KIND_REFUSED",
        Status.FAIL,
        N_("The data link does not accept this kind of certificate."),
        (N_("介護保険証明書 and 介護DX証明書 are accepted; 代理人証明書 and 障害者総合支援証明書 are not."),),
        Actor.OFFICE,
    ),
)
