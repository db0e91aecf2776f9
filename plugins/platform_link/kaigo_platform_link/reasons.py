"""Reason codes of the platform link; network codes stand in ``kaigo_gateway.probe.reasons``."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_FAIL, _WARN, _OK = Status.FAIL, Status.WARN, Status.OK

REASONS: Final = ReasonBook("kaigo_platform_link").add(
    Reason("PLATFORM_TERMINAL_OK", _OK, N_("This terminal ({system}) fits: TLS 1.3 is available.")),
    Reason(
        "PLATFORM_TERMINAL_OTHER_SYSTEM",
        _WARN,
        N_(
            "This terminal runs {system}; the guidance known speaks of Windows 10/11 for the office's terminal."
        ),
        (
            N_("Run this check again on the terminal that the office will use."),
            N_("An official table of systems and browsers is not known; ask the operator if in doubt."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_TERMINAL_NO_TLS13",
        _FAIL,
        N_("This terminal ({system}) offers no TLS 1.3, which 介護WEBサービス requires."),
        (N_("Update the operating system and this program."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_ENDPOINT_MISSING",
        _FAIL,
        N_("The address of 介護WEBサービス is not entered, so the connection cannot be checked."),
        (
            N_("Enter the address from the operator's guide as [platform] url in the site file."),
            N_("None is built in, because the operator has published none for programs."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_ENDPOINT_INVALID",
        _FAIL,
        N_("The address {url} of 介護WEBサービス is not a usable https:// address."),
        (N_("Correct [platform] url in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_CERTIFICATE_MISSING",
        _FAIL,
        N_("No client certificate of office {office} is in the vault to show to 介護WEBサービス."),
        (N_("Install the client certificate (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_CONNECTED",
        _OK,
        N_("介護WEBサービス at {host} accepted the office's certificate over {tls_version} (HTTP {status})."),
    ),
    Reason(
        "PLATFORM_CLOCK_SKEW",
        _WARN,
        N_("The terminal's clock is {skew} s off the server's (limit {limit} s)."),
        (N_("Set date, time and time zone of the terminal; switch automatic time on."),),
        Actor.SUPPORTER,
    ),
)
