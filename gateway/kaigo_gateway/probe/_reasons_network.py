"""Reason codes from the name to the open connection: resolve, connect, proxy."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_FAIL: Final = Status.FAIL
_PROXY_SETTING: Final = N_("Check the proxy in the site file ([network] proxy) or in the system settings.")
_OPEN: Final = N_("Allow outgoing connections to {host}:{port} in the firewall or router.")

REASONS: Final = (
    Reason(
        "DNS_NOT_FOUND",
        _FAIL,
        N_("{service}: the name {host} is not known."),
        (
            N_("Check the address in the site file for a typing error."),
            N_("Open another site in the browser: if that fails too, the line or its DNS is down."),
            N_("On a closed network, ask the network manager to resolve {host}."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "DNS_NO_ANSWER",
        _FAIL,
        N_("{service}: no DNS server answered for {host}."),
        (
            N_("Check that the terminal is connected to the Internet."),
            N_("Check the DNS servers in the network settings or the router."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "TCP_REFUSED",
        _FAIL,
        N_("{service}: {host}:{port} refuses the connection."),
        (
            N_("Check the port in the address; the usual one is 443."),
            N_("Check whether security software on the terminal or the router blocks {host}:{port}."),
            N_("If other terminals are refused too, the service may be stopped: ask its operator."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "TCP_TIMEOUT",
        _FAIL,
        N_("{service}: {host}:{port} does not answer within {seconds} s."),
        (_OPEN, N_("If the office uses a proxy, enter it in the site file ([network] proxy).")),
        Actor.NETWORK,
    ),
    Reason(
        "TCP_UNREACHABLE",
        _FAIL,
        N_("{service}: there is no way to {host}:{port} from this network ({detail})."),
        (N_("Check that the terminal is connected to the Internet."), _OPEN),
        Actor.NETWORK,
    ),
    Reason(
        "TCP_RESET",
        _FAIL,
        N_("{service}: the connection to {host}:{port} was cut at once."),
        (N_("A firewall or security product cuts it: exempt {host}:{port}."),),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_NOT_FOUND",
        _FAIL,
        N_("{service}: the name of the proxy {proxy} is not known."),
        (_PROXY_SETTING,),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_REFUSED",
        _FAIL,
        N_("{service}: the proxy {proxy} refuses the connection."),
        (_PROXY_SETTING, N_("Check that the proxy is running.")),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_UNREACHABLE",
        _FAIL,
        N_("{service}: the proxy {proxy} cannot be reached."),
        (_PROXY_SETTING, N_("Check that the terminal is in the network of the proxy.")),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_AUTH_REQUIRED",
        _FAIL,
        N_("{service}: the proxy {proxy} wants a user name and password (407)."),
        (
            N_("Ask the network manager for an account, or for an exemption of {host}."),
            N_('Enter it as [network] proxy = "http://user@host:port" and proxy_password.'),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_AUTH_REJECTED",
        _FAIL,
        N_("{service}: the proxy {proxy} does not accept the user name and password ({status})."),
        (
            N_("Check user name and password; they were tried once only, so no account is locked by this."),
            N_("Ask the network manager for an exemption of {host}."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_AUTH_UNSUPPORTED",
        _FAIL,
        N_("{service}: the proxy {proxy} accepts only {schemes}; this program speaks Basic."),
        (
            N_("Ask the network manager to let {host}:{port} through without authentication."),
            N_("Check in the browser: it can speak the schemes of Windows."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_DENIED",
        _FAIL,
        N_("{service}: the proxy {proxy} forbids {host}:{port} (403)."),
        (N_("Ask the network manager to allow CONNECT to {host}:{port}."),),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_UPSTREAM",
        _FAIL,
        N_("{service}: the proxy {proxy} cannot reach {host}:{port} ({status})."),
        (
            N_("Ask the network manager whether the proxy may reach and resolve {host}."),
            N_("If it may, the service itself may be down: ask its operator."),
        ),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_SILENT",
        _FAIL,
        N_("{service}: the proxy {proxy} takes the connection and then says nothing for {seconds} s."),
        (_PROXY_SETTING, N_("Ask the network manager to look at the proxy's log for {host}.")),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_CLOSED",
        _FAIL,
        N_("{service}: the proxy {proxy} closes the connection without an answer."),
        (_PROXY_SETTING, N_("Ask the network manager to look at the proxy's log for {host}.")),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_NOT_A_PROXY",
        _FAIL,
        N_("{service}: what answers at {proxy} is not an HTTP proxy."),
        (_PROXY_SETTING,),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_ERROR",
        _FAIL,
        N_("{service}: the proxy {proxy} answered {status}."),
        (N_("Ask the network manager to look at the proxy's log for {host}."),),
        Actor.NETWORK,
    ),
    Reason(
        "PAC_UNREADABLE",
        _FAIL,
        N_("{service}: the proxy script (PAC) {pac} cannot be used: {detail}."),
        (N_("Ask the network manager for a working script, or enter the proxy itself in the site file."),),
        Actor.NETWORK,
    ),
    Reason(
        "PAC_TIMEOUT",
        _FAIL,
        N_("{service}: the proxy script (PAC) {pac} does not come to an end within {seconds} s."),
        (N_("Ask the network manager for a working script, or enter the proxy itself in the site file."),),
        Actor.NETWORK,
    ),
    Reason(
        "PROXY_KIND_UNSUPPORTED",
        _FAIL,
        N_("{service}: the proxy {proxy} is of a kind that this program does not speak."),
        (N_('Enter an HTTP proxy in the site file ([network] proxy = "http://host:port").'),),
        Actor.NETWORK,
    ),
)
