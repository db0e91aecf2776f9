"""platform.connection against the simulated service: what the office is told, and what goes on record."""

import json
from datetime import timedelta

import pytest
from kaigo_gateway import Gateway
from kaigo_gateway.model.results import Actor, Finding, Stage, Status
from kaigo_gateway.probe import Trust, forget_contexts
from kaigo_gateway.probe._contexts import context_for, kept_context
from kaigo_gateway.probe.counterpart import FAULTS
from kaigo_gateway.probe.counterpart._client import CLIENTS
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_platform_link import plugin
from kaigo_platform_link.checks._memory import exchange
from kaigo_platform_link.settings import PlatformSettings
from platform_rig import context_of, loaded, run, service, site_of, stranger

SAMPLE = (
    "dns",
    "refused",
    "tls12_only",
    "inspected",
    "client_ca_unknown",
    "client_revoked",
    "http_401",
    "maintenance",
    "proxy_auth",
)


async def connection(site, identity, **more):
    return await run("platform.connection", context_of(site, identity, **more))


async def test_an_accepted_certificate_is_proved_with_its_digest(tmp_path):
    async with service(tmp_path) as (site, identity):
        (found,) = await connection(site, identity)
    assert (found.status, found.reason_code) == (Status.OK, "PLATFORM_CONNECTED")
    assert found.evidence["certificate_sent"]
    assert len(found.evidence["certificate_sha256"]) == 64
    assert found.evidence["tls_version"] == "TLSv1.3"


@pytest.mark.parametrize("fault", SAMPLE)
async def test_the_sandbox_switch_gives_the_reason_of_the_table(fault, tmp_path):
    async with service(tmp_path, fault) as (site, identity):
        found, *_ = await connection(site, identity)
    assert found.reason_code == FAULTS[fault]
    assert found.status is Status.FAIL


@pytest.mark.parametrize("fault", CLIENTS)
async def test_a_faulty_certificate_is_part_of_the_site_and_refused_by_the_server(fault, tmp_path):
    async with service(tmp_path, fault) as (site, _):
        word = site.certificate.password.resolve(site.base)
        identity = loaded(site.certificate.file.read_bytes(), word.get_secret_value().encode(), tmp_path)
        found, *_ = await connection(site, identity)
    assert (found.reason_code, found.status) == (FAULTS[fault], Status.FAIL)
    assert bool(found.evidence.get("certificate_sent")) == (fault != "client_weak")  # not even loaded here


def test_every_row_of_the_table_has_a_switch_in_the_sandbox():
    (spec,) = plugin.gateway_sandbox_services()
    assert set(FAULTS) <= set(spec.faults)


async def test_an_error_of_the_business_arrives_as_http_200(tmp_path):
    async with service(tmp_path, "business_error") as (site, identity):
        (found,) = await connection(site, identity)
    assert (found.reason_code, found.seen["key"], found.actor) == (
        "PLATFORM_BUSINESS_ERROR",
        "error",
        Actor.OPERATOR,
    )
    assert "SIMULATED" not in json.dumps(dict(found.seen))


async def test_a_status_that_the_site_expects_proves_the_connection(tmp_path):
    async with service(tmp_path, "http_401") as (site, identity):
        (refused,) = await connection(site, identity)
        settings = PlatformSettings(accepted_status=(401,))
        (proved,) = await connection(site, identity, settings=settings)
        (missing,) = await connection(site, stranger(tmp_path), settings=settings)
    assert refused.reason_code == "HTTP_UNAUTHORIZED"
    assert (proved.reason_code, proved.seen["status"]) == ("PLATFORM_CONNECTED", 401)
    assert missing.reason_code == "TLS_CLIENT_CERT_UNKNOWN_CA"


async def test_a_clock_ten_minutes_off_is_a_warning_beside_the_success(tmp_path):
    async with service(tmp_path, "clock_skew") as (site, identity):
        first, second = await connection(site, identity)
    assert (first.reason_code, second.reason_code) == ("PLATFORM_CONNECTED", "PLATFORM_CLOCK_SKEW")
    assert -605 < second.seen["skew"] < -595


async def test_a_certificate_of_another_authority_is_refused(tmp_path):
    async with service(tmp_path) as (site, _):
        (found,) = await connection(site, stranger(tmp_path))
    assert found.reason_code == "TLS_CLIENT_CERT_UNKNOWN_CA"


async def test_a_certificate_that_ends_soon_is_reported_with_its_days(tmp_path):
    async with service(tmp_path) as (site, identity):
        identity.last_day -= timedelta(days=870)
        _, found = await connection(site, identity)
    assert (found.reason_code, found.seen["days"]) == ("PLATFORM_CERTIFICATE_ENDS_SOON", 30)
    assert found.seen["not_after"] == identity.last_day.isoformat()


async def test_without_an_address_the_site_file_key_is_named():
    (found,) = await connection(site_of(), None)
    steps = plugin.gateway_plugin_info().reasons.steps(found.reason_code, found.seen, "en")
    assert (found.reason_code, found.actor) == ("PLATFORM_ENDPOINT_MISSING", Actor.SUPPORTER)
    assert "[platform] url" in steps[0]


async def test_without_a_certificate_the_network_is_judged_all_the_same(tmp_path):
    async with service(tmp_path) as (site, _):
        (found,) = await connection(site, None)
    assert (found.status, found.reason_code) == (Status.FAIL, "PLATFORM_CERTIFICATE_MISSING")
    assert (found.evidence["certificate_asked"], found.evidence["certificate_sent"]) == (True, False)
    (found,) = await connection(site_of(platform={"url": "https://kaigo-gateway.invalid/"}), None)
    assert found.reason_code == "DNS_NOT_FOUND"


async def test_a_certificate_that_was_found_unfit_is_not_shown(tmp_path):
    unfit = {"certificate.ready": [Finding(status=Status.FAIL, reason_code="CERT_UNFIT")]}
    async with service(tmp_path) as (site, identity):
        (found,) = await connection(site, identity, results=unfit)
    assert found.reason_code == "PLATFORM_CERTIFICATE_MISSING"
    assert not found.evidence["certificate_sent"]


@pytest.mark.parametrize(
    "entry", [{"url": "http://a.example/"}, {"url": "https://a.example/", "ca_file": "none.pem"}]
)
async def test_an_unusable_entry_is_wrong_input_of_the_site_file(entry, tmp_path):
    (found,) = await connection(site_of(platform=entry), stranger(tmp_path))
    assert (found.reason_code, found.actor) == ("PLATFORM_ENDPOINT_INVALID", Actor.SUPPORTER)


async def test_evidence_holds_declared_keys_only(tmp_path):
    async with service(tmp_path) as (site, identity):
        (found,) = await connection(site, identity)
    (check,) = [c for c in plugin.gateway_checks(site) if c.id == "platform.connection"]
    assert set(found.evidence) <= set(check.evidence)


def test_the_issuer_of_the_last_visit_is_kept_and_given_back(tmp_path):
    file = tmp_path / "deep" / "servers.json"
    assert exchange(file, "a:443", {"server_issuer": "one"}) is None
    assert exchange(file, "b:443", {"server_issuer": "other"}) is None
    assert exchange(file, "a:443", {"server_issuer": "two"}) == {"server_issuer": "one"}


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"', '{"a:443": 1}'])
def test_a_spoiled_memory_costs_the_comparison_only(content, tmp_path):
    file = tmp_path / "servers.json"
    file.write_text(content)
    assert exchange(file, "a:443", {"server_issuer": "one"}) is None
    assert exchange(file, "a:443", {"server_issuer": "one"}) == {"server_issuer": "one"}


async def test_a_changed_issuer_is_a_warning_at_the_next_visit(tmp_path, monkeypatch):
    monkeypatch.setattr("kaigo_platform_link.checks._memory.data_folder", lambda: tmp_path / "data")
    codes = []
    for visit in ("first", "second"):
        (tmp_path / visit).mkdir()
        async with service(tmp_path / visit) as (site, identity):
            place = site.platform.url.port
            found = await connection(site, identity, simulated=False)
            codes.append([each.reason_code for each in found])
        memory = tmp_path / "data" / "platform-servers.json"
        known = json.loads(memory.read_text()) if memory.exists() else {}
        assert f"localhost:{place}" in known
    assert codes == [["PLATFORM_CONNECTED"]] * 2  # another port is another place


async def test_the_same_place_with_another_issuer(tmp_path, monkeypatch):
    monkeypatch.setattr("kaigo_platform_link.checks._memory.data_folder", lambda: tmp_path)
    async with service(tmp_path) as (site, identity):
        before = {"server_issuer": "CN=former"}
        exchange(tmp_path / "platform-servers.json", f"localhost:{site.platform.url.port}", before)
        _, found = await connection(site, identity, simulated=False)
    assert (found.reason_code, found.seen["before"]) == ("PLATFORM_SERVER_ISSUER_CHANGED", "CN=former")


async def test_a_simulation_leaves_no_trace_in_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("kaigo_platform_link.checks._memory.data_folder", lambda: tmp_path / "data")
    async with service(tmp_path) as (site, identity):
        await connection(site, identity, simulated=True)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("seconds", [1, 10, 120])
def test_a_slow_line_ends_the_phases_before_it_ends_the_check(seconds):
    site = site_of(network={"connect_timeout": seconds})
    (check,) = [c for c in plugin.gateway_checks(site) if c.id == "platform.connection"]
    assert check.time_limit > 4 * seconds + 20


def test_keys_leave_the_memory_when_the_gateway_closes(tmp_path):
    trust = Trust("certifi")
    context_for(trust)
    assert kept_context(trust) is not None
    plugin.gateway_shutdown(gateway=None)
    assert kept_context(trust) is None


@pytest.mark.parametrize(
    ("trust", "code"), [("system", "PLATFORM_CONNECTED"), ("certifi", "TLS_SERVER_CA_UNKNOWN")]
)
async def test_the_site_says_whom_to_trust_where_no_authority_is_pinned(trust, code, tmp_path, monkeypatch):
    """The system's store is told to trust the service; Mozilla's list does not know it."""
    async with service(tmp_path, network={"trust": trust}) as (site, identity):
        monkeypatch.setenv("SSL_CERT_FILE", str(site.platform.ca_file))
        forget_contexts()
        bare = site.model_copy(update={"platform": site.platform.model_copy(update={"ca_file": None})})
        found, *_ = await connection(bare, identity)
    forget_contexts()
    assert found.reason_code == code


async def test_no_passphrase_is_asked_for_a_vault_that_is_not_there(tmp_path):
    def asked():
        raise AssertionError("nobody is to be asked")

    async with Gateway(
        demo_settings(tmp_path), plugins=[plugin], discover_installed=False, passphrase=asked
    ) as opened:
        report = await opened.check(
            site_of(platform={"url": "https://kaigo-gateway.invalid/"}), Stage.PLATFORM
        )
    codes = {result.check_id: result.reason_code for result in report.results}
    assert codes["platform.connection"] == "DNS_NOT_FOUND"
    assert not list(tmp_path.rglob("vault*/*"))
