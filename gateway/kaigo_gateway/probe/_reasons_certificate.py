"""Reason codes of the client certificate: not there, not shown, not accepted, and why."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL: Final = Status.FAIL
_KINDS: Final = N_(
    "Use the office's 介護保険証明書 or 介護DX証明書, downloaded from the 電子請求受付システム."
)

REASONS: Final = (
    Reason(
        "TLS_CLIENT_CERT_REQUIRED",
        _FAIL,
        N_("{service}: the server asks for the client certificate and none was shown."),
        (
            N_("Install the client certificate (kaigo-gateway cert install)."),
            N_("Restart the browser afterwards; a running one keeps its old answer."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_EXPIRED",
        _FAIL,
        N_("{service}: the client certificate has ended ({not_after})."),
        (
            N_("Apply for a new certificate in the 電子請求受付システム; this can take about a month."),
            N_("Check date and time of the terminal."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "TLS_CLIENT_CERT_DATES_DISPUTED",
        _FAIL,
        N_("{service}: the server speaks of an expired certificate; ours is valid until {not_after}."),
        (
            N_("Check date and time of the terminal."),
            N_("If they are right, tell the operator: the server's clock or revocation list is out of date."),
            N_("No new certificate is needed for this."),
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_CLIENT_CERT_NOT_YET_VALID",
        _FAIL,
        N_("{service}: the client certificate is valid only from {not_before}."),
        (N_("Check date, time and time zone of the terminal."), N_("Otherwise wait until that time.")),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_WRONG_PURPOSE",
        _FAIL,
        N_("{service}: the certificate shown is not made for client authentication."),
        (_KINDS,),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_UNKNOWN_CA",
        _FAIL,
        N_("{service}: the server does not know the issuer of the client certificate ({issuer})."),
        (
            _KINDS,
            N_("If it is the right one, install it again with its intermediate certificate."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_REVOKED",
        _FAIL,
        N_("{service}: the client certificate has been revoked."),
        (N_("Apply for a new certificate in the 電子請求受付システム."),),
        Actor.OFFICE,
    ),
    Reason(
        "TLS_CLIENT_CERT_BAD",
        _FAIL,
        N_("{service}: the server finds the client certificate damaged or not usable."),
        (
            N_("Download and install the certificate again."),
            _KINDS,
            N_("If nothing changes, tell the operator: the server's revocation list may be the cause."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_REJECTED",
        _FAIL,
        N_("{service}: the server rejects the client certificate and does not say why."),
        (
            N_("Check that it belongs to this office and is of the right kind."),
            _KINDS,
            N_("If it is, ask the operator of the service whether it is registered and not revoked."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_NOT_ASKED",
        _FAIL,
        N_("{service}: the server did not ask for a client certificate, though this service has to."),
        (
            N_("Check the address: this may be another server or an inspecting product."),
            N_("Exempt {host} from TLS inspection."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_NOT_SENT",
        _FAIL,
        N_("{service}: the server let us in without a client certificate; nothing is proved."),
        (N_("Install the client certificate (kaigo-gateway cert install) and check again."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_WITHHELD",
        _FAIL,
        N_("{service}: the certificate was not shown: the server takes none with this kind of key."),
        (
            _KINDS,
            N_("If it is the right one, tell the operator which signatures the server has to accept."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_CLIENT_CERT_PER_PATH",
        _FAIL,
        N_("{service}: the server refuses the page ({status}) without having asked for the certificate."),
        (N_("With TLS 1.3 a server cannot ask for the certificate after the request; tell its operator."),),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_CLIENT_CERT_WEAK",
        _FAIL,
        N_("{service}: the client certificate is signed with too weak a method (such as SHA-1)."),
        (N_("Have the certificate issued again; do not lower the security of the terminal."),),
        Actor.OFFICE,
    ),
    Reason(
        "TLS_CLIENT_CERT_UNUSABLE",
        _FAIL,
        N_("{service}: the client certificate cannot be used for TLS: {detail}."),
        (N_("Install the client certificate again (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
)
