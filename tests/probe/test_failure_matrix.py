"""Every row of the failure table from every peer that can produce it: the exact code; curl agrees."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from failure_matrix import BY_TEST, MATRIX, OLD, WHY, Cell, Switch, pages
from kaigo_gateway.probe import REASONS, ProxyChoice, Target, Trust, probe
from kaigo_gateway.probe.counterpart import (
    FAULTS,
    Reply,
    Throwaway,
    raw_server,
    serving,
    unused_port,
)
from kaigo_gateway.probe.counterpart._raw import silent
from peers import FILE, OPENSSL, OWN, SERVERS, Orders
from probe_rig import DAY, PATIENT, VARIANTS, Office, curl_reaches, missing
from proxy_matrix import PROXIES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "connectivity.md"
DRIVEN = [
    (code, peer) for code, row in MATRIX.items() for peer, cell in row.items() if isinstance(cell, Cell)
]
SWITCHED = [(code, cell.name) for code, row in MATRIX.items() if isinstance(cell := row[OWN], Switch)]


CURL_GOES_FURTHER = {("TLS_CLIENT_CERT_PER_PATH", "apache2")}
"""It authenticates after the handshake, as no browser does; the probe stays with the browsers."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


class Scene:
    """One cell with everything that stands around it, until the stack is closed."""

    def __init__(self, cell: Cell, peer: str, office: Office, folder: Path, stack: ExitStack) -> None:
        self.cell, self.peer, self.office, self.folder, self.stack = cell, peer, office, folder, stack
        self.ca = office.pki.root_pem
        self.places = {"silent": stack.enter_context(raw_server(silent)), "unused": unused_port()}

    def identity(self, crl_url: str):
        if self.cell.shown is None:
            return None
        return self.office.client(**VARIANTS[self.cell.shown], crl_url=crl_url)

    def pair(self):
        wrong = dict(self.cell.issue)
        pki = self.office.pki
        if wrong.pop("other", False):
            pki = Throwaway(self.folder / "other")
        if wrong.pop("inspector", False):
            pki = Throwaway(self.folder / "inspector", "TEST Kaspersky look-alike")
        certificate, key = pki.issue(**wrong)
        self.places |= {"cert": certificate, "key": key}
        return tuple(self.filled(each) for each in self.cell.pair or (str(certificate), str(key)))

    def filled(self, word):
        """``word`` with the names of places put in; other braces are the server's own."""
        if isinstance(word, tuple):
            return tuple(self.filled(each) for each in word)
        for name, place in self.places.items():
            word = word.replace(f"{{{name}}}", str(place)) if isinstance(word, str) else word
        return word

    def crl(self, identity, published: list[bytes]) -> Path | None:
        """The list that the server looks at; with ``publish`` the issuer's web server gives it too."""
        dates = {"old": {"begins": -9 * DAY, "ends": -DAY}, "future": {"begins": DAY}}.get(
            self.cell.crl or "", {}
        )
        if self.cell.crl is None:
            return None
        revoked = [identity.certificate] if self.cell.crl == "revoked" else []
        file = self.office.pki.crl(revoked, **dates)
        public = file if self.cell.publish else self.office.pki.crl([])
        published.append(x509.load_pem_x509_crl(public.read_bytes()).public_bytes(Encoding.DER))
        return file

    def clients(self) -> Path:
        """Whom the server trusts: with a list the chain, else the root, so that no chain is completed."""
        if self.cell.strangers:
            return Office(self.folder / "strangers").pki.root_pem
        return self.office.pki.chain_pem if self.cell.crl else self.office.pki.root_pem

    def start(self):
        published: list[bytes] = []
        web = self.stack.enter_context(
            serving(None, lambda _: Reply(200, published[0], "application/pkix-crl"))
        )
        identity = self.identity(f"http://127.0.0.1:{web}/list.crl" if self.cell.crl else "")
        pair = self.pair()
        orders = {name: self.filled(word) for name, word in self.cell.orders.items()}
        orders |= {"pair": pair, "client_ca": self.clients(), "crl": self.crl(identity, published)}
        port = self.stack.enter_context(SERVERS[self.peer](self.folder, Orders(**orders)))
        if self.cell.then:
            self.cell.then(self.folder)
        path = self.cell.path or (f"/{FILE}" if self.peer == OPENSSL else "/")
        return Target.parse(f"https://localhost:{port}{path}", tls13_only=True), identity


@pytest.mark.servers
@pytest.mark.parametrize(("code", "peer"), DRIVEN)
async def test_a_peer_brings_about_exactly_this_code(code, peer, office, tmp_path):
    if peer != OWN and missing(peer, "curl"):
        pytest.skip(f"{peer} or curl is not installed")
    with ExitStack() as stack:
        scene = Scene(MATRIX[code][peer], peer, office, tmp_path / "server", stack)
        target, identity = await asyncio.to_thread(scene.start)
        result = await probe(
            target, trust=Trust.pinned(scene.ca), identity=identity, limits=PATIENT, proxy=ProxyChoice("none")
        )
        agreed = await asyncio.to_thread(curl_reaches, target, scene.ca, identity)
    assert (result.code, REASONS[result.code].status.value) == (code, "ok" if code == "HTTP_OK" else "fail")
    reached = result.http is not None and result.http.status < 400
    assert agreed == (reached or (code, peer) in CURL_GOES_FURTHER)


@pytest.mark.servers
@pytest.mark.parametrize("peer", OLD)
async def test_a_server_that_stopped_at_tls_1_1_is_named_with_its_version(peer, office, tmp_path):
    """The second look goes below what the first allows: it shows nothing and trusts nobody."""
    if missing(peer):
        pytest.skip(f"{peer} is not installed")
    with ExitStack() as stack:
        scene = Scene(OLD[peer], peer, office, tmp_path / "server", stack)
        target, identity = await asyncio.to_thread(scene.start)
        result = await probe(target, trust=Trust.pinned(scene.ca), identity=identity, limits=PATIENT)
    assert (result.code, result.seen["offered"]) == ("TLS_VERSION_SERVER_OLD", "TLS 1.1")
    assert not result.tls.sent


@pytest.mark.parametrize(("code", "fault"), SWITCHED)
def test_the_own_rig_has_the_switch_of_the_row(code, fault):
    """They are driven one by one in test_failure_table.py and, with curl, in test_servers.py."""
    assert FAULTS[fault] == code


def test_every_reason_code_of_the_probe_has_its_row():
    assert {*MATRIX, *PROXIES} == {reason.code for reason in REASONS}
    assert not {*MATRIX} & {*PROXIES}


def test_every_cell_is_driven_or_says_why_not():
    for row in (*MATRIX.values(), *PROXIES.values()):
        for cell in row.values():
            assert not isinstance(cell, str) or cell in WHY or len(cell) > 10
    unseen = {code for code, row in MATRIX.items() if all(isinstance(cell, str) for cell in row.values())}
    assert unseen == BY_TEST


def test_every_switch_of_the_sandbox_stands_in_a_row():
    shown = {
        cell.name
        for row in (*MATRIX.values(), *PROXIES.values())
        for cell in row.values()
        if isinstance(cell, Switch)
    }
    assert set(FAULTS) - shown == {"client_ca_unknown", "client_other_ca"}  # two more ways to one code


def test_the_page_shows_these_tables():
    """``python tests/probe/failure_matrix.py`` writes them."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in pages().items():
        assert f"<!-- table {name} -->\n{table}<!-- end {name} -->" in text
