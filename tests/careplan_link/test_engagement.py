"""One Setup: a failed platform breaks the bundle; putting it right mends it in the same Setup."""

import secrets
from contextlib import ExitStack

import pytest
from careplan_rig import PARTNER
from kaigo_careplan_link import plugin as careplan
from kaigo_careplan_link.sandbox._exchange import SimulatedExchange
from kaigo_certs import read_identity
from kaigo_gateway import Gateway
from kaigo_gateway.model.site import CareplanRoute
from kaigo_gateway.probe.counterpart import Reply, server_context, serving
from kaigo_gateway.sandbox import DemoAuthority
from kaigo_gateway.sandbox._office import OFFICE_NUMBER, SUPPORTER_NUMBER, demo_document
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.sitefile import site_from
from kaigo_platform_link import plugin as platform
from kaigo_subsidy import plugin as subsidy
from pydantic import SecretStr

AUTHORITIES = {}
NOT_PLATFORM = "CAREPLAN_NOT_BUNDLED_PLATFORM"


class Service:
    """A simulated 介護WEBサービス that can be closed for maintenance."""

    def __init__(self) -> None:
        self.status = 200

    def __call__(self, _received):
        return Reply(self.status, b"simulated", headers={"Retry-After": "60"})


@pytest.fixture
def engagement(tmp_path):
    """A site of the demo office with both services, and the switch of the platform's."""
    authority, service = DemoAuthority(tmp_path / "authority"), Service()
    AUTHORITIES[tmp_path] = authority
    document = demo_document(tmp_path, authority)
    tls = server_context(*authority.server_files("localhost"), client_ca=authority.chain_pem)
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(tls, handler)) for handler in (service, SimulatedExchange())]
        places = [{"url": f"https://localhost:{port}/", "ca_file": str(authority.root_pem)} for port in ports]
        document |= {"platform": places[0], "careplan": {**places[1], "partner_number": PARTNER}}
        document["plugins"] = {"careplan_link": {"rehearsal": "exchange"}, "platform_link": {"steps": []}}
        yield site_from(document, tmp_path, "engagement"), service


def engagement_authority(site):
    """The authority of the site's own certificates, which the fixture keeps beside it."""
    return AUTHORITIES[site.base]


def gateway(folder, *more):
    passphrase = SecretStr(secrets.token_urlsafe(12))
    return Gateway(
        demo_settings(folder),
        plugins=[platform, careplan, *more],
        discover_installed=False,
        passphrase=lambda: passphrase,
    )


def codes(report, check_id):
    return [result.reason_code for result in report.results if result.check_id == check_id]


def items(report):
    return sorted(line["item"] for line in report.expenses)


async def test_the_bundle_follows_the_platform_within_one_setup(engagement, tmp_path):
    site, service = engagement
    async with gateway(tmp_path) as opened:
        service.status = 503
        setup_id = await opened.create(site)
        assert await opened.advance(setup_id) == "done"
        before = await opened.report(setup_id)
        service.status = 200
        reopened = await opened.reopen(setup_id, ["platform.connection"])
        assert await opened.advance(setup_id) == "done"
        after = await opened.report(setup_id)
        verified = await opened.verify()
    assert codes(before, "platform.connection") == ["HTTP_MAINTENANCE"]
    assert codes(before, "careplan.bundle") == ["CAREPLAN_NOT_BUNDLED_PLATFORM"]
    assert items(before) == []
    assert "careplan.bundle" in reopened
    assert codes(after, "careplan.bundle") == ["CAREPLAN_BUNDLED"]
    assert items(after) == ["careplan_link", "web_service_setup"]
    assert verified.intact


async def test_two_setups_of_one_office_do_not_add_up_to_a_bundle(engagement, tmp_path):
    """Each proves one half; neither is bundled, whatever the other holds."""
    site, service = engagement
    service.status = 503
    nowhere = site.careplan.model_copy(update={"url": None, "route": CareplanRoute.WEB})
    without_link = site.model_copy(update={"careplan": nowhere})
    async with gateway(tmp_path) as opened:
        half = await opened.create(site)
        await opened.advance(half)
        service.status = 200
        other_half = await opened.create(without_link)
        await opened.advance(other_half)
        verdicts = [codes(await opened.report(each), "careplan.bundle") for each in (half, other_half)]
    assert verdicts[0] == ["CAREPLAN_NOT_BUNDLED_PLATFORM"]
    assert "CAREPLAN_NOT_BUNDLED_LINK" in verdicts[1]


async def test_another_certificate_at_the_second_run_breaks_the_bundle(engagement, tmp_path):
    """The platform is proved again with a new certificate; the link's proof still holds the old one."""
    site, _ = engagement
    async with gateway(tmp_path) as opened:
        setup_id = await opened.create(site)
        await opened.advance(setup_id)
        assert codes(await opened.report(setup_id), "careplan.bundle") == ["CAREPLAN_BUNDLED"]
        authority = engagement_authority(site)
        vault = await opened.vault.open()
        newer = authority.client_pkcs12(OFFICE_NUMBER, "TEST Sakura Home Care", b"x", days=1500)
        vault.put(read_identity(newer, "x"), OFFICE_NUMBER)
        reopened = await opened.reopen(setup_id, ["platform.connection"])
        await opened.advance(setup_id)
        report = await opened.report(setup_id)
    assert "careplan.connection" not in reopened
    assert codes(report, "careplan.bundle") == ["CAREPLAN_NOT_BUNDLED_CERTIFICATE"]
    assert items(report) == ["web_service_setup"]


async def test_a_site_that_changes_between_runs_changes_nothing_in_a_setup_under_way(engagement, tmp_path):
    """The site stands in the record from the first moment on."""
    site, _ = engagement
    async with gateway(tmp_path) as opened:
        setup_id = await opened.create(site)
        site.plugins["careplan_link"]["bundle_window_days"] = 0
        site.plugins["careplan_link"]["rehearsal"] = "confirmed"
        await opened.advance(setup_id)
        view = await opened.view(setup_id)
    (verdict,) = view.results["careplan.bundle"]
    assert (verdict.reason_code, verdict.evidence["window_days"]) == ("CAREPLAN_BUNDLED", None)


async def test_the_assessment_carries_the_evaluation_that_the_record_holds(engagement, tmp_path):
    site, service = engagement
    async with gateway(tmp_path, subsidy) as opened:
        setup_id = await opened.create(site)
        await opened.advance(setup_id)
        proved = await opened.report(setup_id)
        service.status = 503
        await opened.reopen(setup_id, ["platform.connection"])
        await opened.advance(setup_id)
        broken = await opened.report(setup_id)
    (verdict,) = [r for r in proved.results if r.check_id == "careplan.bundle"]
    assert proved.assessment["bundle"]["inputs"] == verdict.evidence["inputs"]
    assert proved.assessment["bundle"]["rule"] == verdict.evidence["rule"]
    assert proved.assessment["bundle"]["bundled"] is True
    reasons = (broken.assessment or {"bundle": {}})["bundle"].get("reason_codes", [NOT_PLATFORM])
    assert reasons == [NOT_PLATFORM]


async def test_the_verdict_in_the_record_can_be_repeated_from_its_inputs(engagement, tmp_path):
    from kaigo_careplan_link.link._bundle import digest, evaluate
    from kaigo_careplan_link.link._site import site_settings

    site, _ = engagement
    async with gateway(tmp_path) as opened:
        setup_id = await opened.create(site)
        await opened.advance(setup_id)
        view = await opened.view(setup_id)
    (verdict,) = view.results["careplan.bundle"]
    again = evaluate(view.site, view.results, site_settings(view.site))
    assert again.bundled
    assert dict(verdict.evidence["inputs"]) == dict(again.inputs)
    assert verdict.evidence["inputs"]["platform.connection"] == digest(view.results["platform.connection"])
    assert verdict.evidence["office"] == OFFICE_NUMBER
    assert verdict.evidence["supporter"] == SUPPORTER_NUMBER


async def test_no_secret_reaches_the_record(engagement, tmp_path):
    site, _ = engagement
    password = (tmp_path / "client.password").read_text()
    async with gateway(tmp_path) as opened:
        setup_id = await opened.create(site)
        await opened.advance(setup_id)
        report = await opened.report(setup_id)
        records = await opened.ledger.records(setup_id)
    shown = repr(report.document()) + repr([record.document for record in records])
    assert password not in shown
    assert "PRIVATE KEY" not in shown
