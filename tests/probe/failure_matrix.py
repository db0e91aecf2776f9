"""Every reason code of the probe against every kind of peer: how it is driven there, or why it cannot be.

The page docs/connectivity.md shows this table; ``python tests/probe/failure_matrix.py`` writes it there. A
cell is a :class:`Cell` (driven in test_failure_matrix.py) or one of the reasons in :data:`WHY`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaigo_gateway.probe import REASONS
from kaigo_gateway.probe.counterpart import FAULTS
from kaigo_gateway.probe.counterpart._throwaway import CLIENT
from peers import APACHE, NGINX, OPENSSL, OWN, PEERS, freeze, kill_soon
from probe_rig import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WHY = {
    "a": "decided before any server is reached: see the table of the network below",
    "b": "decided on the terminal before a connection is made; tested on its own",
    "c": "a matter of the proxy: see the table of the proxies below",
    "d": "answers every greeting with HTTP, so that the code is `TLS_PLAIN_HTTP`",
    "e": "speaks nothing but TLS on its port",
    "f": "sends an alert or a page whenever it ends a greeting itself",
    "g": "nginx sends no alert for a certificate; its one page is explained by the certificate itself and by "
    "the issuer's list, and neither tells of this",
    "h": "has no setting for it",
    "i": "always answers in HTTP",
    "j": "always closes in the proper way",
    "k": "has no page at `/`, which is all that the second look asks for",
    "l": "always has a version or an alert in common with the second look, so that the side is named",
    "m": "always names its reason by an alert",
    "n": "Python's `ssl` has no setting for it",
}


@dataclass(frozen=True)
class Cell:
    """How one peer is brought to it. ``issue``: what is wrong with its certificate; ``shown``: with ours."""

    issue: Mapping[str, Any] = field(default_factory=dict)
    shown: str | None = "good"
    orders: Mapping[str, Any] = field(default_factory=dict)
    crl: str | None = None
    strangers: bool = False
    """The peer trusts other clients: it would complete its own chain from what it trusts."""
    publish: bool = False
    """The issuer publishes its revocation list."""
    then: Callable[[Path], None] | None = None
    pair: tuple[str, str] | None = None
    path: str | None = None


@dataclass(frozen=True)
class Switch:
    """Driven by this fault switch of the sandbox."""

    name: str


def at_all(cell: Cell, own: str | None = None, **changed: Cell | str) -> dict[str, Cell | Switch | str]:
    """The same cell for every peer but those in ``changed``; ``own`` is a fault switch."""
    row: dict[str, Cell | Switch | str] = dict.fromkeys(PEERS, cell)
    return row | ({OWN: Switch(own)} if own else {}) | {_PEER[name]: each for name, each in changed.items()}


_PEER = {"own": OWN, "nginx": NGINX, "apache": APACHE, "openssl": OPENSSL}


def extra(own: Any = "", nginx: str = "", apache: str = "", openssl: tuple[str, ...] = (), **orders: Any):
    """One setting in the words of each peer."""
    words = {"own": own, "nginx": nginx, "apache": apache, "openssl": openssl}
    return {name: Cell(orders={"extra": word, **orders}) for name, word in words.items() if word}


def answering(status: int, own: str, **headers: str):
    """A row of an HTTP status."""
    return at_all(Cell(orders={"status": status, "headers": headers}), own)


def wrongly_issued(own: str, **wrong: Any):
    """A row of the server's own certificate."""
    return at_all(Cell(issue=wrong, strangers=True), own)


def refused(own: str, shown: str):
    """A row of a client certificate that every server refuses."""
    return at_all(Cell(shown=shown), own)


def nowhere(why: str, own: str | None = None):
    """A row that no peer takes part in."""
    return dict.fromkeys(PEERS, why) | ({OWN: Switch(own)} if own else {})


_PORTAL = {"Location": "http://login.example/"}
_OLD_WORDS = extra(
    nginx="ssl_ciphers ALL:@SECLEVEL=0;", apache="SSLCipherSuite ALL:@SECLEVEL=0",
    openssl=("-cipher", "ALL:@SECLEVEL=0"), tls="TLSv1.1",
)  # fmt: skip
OLD = {_PEER[name]: cell for name, cell in _OLD_WORDS.items()}
"""Servers that stopped at TLS 1.1."""
_CCM = extra(
    nginx="ssl_conf_command Ciphersuites TLS_AES_128_CCM_SHA256;",
    apache="SSLOpenSSLConfCmd Ciphersuites TLS_AES_128_CCM_SHA256",
    openssl=("-ciphersuites", "TLS_AES_128_CCM_SHA256"),
)
_OTHER_KEYS = extra(
    nginx="ssl_conf_command ClientSignatureAlgorithms rsa_pss_rsae_sha256;",
    apache="SSLOpenSSLConfCmd ClientSignatureAlgorithms rsa_pss_rsae_sha256",
    openssl=("-client_sigalgs", "rsa_pss_rsae_sha256"),
)
_NO_OCSP = (
    "SSLOCSPEnable leaf\nSSLOCSPDefaultResponder http://127.0.0.1:{unused}/\nSSLOCSPOverrideResponder on"
)
_SERVER_NAME = ("-servername", "other.example", "-servername_fatal", "-cert2", "{cert}", "-key2", "{key}")
_TO_SILENCE = "location /x { proxy_pass http://127.0.0.1:{silent}; }"
_KILLED = Cell(then=kill_soon)

MATRIX: dict[str, dict[str, Cell | Switch | str]] = {
    "HTTP_OK": at_all(Cell(), "none"),
    "DNS_NOT_FOUND": nowhere("a", "dns"),
    "DNS_NO_ANSWER": nowhere("a"),
    "TCP_REFUSED": nowhere("a", "refused"),
    "TCP_TIMEOUT": nowhere("a", "tcp_silent"),
    "TCP_UNREACHABLE": nowhere("a"),
    "TCP_RESET": nowhere("a"),
    "TLS_TIMEOUT": at_all(Cell(then=freeze), "tls_silent"),
    "TLS_RESET": at_all(_KILLED, "tls_reset"),
    "TLS_CLOSED": at_all(
        Cell(), "tls_closed", apache="f", openssl="f",
        nginx=Cell(orders={"plain": True, "extra": "error_page 400 /x; location /x { return 444; }"}),
    ),
    "TLS_NOT_TLS": nowhere("d", "not_tls") | {OPENSSL: "e"},
    "TLS_PLAIN_HTTP": at_all(Cell(orders={"plain": True}), "plain_http", openssl="e"),
    "CAPTIVE_PORTAL": at_all(
        Cell(orders={"plain": True, "status": 302, "headers": _PORTAL}), "captive_portal", openssl="k"
    ),
    "TLS_VERSION_SERVER_OLD": at_all(Cell(orders={"tls": "TLSv1.2"}), "tls12_only"),
    "TLS_VERSION_CLIENT_OLD": nowhere("b"),
    "TLS_VERSION_REFUSED": nowhere("l", "version_refused"),
    "TLS_NO_COMMON_CIPHER": at_all(Cell(), "no_common_cipher", **_CCM),
    "TLS_NAME_UNKNOWN": at_all(
        Cell(), "name_unknown", nginx=Cell(orders={"extra": "ssl_reject_handshake on;"}), apache="h",
        openssl=Cell(orders={"extra": _SERVER_NAME}),
    ),
    "TLS_SERVER_ERROR": at_all(
        Cell(), "tls_server_error", nginx=Cell(pair=("/nowhere/$ssl_server_name.pem", "{key}")), apache="h",
        openssl="h",
    ),
    "TLS_FAILED": nowhere("h", "tls_failed"),
    "TLS_SERVER_CERT_EXPIRED": wrongly_issued("server_expired", begins=-9 * DAY, ends=-DAY),
    "TLS_SERVER_CERT_NOT_YET_VALID": wrongly_issued("server_not_yet_valid", begins=DAY),
    "CLOCK_WRONG": at_all(
        Cell(issue={"begins": 3 * DAY, "ends": 300 * DAY}, orders={"verify": "off", "ahead": 4 * DAY}),
        "clock", openssl="k",
    ),
    "TLS_SERVER_SELF_SIGNED": wrongly_issued("server_self_signed", self_signed=True),
    "TLS_SERVER_ROOT_UNTRUSTED": wrongly_issued("server_root_untrusted", stranger=True, with_root=True),
    "TLS_SERVER_CHAIN_INCOMPLETE": wrongly_issued("server_no_intermediate", chain=False),
    "TLS_SERVER_CA_UNKNOWN": wrongly_issued("server_ca_unknown", other=True),
    "TLS_INSPECTED": wrongly_issued("inspected", inspector=True, with_root=True),
    "TLS_SERVER_NAME_MISMATCH": wrongly_issued("hostname", common="other.example"),
    "TLS_SERVER_CERT_INVALID": wrongly_issued("server_invalid", usage=CLIENT),
    "TLS_CLIENT_CERT_REQUIRED": at_all(Cell(shown=None)),
    "TLS_CLIENT_CERT_WITHHELD": at_all(Cell(), own="") | {OWN: "n"} | {
        _PEER[name]: cell for name, cell in _OTHER_KEYS.items()
    },
    "TLS_CLIENT_CERT_EXPIRED": refused("client_expired", "expired"),
    "TLS_CLIENT_CERT_NOT_YET_VALID": refused("client_not_yet_valid", "not_yet_valid"),
    "TLS_CLIENT_CERT_WRONG_PURPOSE": refused("client_wrong_purpose", "wrong_purpose"),
    "TLS_CLIENT_CERT_UNKNOWN_CA": refused("client_no_chain", "without_chain"),
    "TLS_CLIENT_CERT_REVOKED": at_all(
        Cell(crl="revoked"), "client_revoked", nginx=Cell(crl="revoked", publish=True)
    ),
    "TLS_CLIENT_CERT_DATES_DISPUTED": at_all(
        Cell(crl="old"), "client_list_expired", nginx="g",
        apache="Apache says `certificate_unknown` for it: `TLS_CLIENT_CERT_REJECTED`",
    ),
    "TLS_CLIENT_CERT_BAD": at_all(Cell(crl="future"), "client_bad", nginx="g"),
    "TLS_CLIENT_CERT_REJECTED": at_all(
        Cell(crl="revoked"), "client_refused_page", openssl="m",
        apache=Cell(orders={"extra": _NO_OCSP}),
    ),
    "TLS_CLIENT_CERT_NOT_ASKED": at_all(Cell(orders={"verify": "off"}), "client_not_asked"),
    "TLS_CLIENT_CERT_NOT_SENT": at_all(Cell(shown=None, orders={"verify": "optional"})),
    "TLS_CLIENT_CERT_PER_PATH": at_all(
        Cell(orders={"verify": "off", "status": 403}), "client_per_path",
        apache=Cell(orders={"verify": "off", "extra": "<Location />\nSSLVerifyClient require\n</Location>"}),
    ),
    "TLS_CLIENT_CERT_WEAK": nowhere("b", "client_weak"),
    "TLS_CLIENT_CERT_UNUSABLE": nowhere("b"),
    "HTTP_NO_ANSWER": at_all(
        Cell(orders={"status": 444}), "http_closed", apache="i", openssl=Cell(orders={"answer": b""})
    ),
    "HTTP_TIMEOUT": at_all(
        Cell(), "http_silent", nginx=Cell(orders={"extra": _TO_SILENCE}, path="/x"),
        apache=Cell(orders={"extra": "ProxyPass / http://127.0.0.1:{silent}/"}), openssl="h",
    ),
    "HTTP_RESET": at_all(
        Cell(), "http_reset", nginx=Cell(orders={"status": 444, "extra": "reset_timedout_connection on;"}),
        apache="j", openssl="j",
    ),
    "HTTP_NOT_HTTP": nowhere("i", "http_not_http") | {OPENSSL: Cell(orders={"answer": b"220 simulated\r\n"})},
    "HTTP_BAD_REQUEST": answering(400, "http_400"),
    "HTTP_UNAUTHORIZED": answering(401, "http_401"),
    "HTTP_FORBIDDEN": answering(403, "http_403"),
    "HTTP_NOT_FOUND": answering(404, "http_404"),
    "HTTP_BUSY": answering(429, "http_429", **{"Retry-After": "30"}),
    "HTTP_UNEXPECTED": answering(409, "http_unexpected"),
    "HTTP_SERVER_ERROR": answering(500, "http_500"),
    "HTTP_MAINTENANCE": answering(503, "maintenance", **{"Retry-After": "3600"}),
}  # fmt: skip
"""Reason code, then peer, then how it is driven or why not. The codes of the proxy stand in proxy_matrix."""

BY_TEST = {
    "DNS_NO_ANSWER", "TCP_UNREACHABLE", "TCP_RESET", "TLS_VERSION_CLIENT_OLD", "TLS_CLIENT_CERT_UNUSABLE",
}  # fmt: skip
"""Codes with no cell at all, driven by tests of their own (network namespace, terminal)."""


def table(rows: Mapping[str, Mapping[str, object]], columns: tuple[str, ...]) -> str:
    """A table in Markdown: reason codes down, peers across."""
    lines = [f"| reason code | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| `{code}` | {' | '.join(shown(row[column]) for column in columns)} |" for code, row in rows.items()
    ]
    return "\n".join(lines) + "\n"


def shown(cell: object) -> str:
    """A cell for the page: the switch, the word *driven*, or why not."""
    if isinstance(cell, Switch):
        return f"`{cell.name}`"
    return cell if isinstance(cell, str) else "driven"


def pages() -> dict[str, str]:
    """The tables of the page, each by the name of its place there."""
    from proxy_matrix import KINDS, PROXIES
    from test_network_namespace import SCENES

    why = "".join(f"- **{sign}**: {text}\n" for sign, text in WHY.items())
    network = "| the network | reason code |\n|---|---|\n"
    network += "".join(f"| {scene.told} | `{scene.code}` |\n" for scene in SCENES.values())
    return {
        "switches": switches(),
        "servers": f"{table(MATRIX, PEERS)}\n{why}",
        "proxies": table(PROXIES, KINDS),
        "network": network,
    }


def switches() -> str:
    """Every fault switch with its code and what is to be done first."""
    named = [(fault, REASONS[code]) for fault, code in FAULTS.items() if fault != "none"]
    rows = [
        f"| `{fault}` | `{reason.code}` | {reason.actor} | {reason.steps[0]} |\n" for fault, reason in named
    ]
    return "".join(["| switch | reason code | who acts | first step |\n|---|---|---|---|\n", *rows])


def write(page: Path) -> None:
    """Put the tables into their places on the page."""
    text = page.read_text(encoding="utf-8")
    for name, content in pages().items():
        begin, end = f"<!-- table {name} -->\n", f"<!-- end {name} -->\n"
        before, _, rest = text.partition(begin)
        text = before + begin + content + end + rest.partition(end)[2]
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import failure_matrix  # the classes of the other tables are of that module, not of this program

    failure_matrix.write(Path(__file__).resolve().parents[2] / "docs" / "connectivity.md")
