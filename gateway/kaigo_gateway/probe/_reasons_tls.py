"""Reason codes of the TLS handshake and of the server's certificate."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL: Final = Status.FAIL
_EXEMPT: Final = N_(
    "Exempt {host} from TLS inspection in the security product: inspection breaks client certificates."
)
_ASK_OPERATOR: Final = N_("Tell the operator of the service; nothing has to be changed at the office.")

REASONS: Final = (
    Reason(
        "TLS_TIMEOUT",
        _FAIL,
        N_("{service}: {host}:{port} connects but does not answer the TLS greeting ({seconds} s)."),
        (
            N_("A middlebox may hold the connection back: try without it, or over another line."),
            N_("If it stays so over another line, the service is overloaded: ask its operator."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_RESET",
        _FAIL,
        N_("{service}: the connection was cut during the TLS greeting (reset)."),
        (N_("A firewall filters by host name: exempt {host}."), _EXEMPT),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_CLOSED",
        _FAIL,
        N_("{service}: the connection was closed during the TLS greeting, without a reason."),
        (N_("A firewall filters by host name: exempt {host}."), _EXEMPT),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_NOT_TLS",
        _FAIL,
        N_("{service}: what answers at {host}:{port} does not speak TLS."),
        (N_("Check the port in the address; the usual one is 443."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_PLAIN_HTTP",
        _FAIL,
        N_("{service}: {host}:{port} speaks plain HTTP, not HTTPS."),
        (N_("Check the port in the address; the usual one is 443."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAPTIVE_PORTAL",
        _FAIL,
        N_("{service}: a login page of the network ({portal}) stands before the Internet."),
        (
            N_("Open any web page in the browser and sign in to the network."),
            N_("Better use a line without such a page for this work."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "TLS_VERSION_SERVER_OLD",
        _FAIL,
        N_("{service}: the server offers {offered} at most; {wanted} is required."),
        (
            N_("A proxy or security product between may lower the version: exempt {host} from it."),
            _ASK_OPERATOR,
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_VERSION_CLIENT_OLD",
        _FAIL,
        N_("{service}: the server wants a newer TLS version than this terminal offers."),
        (N_("Update the operating system and this program; TLS 1.3 must be on."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_VERSION_REFUSED",
        _FAIL,
        N_("{service}: terminal and server have no TLS version in common."),
        (N_("Exempt {host} from TLS inspection."), N_("Check the TLS settings of the terminal.")),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_NO_COMMON_CIPHER",
        _FAIL,
        N_("{service}: terminal and server have no cipher in common."),
        (_EXEMPT, _ASK_OPERATOR),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_NAME_UNKNOWN",
        _FAIL,
        N_("{service}: the server does not know the name {host}."),
        (N_("Check the host name in the address."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_SERVER_CERT_EXPIRED",
        _FAIL,
        N_("{service}: the server's certificate has ended on {not_after}."),
        (N_("Check date and time of the terminal first."), _ASK_OPERATOR),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_SERVER_CERT_NOT_YET_VALID",
        _FAIL,
        N_("{service}: the server's certificate begins only on {not_before}."),
        (N_("Check date and time of the terminal first."), _ASK_OPERATOR),
        Actor.OPERATOR,
    ),
    Reason(
        "CLOCK_WRONG",
        _FAIL,
        N_("{service}: the terminal's clock is {skew} s off, so certificates look invalid."),
        (
            N_("Set date, time and time zone of the terminal; switch automatic time on."),
            N_("Run the check again."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_SERVER_CA_UNKNOWN",
        _FAIL,
        N_("{service}: the issuer of the server's certificate is not trusted here: {issuer}."),
        (
            N_("If the service has its own CA, enter its file in the site file (ca_file)."),
            _EXEMPT,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_SERVER_CHAIN_INCOMPLETE",
        _FAIL,
        N_("{service}: the server sent one certificate only, and its issuer is not known here: {issuer}."),
        (
            N_("Either the server forgets its intermediate certificate (browsers may hide that)."),
            N_("Or its issuer is not trusted here: enter the CA file in the site file (ca_file)."),
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_SERVER_SELF_SIGNED",
        _FAIL,
        N_("{service}: the server shows a self-signed certificate: {issuer}."),
        (N_("Check the address; a router or security product may be answering instead."), _EXEMPT),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_SERVER_ROOT_UNTRUSTED",
        _FAIL,
        N_("{service}: the server's chain ends in a root that is not trusted here: {issuer}."),
        (
            N_("Security software that inspects TLS often does this."),
            _EXEMPT,
            N_("If the service has its own CA, enter its file in the site file (ca_file)."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_INSPECTED",
        _FAIL,
        N_("{service}: the connection is opened on the way; the certificate comes from {issuer}."),
        (_EXEMPT, N_("If {issuer} is the right issuer, enter it in the site file (expected_issuers).")),
        Actor.NETWORK,
    ),
    Reason(
        "TLS_SERVER_NAME_MISMATCH",
        _FAIL,
        N_("{service}: the server's certificate is not for {host}, but for {names}."),
        (
            N_("Check the host name in the address."),
            N_("Check the hosts file and the DNS: another machine may be answering."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "TLS_SERVER_CERT_INVALID",
        _FAIL,
        N_("{service}: the server's certificate is not valid: {detail}."),
        (_EXEMPT, _ASK_OPERATOR),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_SERVER_ERROR",
        _FAIL,
        N_("{service}: the server broke the TLS greeting off with {alert}."),
        (N_("Run the check again later."), _ASK_OPERATOR),
        Actor.OPERATOR,
    ),
    Reason(
        "TLS_FAILED",
        _FAIL,
        N_("{service}: the TLS greeting failed: {detail}."),
        (_EXEMPT, N_("Send this report to the supporter's help desk.")),
        Actor.SUPPORTER,
    ),
)
