"""Reason codes of the HTTP answer."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL: Final = Status.FAIL
_ADDRESS: Final = N_("Check the address in the site file.")
_LATER: Final = N_("Run the check again later.")
_TELL: Final = N_("If it stays so, tell the operator of the service.")

REASONS: Final = (
    Reason("HTTP_OK", Status.OK, N_("{service} answered over TLS ({status}).")),
    Reason(
        "HTTP_NO_ANSWER",
        _FAIL,
        N_("{service}: the server closed the connection without an answer."),
        (
            N_("Check the client certificate: some servers reject one without saying so."),
            _LATER,
            _TELL,
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "HTTP_TIMEOUT",
        _FAIL,
        N_("{service}: the server does not answer the request within {seconds} s."),
        (_LATER, _TELL),
        Actor.OPERATOR,
    ),
    Reason(
        "HTTP_RESET",
        _FAIL,
        N_("{service}: the connection was cut during the request."),
        (_LATER, N_("Exempt {host} from inspection in the security product.")),
        Actor.NETWORK,
    ),
    Reason(
        "HTTP_NOT_HTTP",
        _FAIL,
        N_("{service}: what answers is not HTTP."),
        (_ADDRESS,),
        Actor.SUPPORTER,
    ),
    Reason(
        "HTTP_BAD_REQUEST",
        _FAIL,
        N_("{service}: the server finds the request wrong (400)."),
        (_ADDRESS, _TELL),
        Actor.SUPPORTER,
    ),
    Reason(
        "HTTP_UNAUTHORIZED",
        _FAIL,
        N_("{service}: the server wants a login (401); the certificate itself was accepted."),
        (N_("Check the office's ID and password in the browser, once; wrong entries lock the account."),),
        Actor.OFFICE,
    ),
    Reason(
        "HTTP_FORBIDDEN",
        _FAIL,
        N_("{service}: the server refuses access (403)."),
        (
            N_("Check the rights of the user, and that the certificate belongs to this office."),
            _TELL,
        ),
        Actor.OFFICE,
    ),
    Reason(
        "HTTP_NOT_FOUND",
        _FAIL,
        N_("{service}: the server does not know this path (404)."),
        (_ADDRESS,),
        Actor.SUPPORTER,
    ),
    Reason(
        "HTTP_SERVER_ERROR",
        _FAIL,
        N_("{service}: the server has a fault of its own ({status})."),
        (_LATER, _TELL),
        Actor.OPERATOR,
    ),
    Reason(
        "HTTP_MAINTENANCE",
        _FAIL,
        N_("{service} is out of service for the moment (503); try again: {retry_after}."),
        (N_("Look at the operator's notices for maintenance times."), _LATER),
        Actor.OPERATOR,
    ),
    Reason(
        "HTTP_BUSY",
        _FAIL,
        N_("{service}: the server limits requests for the moment (429); try again: {retry_after}."),
        (_LATER,),
        Actor.OPERATOR,
    ),
    Reason(
        "HTTP_UNEXPECTED",
        _FAIL,
        N_("{service}: the server gave an unexpected answer ({status})."),
        (_ADDRESS, _TELL),
        Actor.SUPPORTER,
    ),
)
