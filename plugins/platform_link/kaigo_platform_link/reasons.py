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
        N_("This terminal runs {system}; the guidance known speaks of Windows 10/11 for the office."),
        (
            N_("Run this check again on the terminal that the office will use."),
            N_("An official table of systems and browsers is not known; ask the operator if in doubt."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_TERMINAL_WINDOWS_OLD",
        _WARN,
        N_("This terminal runs {system}, older than Windows 11."),
        (
            N_("LIFE, of the same operator, dropped Windows 10 in May 2026; plan for Windows 11."),
            N_("An official table of systems and browsers is not known; ask the operator if in doubt."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "PLATFORM_TERMINAL_NO_BROWSER",
        _WARN,
        N_("No usual browser was found on this terminal ({system}); the service is used in one."),
        (N_("Install Microsoft Edge or Google Chrome, or check on the terminal that the office will use."),),
        Actor.SUPPORTER,
    ),
    Reason("PLATFORM_APP_FOUND", _OK, N_("マイナ資格確認アプリ is installed (package {package}).")),
    Reason(
        "PLATFORM_APP_MISSING",
        _FAIL,
        N_("マイナ資格確認アプリ is not installed for this user (no package {package})."),
        (N_("Install it from the Microsoft Store and register this terminal in it."),),
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
        N_("The entry for 介護WEBサービス cannot be used: {detail}"),
        (N_("Correct [platform] (url, ca_file) or [network] in the site file."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_CERTIFICATE_MISSING",
        _FAIL,
        N_(
            "介護WEBサービス at {host} is reached and asks for a certificate; office {office} has none ready."
        ),
        (N_("Install the client certificate (kaigo-gateway cert install)."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "PLATFORM_CONNECTED",
        _OK,
        N_("介護WEBサービス at {host} accepted the office's certificate over {tls_version} (HTTP {status})."),
    ),
    Reason(
        "PLATFORM_BUSINESS_ERROR",
        _FAIL,
        N_("介護WEBサービス took the certificate but answered with an error in the body (key {key})."),
        (
            N_("Look the error up in the operator's guide; the connection itself is in order."),
            N_("If the answer is no error, change error_keys in [plugins.platform_link]."),
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "PLATFORM_CERTIFICATE_ENDS_SOON",
        _WARN,
        N_("The client certificate ends on {not_after}, in {days} days."),
        (
            N_("Apply for its renewal in the 電子請求受付システム now; a new issue can take about a month."),
            N_("After the end a new application is needed and no claim can be sent meanwhile."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "PLATFORM_SERVER_ISSUER_CHANGED",
        _WARN,
        N_("The certificate of {host} comes from {now}; at the last visit it came from {before}."),
        (
            N_("If the operator announced no change, a product on the way may be inspecting TLS."),
            N_("Enter the right issuer as [platform] expected_issuers in the site file."),
        ),
        Actor.NETWORK,
    ),
    Reason("PLATFORM_STEP_CONFIRMED", _OK, N_("Confirmed by {by} ({at}).")),
    Reason(
        "PLATFORM_STEP_NOT_DONE",
        _FAIL,
        N_("{by} said that this step is not done."),
        (
            N_("Do the step following the operator's guide, then run this check again."),
            N_("A step that does not apply is left out in [plugins.platform_link] steps."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "PLATFORM_CLOCK_SKEW",
        _WARN,
        N_("The terminal's clock is {skew} s off the server's (limit {limit} s)."),
        (N_("Set date, time and time zone of the terminal; switch automatic time on."),),
        Actor.SUPPORTER,
    ),
)
