"""The link: connection by route, rehearsal in three ways, and everything that can come back wrong."""

import asyncio
import zipfile
from datetime import date

import pytest
from careplan_rig import OFFICE, PARTNER, Identity, context_of, exchange, run, site_of
from kaigo_careplan_link import plugin
from kaigo_careplan_link.link._route import route_code, standard_code
from kaigo_careplan_link.link._sending import sample_sending, serial_of
from kaigo_careplan_link.link.settings import CareplanSettings
from kaigo_gateway.model.descriptors import Waiting
from kaigo_gateway.model.results import Finding, Status
from kaigo_gateway.model.site import CareplanRoute
from kaigo_gateway.probe.counterpart import FAULTS, Reply, server_context, serving
from kaigo_gateway.sandbox import DemoAuthority

YES = {"answer": "yes", "by": "Sato", "at": "2026-11-22T10:00:00+09:00"}
MOVE = date(2027, 1, 1)
TODAY, LATER = date(2026, 11, 22), date(2027, 2, 1)


async def test_the_exchange_accepts_the_certificate(tmp_path):
    async with exchange(tmp_path) as (site, identity):
        (found,) = await run("careplan.connection", context_of(site, identity))
    assert found.reason_code == "CAREPLAN_CONNECTED"
    assert found.evidence["checked_at"]


@pytest.mark.parametrize("fault", ["refused", "client_ca_unknown", "hostname", "maintenance"])
async def test_the_sandbox_switch_gives_the_reason_of_the_table(fault, tmp_path):
    async with exchange(tmp_path, fault) as (site, identity):
        (found,) = await run("careplan.connection", context_of(site, identity))
    assert (found.status, found.reason_code) == (Status.FAIL, FAULTS[fault])


async def test_a_certificate_that_was_found_unfit_is_not_shown(tmp_path):
    unfit = {"certificate.ready": [Finding(status=Status.FAIL, reason_code="CERT_UNFIT")]}
    async with exchange(tmp_path) as (site, identity):
        (found,) = await run("careplan.connection", context_of(site, identity, results=unfit))
    assert (found.status, found.reason_code) == (Status.FAIL, "CAREPLAN_CERTIFICATE_AWAITED")
    assert not found.evidence["certificate_sent"]


async def test_nobody_is_asked_about_a_login_for_which_there_is_no_certificate():
    (found,) = await run("careplan.connection", context_of(site_of(careplan={"partner_number": PARTNER})))
    assert (found.status, found.reason_code) == (Status.FAIL, "CAREPLAN_CERTIFICATE_MISSING")


@pytest.mark.parametrize(
    ("services", "unit", "count"), [(["11"], "service-1", 1), (["43", "11"], "home-2", 3)]
)
async def test_one_sending_goes_out_and_comes_back_unchanged(services, unit, count, tmp_path):
    async with exchange(tmp_path, services=services) as (site, identity):
        (found,) = await run("careplan.rehearsal", context_of(site, identity))
    assert (found.reason_code, found.seen["count"]) == ("CAREPLAN_REHEARSED", count)
    assert (found.evidence["unit"], found.evidence["sample"]) == (unit, True)
    assert found.evidence["sent_sha256"] == found.evidence["returned_sha256"]
    assert found.evidence["sender"] == OFFICE


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("loses_a_file", "CAREPLAN_REHEARSAL_CHANGED"),
        ("changes_a_byte", "CAREPLAN_REHEARSAL_CHANGED"),
        ("changes_line_ends", "CAREPLAN_REHEARSED_RESTYLED"),
    ],
)
async def test_what_comes_back_otherwise_is_named_by_file(fault, code, tmp_path):
    async with exchange(tmp_path, fault, services=["43"]) as (site, identity):
        (found,) = await run("careplan.rehearsal", context_of(site, identity))
    assert found.reason_code == code
    assert all(name.endswith(".CSV") for name in found.seen["files"])


async def test_a_refused_upload_names_the_step(tmp_path):
    async with exchange(tmp_path, "refuses_upload") as (site, identity):
        (found,) = await run("careplan.rehearsal", context_of(site, identity))
    assert found.reason_code == "CAREPLAN_REHEARSAL_REFUSED"
    assert (found.seen["step"], found.seen["detail"]) == ("upload", "simulated refusal")


async def test_a_redirect_is_no_answer_of_the_protocol(tmp_path):
    authority = DemoAuthority(tmp_path / "authority")
    tls = server_context(*authority.server_files(), client_ca=authority.chain_pem)
    with serving(tls, lambda _: Reply(302, headers={"Location": "/login"})) as port:
        place = {"url": f"https://localhost:{port}/", "ca_file": str(authority.root_pem)}
        site = site_of(
            careplan={**place, "partner_number": PARTNER},
            plugins={"careplan_link": {"rehearsal": "exchange"}},
        )
        (found,) = await run("careplan.rehearsal", context_of(site, Identity(tmp_path, authority)))
    assert (found.reason_code, found.seen["status"]) == ("CAREPLAN_REHEARSAL_REFUSED", 302)


async def test_the_exchange_keeps_offices_apart_and_forgets_what_was_rehearsed(tmp_path):
    from kaigo_careplan_link.sandbox._exchange import SimulatedExchange
    from kaigo_gateway.probe.counterpart import Received

    def ask(method, path, office, body=b""):
        client = {"subject": ((("organizationalUnitName", office),),)}
        return simulated(
            Received(method, f"/kaigo-gateway-rehearsal/v1/sendings/{path}", {}, body, client)
        ).status

    simulated = SimulatedExchange()
    name = f"1/UPJSK_202611_{OFFICE}_11_{PARTNER}_43_20261122000000.CSV"
    assert ask("PUT", name, PARTNER) == 403
    assert ask("PUT", name, OFFICE, b"x") == 201
    assert (ask("GET", name, OFFICE), ask("GET", name, PARTNER)) == (200, 404)
    assert (ask("POST", name, OFFICE), ask("DELETE", "1", OFFICE), ask("GET", "1", OFFICE)) == (405, 204, 404)


async def test_the_same_office_on_both_sides_is_stopped_before_sending(tmp_path):
    async with exchange(tmp_path) as (site, identity):
        careplan = site.careplan.model_copy(update={"partner_number": OFFICE})
        itself = site.model_copy(update={"careplan": careplan})
        (found,) = await run("careplan.rehearsal", context_of(itself, identity))
    assert found.reason_code == "CAREPLAN_SAME_OFFICE"


async def test_without_careplan_in_the_site_file_nothing_fails():
    for check_id in ("careplan.route", "careplan.connection", "careplan.rehearsal", "careplan.bundle"):
        (found,) = await run(check_id, context_of(site_of()))
        assert (found.status, found.reason_code) == (Status.SKIP, "CAREPLAN_NOT_PART")


async def test_todays_client_has_no_address_and_is_confirmed_by_a_person(tmp_path):
    identity = Identity(tmp_path, DemoAuthority(tmp_path / "authority"))
    site = site_of(careplan={"partner_number": PARTNER})
    with pytest.raises(Waiting) as asked:
        await run("careplan.connection", context_of(site, identity))
    assert asked.value.question.endswith("?")
    context = context_of(site, identity, answers={"careplan.connection": YES})
    (found,) = await run("careplan.connection", context)
    assert (found.reason_code, found.evidence["by"]) == ("CAREPLAN_CLIENT_CONFIRMED", "Sato")
    assert found.evidence["certificate_sha256"] == identity.sha256


@pytest.mark.parametrize("route", ["web", "api"])
async def test_the_other_routes_need_their_address(route):
    site = site_of(careplan={"partner_number": PARTNER, "route": route})
    (found,) = await run("careplan.connection", context_of(site))
    assert found.reason_code == "CAREPLAN_ENDPOINT_MISSING"


async def test_a_real_route_is_rehearsed_by_a_person_by_default():
    site = site_of(careplan={"partner_number": PARTNER})
    with pytest.raises(Waiting):
        await run("careplan.rehearsal", context_of(site))
    (found,) = await run("careplan.rehearsal", context_of(site, answers={"careplan.rehearsal": YES}))
    assert (found.reason_code, found.evidence["way"]) == ("CAREPLAN_REHEARSAL_CONFIRMED", "confirmed")
    no = {**YES, "answer": "no"}
    (found,) = await run("careplan.rehearsal", context_of(site, answers={"careplan.rehearsal": no}))
    assert found.reason_code == "CAREPLAN_REHEARSAL_NOT_DONE"


def folder_site(tmp_path, *, settings=None, **careplan):
    return site_of(
        careplan={"partner_number": PARTNER, **careplan},
        plugins={
            "careplan_link": {"rehearsal": "folder", "outbox": "out", "inbox": "in", **(settings or {})}
        },
        base=tmp_path,
    )


def own_sending(folder, *, partner=PARTNER):
    folder.mkdir(exist_ok=True)
    sending = sample_sending(site_of(), partner, "20261122101500")
    for name, data in sending.files.items():
        (folder / name).write_bytes(data)
    return sending


async def test_the_folder_way_writes_waits_and_compares(tmp_path):
    sending = own_sending(tmp_path / "own")
    site = folder_site(tmp_path, files="own")
    with pytest.raises(Waiting) as asked:
        await run("careplan.rehearsal", context_of(site))
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == dict(sending.files)
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "UPJSK_other_19990101000000.CSV").write_bytes(b"another sending")
    for name, data in sending.files.items():
        (inbox / name).write_bytes(data)
    (found,) = await run("careplan.rehearsal", context_of(site, answers={asked.value.key: YES}))
    assert (found.reason_code, found.evidence["way"]) == ("CAREPLAN_REHEARSED", "folder")
    assert (found.evidence["by"], found.evidence["sample"]) == ("Sato", False)


async def test_a_resumed_setup_finds_the_sample_that_it_handed_over(tmp_path):
    settings = {"rehearsal": "folder", "outbox": "out", "inbox": "out", "sample": True}
    site = site_of(careplan={"partner_number": PARTNER}, plugins={"careplan_link": settings}, base=tmp_path)
    with pytest.raises(Waiting) as asked:
        await run("careplan.rehearsal", context_of(site))
    await asyncio.sleep(1.1)  # a serial taken from the clock would be another one by now
    (found,) = await run("careplan.rehearsal", context_of(site, answers={asked.value.key: YES}))
    assert (found.reason_code, found.evidence["sample"]) == ("CAREPLAN_REHEARSED", True)
    assert serial_of("one", TODAY) != serial_of("other", TODAY)


async def test_an_empty_inbox_is_a_changed_sending_not_a_success(tmp_path):
    own_sending(tmp_path / "own")
    (tmp_path / "in").mkdir()
    context = context_of(folder_site(tmp_path, files="own"), answers={"careplan.rehearsal.returned": YES})
    (found,) = await run("careplan.rehearsal", context)
    assert found.reason_code == "CAREPLAN_REHEARSAL_CHANGED"


async def test_a_missing_inbox_is_named(tmp_path):
    own_sending(tmp_path / "own")
    context = context_of(folder_site(tmp_path, files="own"), answers={"careplan.rehearsal.returned": YES})
    (found,) = await run("careplan.rehearsal", context)
    assert found.reason_code == "CAREPLAN_FOLDER_UNUSABLE"


async def test_invented_people_are_never_sent_over_a_real_route(tmp_path):
    (found,) = await run("careplan.rehearsal", context_of(folder_site(tmp_path)))
    assert found.reason_code == "CAREPLAN_SENDING_MISSING"
    assert not (tmp_path / "out").exists()


async def test_a_sending_of_another_office_is_stopped(tmp_path):
    own_sending(tmp_path / "own", partner="1379000019")
    (found,) = await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own")))
    assert found.reason_code == "CAREPLAN_SENDING_OTHER_OFFICE"


async def test_files_against_the_standard_are_not_sent(tmp_path):
    own_sending(tmp_path / "own")
    (file,) = (tmp_path / "own").iterdir()
    file.write_bytes(file.read_bytes().replace(b"202407", b"202410", 1))
    (found,) = await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own")))
    assert (found.reason_code, found.actor) == ("CAREPLAN_SENDING_INVALID", "care_software_vendor")
    assert not (tmp_path / "out").exists()


async def test_a_rule_that_the_site_lowers_lets_the_sending_go(tmp_path):
    own_sending(tmp_path / "own")
    (file,) = (tmp_path / "own").iterdir()
    file.write_bytes(file.read_bytes().replace(b"202407", b"202410", 1))
    (found,) = await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own")))
    lowered = {"rules": dict.fromkeys(found.seen["codes"], "warning")}
    with pytest.raises(Waiting):
        await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own", settings=lowered)))
    assert (tmp_path / "out" / file.name).exists()


@pytest.mark.parametrize(("profile", "stopped"), [("lenient", False), ("strict", True)])
async def test_the_site_s_profile_decides_what_is_an_error(profile, stopped, tmp_path):
    own_sending(tmp_path / "own")
    (file,) = (tmp_path / "own").iterdir()
    file.rename(file.with_suffix(".csv"))
    context = context_of(folder_site(tmp_path, files="own", settings={"profile": profile}))
    if not stopped:
        with pytest.raises(Waiting):
            await run("careplan.rehearsal", context)
        return
    (found,) = await run("careplan.rehearsal", context)
    assert (found.reason_code, found.seen["codes"]) == ("CAREPLAN_SENDING_INVALID", ["NAME_EXTENSION_CASE"])


@pytest.mark.parametrize("rules", [{"NO_SUCH_RULE": "off"}, {"NAME_EXTENSION_CASE": "loud"}])
def test_a_rule_or_severity_that_does_not_exist_is_refused_with_the_site(rules):
    with pytest.raises(ValueError, match=r"NO_SUCH_RULE|'off'"):
        CareplanSettings(rules=rules)


async def test_a_zip_holds_a_sending_too(tmp_path):
    sending = own_sending(tmp_path / "own")
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for name, data in sending.files.items():
            archive.writestr(f"deep/{name}", data)
    with pytest.raises(Waiting):
        await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own.zip")))
    assert {p.name for p in (tmp_path / "out").iterdir()} == set(sending.files)


@pytest.mark.parametrize("content", [{}, {"readme.txt": b"x"}, None])
async def test_what_is_no_sending_is_named(content, tmp_path):
    if content is not None:
        (tmp_path / "own").mkdir()
        for name, data in content.items():
            (tmp_path / "own" / name).write_bytes(data)
    (found,) = await run("careplan.rehearsal", context_of(folder_site(tmp_path, files="own")))
    assert found.reason_code == "CAREPLAN_SENDING_UNREADABLE"


def test_the_folder_way_needs_both_folders():
    from kaigo_careplan_link.link.settings import CareplanSettings

    with pytest.raises(ValueError, match="outbox and inbox"):
        CareplanSettings(rehearsal="folder")


@pytest.mark.parametrize(
    ("route", "day", "code"),
    [
        ("client", TODAY, "CAREPLAN_ROUTE_CLIENT_ENDS"),
        ("client", LATER, "CAREPLAN_ROUTE_CLIENT_ENDED"),
        ("web", TODAY, "CAREPLAN_ROUTE_TOO_EARLY"),
        ("web", LATER, "CAREPLAN_ROUTE_FITS"),
        ("api", LATER, "CAREPLAN_ROUTE_TOO_EARLY"),
        ("api", date(2027, 4, 1), "CAREPLAN_ROUTE_FITS"),
    ],
)
def test_a_route_holds_on_its_days(route, day, code):
    assert route_code(CareplanRoute(route), day, MOVE) == code


@pytest.mark.parametrize(
    ("route", "standard", "day", "code"),
    [
        ("client", "4.1", TODAY, "CAREPLAN_STANDARD_FITS"),
        ("client", "3.2", TODAY, "CAREPLAN_STANDARD_STOPS"),
        ("client", "3.2", LATER, "CAREPLAN_STANDARD_REFUSED"),
        ("client", "5.0", TODAY, "CAREPLAN_STANDARD_REFUSED"),
        ("web", "3.2", LATER, "CAREPLAN_STANDARD_REFUSED"),
        ("web", "4.1", LATER, "CAREPLAN_STANDARD_FITS"),
        ("api", "5.0", LATER, "CAREPLAN_STANDARD_FITS"),
        ("api", "4.1", LATER, "CAREPLAN_STANDARD_REFUSED"),
    ],
)
def test_a_standard_holds_with_its_route(route, standard, day, code):
    assert standard_code(CareplanRoute(route), standard, day, MOVE) == code


def test_every_row_of_the_table_has_a_switch_in_the_sandbox():
    (spec,) = plugin.gateway_sandbox_services()
    assert set(FAULTS) <= set(spec.faults)
