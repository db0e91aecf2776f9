"""Before the certificate has come: both connections are judged alike as far as they go; nothing is proved."""

import asyncio
import secrets
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from kaigo_careplan_link import plugin as careplan
from kaigo_careplan_link.reasons import REASONS as CAREPLAN
from kaigo_gateway import Gateway
from kaigo_gateway.model.results import Actor, Stage, Status
from kaigo_gateway.probe import ProbeResult, Target, TlsFacts
from kaigo_gateway.probe.counterpart import unused_port
from kaigo_gateway.probe.office import without_certificate
from kaigo_gateway.sandbox._office import demo_document
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.sitefile import site_from
from kaigo_platform_link import plugin as platform
from kaigo_platform_link.reasons import REASONS as PLATFORM
from peers import OPENSSL, OWN, PEERS, SERVERS, Orders
from probe_rig import DAY, Office, missing
from pydantic import SecretStr

ONLY_THE_CERTIFICATE = {
    "platform": "PLATFORM_CERTIFICATE_MISSING",
    "careplan": "CAREPLAN_CERTIFICATE_AWAITED",
}
STAGES = tuple(ONLY_THE_CERTIFICATE)
PARTNER = "1379999996"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def document(url, office):
    place = {"url": url, "ca_file": str(office.pki.root_pem)}
    return {
        "office": {"number": "1370000001", "name": "架空の事業所", "services": ["11"]},
        "supporter": {"name": "架空の支援事業者", "registration_number": "T1234567890123"},
        "network": {"proxy": "none", "connect_timeout": 2},
        "platform": place,
        "careplan": {**place, "partner_number": PARTNER},
        "plugins": {"platform_link": {"steps": []}, "careplan_link": {"rehearsal": "exchange"}},
    }


def gateway(folder, passphrase=None):
    word = SecretStr(passphrase or secrets.token_urlsafe(12))
    return Gateway(
        demo_settings(folder), plugins=[platform, careplan], discover_installed=False, passphrase=lambda: word
    )


async def checked(stage, url, office, folder, passphrase=None):
    """The report of ``check platform`` or ``check careplan``, and of it the connection's one result."""
    async with gateway(folder, passphrase) as opened:
        report = await opened.check(site_from(document(url, office), folder, "test"), Stage(stage))
    (found,) = [each for each in report.results if each.check_id == f"{stage}.connection"]
    return report, found


async def served(peer, stack, folder, office, issue=None, **orders):
    """The address of a peer that follows these orders."""
    if peer != OWN and missing(peer):
        pytest.skip(f"{peer} is not installed")
    pair = office.pki.issue(**(issue or {}))
    whole = Orders(pair=pair, client_ca=office.pki.root_pem, **orders)
    port = await asyncio.to_thread(stack.enter_context, SERVERS[peer](folder / "server", whole))
    return f"https://localhost:{port}/" + ("answer" if peer == OPENSSL else "")


@pytest.mark.servers
@pytest.mark.parametrize("verify", ["require", "optional"])
@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("stage", STAGES)
async def test_the_certificate_is_named_as_what_is_missing(stage, peer, verify, office, tmp_path):
    with ExitStack() as stack:
        url = await served(peer, stack, tmp_path, office, verify=verify)
        report, found = await checked(stage, url, office, tmp_path)
    assert (found.status, found.reason_code) == (Status.FAIL, ONLY_THE_CERTIFICATE[stage])
    assert found.remedy.actor is Actor.SUPPORTER
    assert report.overall is Status.FAIL
    facts = found.evidence
    assert (facts["certificate_asked"], facts["certificate_sent"], facts["tls_version"]) == (
        True,
        False,
        "TLSv1.3",
    )
    assert "certificate_sha256" not in facts
    done = {phase.name for phase in found.phases if phase.status is Status.OK}
    assert {"resolve", "connect", "tls"} <= done


@pytest.mark.servers
@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("stage", STAGES)
async def test_a_server_that_asks_for_no_certificate_proves_nothing(stage, peer, office, tmp_path):
    with ExitStack() as stack:
        url = await served(peer, stack, tmp_path, office, verify="off")
        _, found = await checked(stage, url, office, tmp_path)
    assert (found.status, found.reason_code) == (Status.FAIL, "TLS_CLIENT_CERT_NOT_ASKED")


@pytest.mark.servers
@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("stage", STAGES)
async def test_trouble_before_the_certificate_keeps_its_own_name(stage, peer, office, tmp_path):
    with ExitStack() as stack:
        url = await served(peer, stack, tmp_path, office, issue={"begins": -9 * DAY, "ends": -DAY})
        _, found = await checked(stage, url, office, tmp_path)
    assert found.reason_code == "TLS_SERVER_CERT_EXPIRED"


@pytest.mark.parametrize(("stage", "book"), [("platform", PLATFORM), ("careplan", CAREPLAN)])
def test_an_answer_proves_nothing_where_python_cannot_tell_whether_it_was_asked(
    stage, book, office, tmp_path
):
    target = Target.parse("https://localhost/")
    answered = ProbeResult(target, "HTTP_OK", tls=TlsFacts(asked=None, version="TLSv1.3"))
    site = site_from(document("https://localhost/", office), tmp_path, "test")
    context = SimpleNamespace(site=site)
    found = without_certificate(answered, context, book, ONLY_THE_CERTIFICATE[stage])
    assert (found.status, found.reason_code) == (Status.FAIL, ONLY_THE_CERTIFICATE[stage])


@pytest.mark.parametrize("stage", STAGES)
async def test_a_name_and_a_port_that_do_not_answer_are_found_too(stage, office, tmp_path):
    _, nameless = await checked(stage, "https://kaigo-gateway.invalid/", office, tmp_path)
    _, refused = await checked(stage, f"https://localhost:{unused_port()}/", office, tmp_path)
    assert (nameless.reason_code, refused.reason_code) == ("DNS_NOT_FOUND", "TCP_REFUSED")


@pytest.mark.servers
@pytest.mark.parametrize("stage", STAGES)
async def test_a_vault_that_does_not_open_hides_nothing_of_the_network(stage, office, tmp_path):
    async with gateway(tmp_path, "the right one") as opened:
        await opened.vault.open()
    with ExitStack() as stack:
        url = await served(OWN, stack, tmp_path, office)
        report, found = await checked(stage, url, office, tmp_path, "another one")
    ready = [each.reason_code for each in report.results if each.check_id == "certificate.ready"]
    assert (ready, found.reason_code) == (["CHECK_COULD_NOT_RUN"], ONLY_THE_CERTIFICATE[stage])


@pytest.mark.servers
async def test_a_setup_with_an_unusable_certificate_is_probed_on_both_ways_and_never_bundled(
    office, tmp_path
):
    own = demo_document(tmp_path, DemoAuthority(tmp_path / "authority"))
    (tmp_path / "client.password").write_text("not the password")
    with ExitStack() as stack:
        url = await served(OWN, stack, tmp_path, office, verify="optional")
        site = site_from(
            {**document(url, office), **{k: own[k] for k in ("certificate", "expenses")}}, tmp_path, "test"
        )
        async with gateway(tmp_path) as opened:
            setup_id = await opened.create(site)
            await opened.advance(setup_id)
            report = await opened.report(setup_id)
    codes = {}
    for each in report.results:
        codes.setdefault(each.check_id, []).append(each.reason_code)
    for stage, code in ONLY_THE_CERTIFICATE.items():
        assert codes[f"{stage}.connection"] == [code]
    assert codes["careplan.rehearsal"] == ["NEED_NOT_MET"]
    assert codes["careplan.bundle"] == [
        f"CAREPLAN_NOT_BUNDLED_{each}" for each in ("PLATFORM", "LINK", "REHEARSAL")
    ]
    assert report.expenses == ()


async def test_a_new_certificate_lets_both_connections_run_again(office, tmp_path):
    site = site_from(document(f"https://localhost:{unused_port()}/", office), tmp_path, "test")
    async with gateway(tmp_path) as opened:
        setup_id = await opened.create(site)
        await opened.advance(setup_id)
        again = await opened.reopen(setup_id, ["certificate.install"])
    assert {"platform.connection", "careplan.connection", "careplan.rehearsal"} <= set(again)
