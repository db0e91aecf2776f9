"""Reason codes of the CarePlan link; network codes stand in ``kaigo_gateway.probe.reasons``."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_FAIL, _WARN, _OK, _SKIP = Status.FAIL, Status.WARN, Status.OK, Status.SKIP

_TOGETHER: Final = N_(
    "CarePlan support counts for the grant only together with the platform's connection support."
)

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
        N_("The entry for the CarePlan data link cannot be used: {detail}"),
        (N_("Correct [careplan] (url, ca_file) or [network] in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERTIFICATE_MISSING",
        _FAIL,
        N_("Office {office} has no client certificate ready, so none can be shown to the data link."),
        (N_("Install the client certificate (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERTIFICATE_AWAITED",
        _FAIL,
        N_("The data link at {host} is reached and asks for a certificate; office {office} has none ready."),
        (
            N_("Install the client certificate (kaigo-gateway cert install)."),
            N_("Then run this check again; line, proxy and TLS are in order."),
        ),
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
        "CAREPLAN_NOT_BUNDLED_PLATFORM",
        _FAIL,
        N_("Not bundled (一体的でない): the connection to 介護WEBサービス was not proved in this Setup."),
        (
            N_("Put the check of the platform's connection right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_LINK",
        _FAIL,
        N_("Not bundled (一体的でない): the connection to the data link was not proved in this Setup."),
        (
            N_("Put the check of the data link's connection right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_REHEARSAL",
        _FAIL,
        N_("Not bundled (一体的でない): no sending was rehearsed in this Setup."),
        (
            N_("Put the rehearsal right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_CERTIFICATE",
        _FAIL,
        N_("Not bundled (一体的でない): the two connections did not show the same client certificate."),
        (
            N_("Use the office's one certificate for both and run both checks again."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_OFFICE",
        _FAIL,
        N_("Not bundled (一体的でない): the rehearsed sending was not sent by this office."),
        (
            N_("Rehearse with files whose sender is this office."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_SUPPORTER",
        _FAIL,
        N_("Not bundled (一体的でない): the CarePlan and platform support have different supporters."),
        (
            N_("Check the supporter's registration number at the lines of [[expenses]]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_ORDER",
        _FAIL,
        N_("Not bundled (一体的でない): the data link came before the platform, against the settings."),
        (
            N_("Run the data link's checks again, or change bundle_order in [plugins.careplan_link]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_WINDOW",
        _FAIL,
        N_("Not bundled (一体的でない): the two connections are more than {days} days apart (setting)."),
        (
            N_("Run both checks again, or change bundle_window_days in [plugins.careplan_link]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_PART",
        _SKIP,
        N_("CarePlan data link is not part of this engagement: the site file names nothing of it."),
        (N_("To include it, enter [careplan] and its support line in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason("CAREPLAN_ROUTE_FITS", _OK, N_("The route {route} is in use on this day.")),
    Reason(
        "CAREPLAN_ROUTE_CLIENT_ENDS",
        _WARN,
        N_("The client is in use; it ends with the move into 介護WEBサービス, planned for {month}."),
        (
            N_("Register the office for 介護WEBサービス before the move, or it loses the exchange."),
            N_("When the day is announced, enter it as move_on in [plugins.careplan_link]."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CAREPLAN_ROUTE_CLIENT_ENDED",
        _FAIL,
        N_("The client has ended with the move into 介護WEBサービス ({month})."),
        (
            N_('Use the browser (route = "web") or the API of the care software (route = "api").'),
            N_("If the move was put off, enter its day as move_on in [plugins.careplan_link]."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CAREPLAN_ROUTE_TOO_EARLY",
        _FAIL,
        N_("The route {route} is not open yet; it is planned for {month}."),
        (N_('Until then use the client (route = "client").'),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_STANDARD_FITS", _OK, N_("The care software writes standard {standard}, which stays in use.")
    ),
    Reason(
        "CAREPLAN_STANDARD_STOPS",
        _WARN,
        N_("The care software writes standard {standard}, which stops with the move ({month})."),
        (N_("Ask the vendor for the version with standard 4.1 before the move."),),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_STANDARD_REFUSED",
        _FAIL,
        N_("Standard {standard} cannot be sent by the route {route}."),
        (
            N_("By client or browser send standard 4.1, by API 5.0; check [careplan] route and standard."),
            N_("Ask the vendor of the care software for the right version."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason("CAREPLAN_CERT_KIND_FITS", _OK, N_("The kind of certificate is accepted by the data link.")),
    Reason(
        "CAREPLAN_CERT_KIND_OPEN",
        _WARN,
        N_("Whether the data link accepts this kind of certificate could not be told from the certificate."),
        (N_("介護保険証明書 and 介護DX証明書 are accepted; 代理人証明書 and 障害者総合支援証明書 are not."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_CERT_KIND_REFUSED",
        _FAIL,
        N_("The data link does not accept this kind of certificate."),
        (N_("介護保険証明書 and 介護DX証明書 are accepted; 代理人証明書 and 障害者総合支援証明書 are not."),),
        Actor.OFFICE,
    ),
    Reason(
        "CAREPLAN_CLIENT_CONFIRMED",
        _OK,
        N_("ケアプランデータ連携クライアント logged in with the certificate, confirmed by {by} ({at})."),
    ),
    Reason(
        "CAREPLAN_CLIENT_FAILED",
        _FAIL,
        N_("{by} said that ケアプランデータ連携クライアント did not log in with the certificate."),
        (
            N_("Check the certificate's kind and end, and that the password is no provisional one."),
            N_("Run this check again when the client logs in."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_REHEARSAL_CONFIRMED",
        _OK,
        N_("A sending went out and one came back, confirmed by {by} ({at})."),
    ),
    Reason(
        "CAREPLAN_REHEARSAL_NOT_DONE",
        _FAIL,
        N_("{by} said that the sending was not rehearsed."),
        (N_("Send and receive once with the partner office, then run this check again."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_REHEARSED_RESTYLED",
        _WARN,
        N_("The sending came back with the same content but other line ends or encoding: {files}."),
        (N_("Nothing is lost; tell the vendor if an import objects to it."),),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_SENDING_MISSING",
        _FAIL,
        N_("No sending is named to rehearse with."),
        (
            N_("Name a folder or ZIP with one sending of test data as [careplan] files in the site file."),
            N_("For a test counterpart, sample = true in [plugins.careplan_link] writes one."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SENDING_UNREADABLE",
        _FAIL,
        N_("The sending to rehearse with cannot be used: {detail}"),
        (N_("Correct [careplan] files in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_SENDING_INVALID",
        _FAIL,
        N_("The sending to rehearse with does not keep to standard 4.1 ({codes}), so it was not sent."),
        (
            N_("Look at each place with `kaigo-gateway careplan validate`."),
            N_("Give the list to the vendor of the care software."),
        ),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "CAREPLAN_SENDING_OTHER_OFFICE",
        _FAIL,
        N_("The sending goes from {sender} to {receiver}, not from {office} to {partner}."),
        (N_("Use files of this office to its partner, or correct [careplan] partner_number."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_FOLDER_UNUSABLE",
        _FAIL,
        N_("Outbox or inbox folder cannot be used: {detail}."),
        (N_("Check outbox and inbox in [plugins.careplan_link] and the rights on these folders."),),
        Actor.SUPPORTER,
    ),
)
