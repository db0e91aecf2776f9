"""Proofs: what the browser got, and what was noticed while watching."""

# ruff: noqa: E501 - one sentence stays one line

from __future__ import annotations

from kaigo_certs._i18n import N_
from kaigo_certs.texts._text import Text

_RESTART = N_("Close every browser window, start the browser again and repeat.")
_INSPECT = N_("Run cert inspect: the server's refusal alone does not say why.")

TEXTS = (
    Text("BROWSER_LOGGED_IN", "ok", N_("The browser opened {origin} with the certificate (HTTP {status}, {ms} ms).")),
    Text(
        "BROWSER_CHOOSER", "fail",
        N_("The browser stayed silent for {seconds} seconds at {origin}: it waits for someone to choose a certificate, so the selection policy does not match, or the store asks for a password."),
        (
            N_("Write the policy for exactly this address: cert install --origin {origin}."),
            N_("Firefox has no such policy: let the profile choose by itself, with cert install --firefox-profile."),
            _RESTART,
        ),
        "supporter",
    ),
    Text(
        "BROWSER_NO_CERTIFICATE", "fail",
        N_("The browser offered no certificate at {origin} ({error}), or the server refused it."),
        (_RESTART, _INSPECT, N_("An expired certificate is not offered either: cert list shows the days left.")), "supporter",
    ),
    Text(
        "BROWSER_BROKEN_OFF", "fail",
        N_("The connection to {origin} was broken off ({error}): by a server that refuses without a word, or by something between."),
        (N_("Run cert verify --url: the staged connection shows whether a certificate was asked for and sent."), _RESTART), "supporter",
    ),
    Text(
        "BROWSER_SERVER_UNKNOWN", "fail", N_("The browser does not trust the server at {origin} ({error})."),
        (N_("Install the server's authority, or find out who inspects the connection."),), "network",
    ),
    Text(
        "BROWSER_NOT_REACHED", "fail", N_("The browser did not reach {origin} ({error})."),
        (N_("Check the address, the proxy and the firewall with: check platform."),), "network",
    ),
    Text(
        "BROWSER_HTTP", "fail", N_("The page at {origin} answered HTTP {status}: {text}"),
        (_INSPECT, N_("Show the answer to the operator of the service.")), "supporter",
    ),
    Text(
        "BROWSER_MARKER_MISSING", "fail", N_("The page at {origin} opened, but does not show the expected text {marker}."),
        (N_("Compare the screenshot with the page you expect."),), "supporter",
    ),
    Text(
        "BROWSER_MISSING", "skip",
        N_("No such browser ({browser}) was found on this computer; the proof by a browser was left out."),
    ),
    Text(
        "BROWSER_PROFILE", "fail", N_("The Firefox profile {path} cannot be used for the proof: {why}."),
        (N_("Name the profile's folder: --store nss:FOLDER (about:support in Firefox shows it)."),), "supporter",
    ),
    Text(
        "BROWSER_DID_NOT_START", "fail", N_("The browser did not start: {why}."),
        (N_("Start it once by hand and look at its messages."),), "supporter",
    ),
    Text(
        "CERT_NOTICE", "warn", N_("Office {office_number}: the certificate ends on {not_after}, in {days_left} days."),
        (N_("Renew it now in 電子請求受付システム; after the last day a new application is needed."),), "office",
    ),
    Text(
        "CERT_LAPSED", "fail", N_("Office {office_number}: the certificate ended on {not_after}."),
        (N_("Apply for a new certificate in 電子請求受付システム; an issue can take up to about a month."),), "office",
    ),
    Text("CERT_LISTED", "ok", N_("Office {office_number}: valid until {not_after}, {days_left} days left.")),
    Text("CERT_NONE", "ok", N_("The vault holds no certificate.")),
)  # fmt: skip
