"""What the command line does and REST now does too, against real files, stores and connections."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import socket
import subprocess
import threading
import zipfile

import pytest
from aiohttp import FormData
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.web.access import Role
from test_web_sandbox import sandboxed
from web_kit import OFFICE, Stage2, plugin, served

CANARY = "Canary-Password-88"


def form_of(data, name, **fields):
    form = FormData()
    form.add_field("file", io.BytesIO(data), filename=name)
    for key, value in fields.items():
        form.add_field(key, value)
    return form


def codes(report):
    return [result["reason_code"] for result in report["results"]]


def nss_folder(folder):
    """An empty NSS database, as a browser's profile has it."""
    if shutil.which("certutil") is None:
        pytest.skip("certutil is not installed")
    folder.mkdir()
    subprocess.run(["certutil", "-N", "-d", f"sql:{folder}", "--empty-password"], check=True)
    return f"nss:{folder}"


async def test_a_certificate_goes_into_a_browsers_store_and_is_taken_out_again(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    (tmp_path / "allowed").mkdir()
    store = nss_folder(tmp_path / "allowed" / "profile")
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path / "allowed",)) as client:
        fields = {"password": CANARY, "office_number": OFFICE, "stores": f"vault,{store}"}
        form = form_of(data, "office.p12", **fields)
        status, _, kept = await client.call("POST", "/api/v1/certificates", data=form)
        assert (status, kept["installed"]) == (201, True), kept
        assert "STORE_INSTALLED" in {each["reason_code"] for each in kept["findings"]}
        asked = {"office_number": OFFICE, "stores": ["vault", store]}
        status, _, proved = await client.post("/api/v1/certificates/proofs", asked, role=Role.SUPPORTER)
        assert (status, codes(proved)) == (200, ["STORE_HOLDS", "STORE_HOLDS"])
        assert (await client.post("/api/v1/certificates/removals", asked, role=Role.SUPPORTER))[0] == 403
        status, _, removed = await client.post("/api/v1/certificates/removals", asked)
        assert (status, codes(removed)) == (200, ["STORE_REMOVED", "STORE_REMOVED"])
        assert (await client.get("/api/v1/certificates"))["items"] == []


@pytest.mark.parametrize(
    ("store", "code"),
    [("nss:/root", "PATH_NOT_ALLOWED"), ("nss:../..", "PATH_NOT_ALLOWED"), ("x", "NOT_VALID")],
)
async def test_a_store_outside_the_allowed_folders_is_refused_before_anything_is_read(tmp_path, store, code):
    async with served(tmp_path, plugin(Stage2())) as client:
        form = form_of(b"no certificate", "office.p12", office_number=OFFICE, stores=store)
        status, _, body = await client.call("POST", "/api/v1/certificates", data=form)
        assert (status, body["code"]) == (422, code)
        asked = {"office_number": OFFICE, "stores": [store]}
        for path in ("proofs", "removals"):
            status, _, body = await client.post(f"/api/v1/certificates/{path}", asked)
            assert (status, body["code"]) == (422, code)


async def test_a_pem_certificate_and_its_key_are_judged_without_an_office(tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    key, certificate, _ = pkcs12.load_key_and_certificates(data, CANARY.encode())
    form = form_of(certificate.public_bytes(Encoding.PEM), "office.pem")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    form.add_field("key", io.BytesIO(pem), filename="office.key")
    async with served(tmp_path, plugin(Stage2())) as client:
        status, _, body = await client.call("POST", "/api/v1/certificates/inspections", data=form)
        assert (status, body["installed"]) == (200, False)
        assert body["certificate"]["sha256"]


async def test_the_last_days_come_as_a_calendar_and_stores_say_whether_they_can_be_used(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    async with served(tmp_path, plugin(Stage2())) as client:
        assert b"BEGIN:VEVENT" not in (await client.call("GET", "/api/v1/certificates.ics"))[2]
        form = form_of(data, "office.p12", password=CANARY, office_number=OFFICE)
        await client.call("POST", "/api/v1/certificates", data=form)
        _, headers, calendar = await client.call("GET", "/api/v1/certificates.ics")
        assert headers["Content-Type"].startswith("text/calendar")
        assert OFFICE.encode() in calendar
        other = "/api/v1/certificates.ics?office=1370000002"
        assert b"BEGIN:VEVENT" not in (await client.call("GET", other))[2]
        assert (await client.get("/api/v1/certificates?office=1370000002"))["items"] == []
        stores = {
            each["name"]: each["unavailable"]
            for each in (await client.get("/api/v1/certificate-stores"))["items"]
        }
        assert stores["vault"] == ""
        assert stores["windows"]


async def test_many_addresses_are_checked_and_told_one_by_one(tmp_path):
    async with sandboxed(tmp_path) as (client, sandbox):
        url = str(sandbox.site.platform.url)
        asked = {"targets": [{"url": url, "name": "one"}, {"url": "https://127.0.0.1:1/"}]}
        status, headers, body = await client.post("/api/v1/targets", asked, role=Role.SUPPORTER)
        lines = [json.loads(line) for line in body.decode().splitlines()]
        assert (status, headers["Content-Type"]) == (200, "application/x-ndjson")
        assert {line["url"] for line in lines[:-1]} == {url, "https://127.0.0.1:1/"}
        assert lines[-1]["overall"] == "fail"
        assert sum(lines[-1]["counts"].values()) == 2
        asked["targets"].append({"url": "http://plain.example/"})
        status, _, body = await client.post("/api/v1/targets", asked)
        assert (status, body["errors"][0]["place"]) == (422, "targets.2.url")
        assert (await client.post("/api/v1/targets", {"targets": [{"url": url}], "ca_file": "/etc/passwd"}))[
            0
        ] == 422


async def test_the_installation_tells_of_itself_and_no_secret(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        doctor = await client.get("/api/v1/doctor?lang=ja")
        assert "DOCTOR_TLS13" in codes(doctor)
        settings = await client.get("/api/v1/settings")
        assert settings["values"]["vault.folder"] == str(client.gateway.settings.vault.folder)
        assert "Kit-Passphrase-1" not in json.dumps(settings)
        assert (await client.call("GET", "/api/v1/settings", role=Role.SUPPORTER))[0] == 403
        assert (await client.call("GET", "/api/v1/plugin-remarks/none"))[0] == 404
        status, headers, text = await client.call("GET", "/api/v1/site-template?lang=ja")
        assert (status, headers["Content-Type"]) == (200, "application/toml; charset=utf-8")
        assert "事業所" in text.decode()


async def test_the_plugins_commands_answer_over_rest(tmp_path):
    async with sandboxed(tmp_path) as (client, _):
        _, _, data = await client.call("GET", "/api/v1/plugins/careplan_link/sample.zip?people=3")
        place = "/api/v1/plugins/careplan_link"
        _, _, checked = await client.call(
            "POST", f"{place}/checks", data=form_of(data, "s.zip", profile="lenient")
        )
        assert (checked["overall"], checked["profile"]) == ("ok", "lenient")
        status, _, body = await client.call(
            "POST", f"{place}/checks", data=form_of(data, "s.zip", profile="none")
        )
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        _, _, ready = await client.call("POST", f"{place}/readiness", data=form_of(data, "s.zip"))
        assert ready["schema"] == "kaigo-gateway/careplan-readiness/1"
        _, _, lines = await client.call("POST", f"{place}/records?names=en", data=form_of(data, "s.zip"))
        assert len(lines.splitlines()) > 1
        assert json.loads(lines.splitlines()[0])["record"]
        assert (await client.get(f"{place}/rules/name_copy?lang=ja"))["code"] == "NAME_COPY"
        assert (await client.call("GET", f"{place}/rules/none"))[0] == 404
        _, _, related = await client.post("/api/v1/plugins/subsidy/related", {"facts": {}})
        assert related["programmes"]
        assert (await client.post("/api/v1/plugins/subsidy/related", {"facts": {"nonsense": True}}))[0] == 422
        programme = await client.get("/api/v1/programmes/kiban-office/2026")
        assert programme["rules"]["programme"] == "kiban-office"
        assert not list((tmp_path / "web" / "uploads").iterdir())


async def test_mended_files_come_back_with_the_list_of_changes(tmp_path):
    async with sandboxed(tmp_path) as (client, _):
        _, _, data = await client.call("GET", "/api/v1/plugins/careplan_link/sample.zip")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            name = next(each for each in archive.namelist() if each.upper().endswith(".CSV"))
            broken = archive.read(name).decode("cp932").encode("utf-8")
        path = "/api/v1/plugins/careplan_link/fixes"
        _, _, mended = await client.call("POST", path, data=form_of(broken, name))
        with zipfile.ZipFile(io.BytesIO(mended)) as archive:
            assert set(archive.namelist()) == {name, "changes.jsonl", "report.json"}
            assert archive.read(name).decode("cp932").encode("utf-8") == broken
            assert "ENCODING_UTF8" in archive.read("changes.jsonl").decode()
            assert str(tmp_path) not in archive.read("report.json").decode()


def claim(**more):
    line = {
        "kind": "card_reader", "description": "reader", "model": "CIR315A", "quantity": 1, "amount": 6500,
        "incurred_on": "2026-06-01", "supporter": "T1234567890123", "condition": "new", "compatible": True,
    }  # fmt: skip
    office = {"number": OFFICE, "name": "n", "services": ["11"]}
    return {
        "programme": "kiban-office", "fiscal_year": 2026, "applied_on": "2026-11-22", "office": office,
        "expenses": [line], **more,
    }  # fmt: skip


async def test_a_claim_is_assessed_with_readings_and_its_days_come_as_a_calendar(tmp_path):
    async with sandboxed(tmp_path) as (client, _):
        place = "/api/v1/plugins/subsidy"
        _, _, plain = await client.post("/api/v1/assessments", claim())
        status, _, read = await client.post(f"{place}/assessments", {"claim": claim()})
        assert (status, read) == (200, plain)
        wrong = {"claim": claim(), "readings": {"same_category": "nonsense"}}
        assert (await client.post(f"{place}/assessments", wrong))[0] == 422
        status, headers, days = await client.post(f"{place}/calendar", claim())
        assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/calendar")
        assert b"BEGIN:VCALENDAR" in days


async def test_many_offices_are_assessed_at_once(tmp_path):
    pytest.importorskip("duckdb")
    from kaigo_subsidy.bulk import COLUMNS

    async with sandboxed(tmp_path) as (client, _):
        place = "/api/v1/plugins/subsidy"
        status, _, body = await client.call("POST", f"{place}/bulk", data=form_of(b"a,b\n1,2\n", "x.csv"))
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        assert str(tmp_path) not in json.dumps(body)
        rows = ",".join(COLUMNS) + "\n"
        status, _, body = await client.call("POST", f"{place}/bulk", data=form_of(rows.encode(), "x.csv"))
        assert status in {200, 422}, body


OFFICES = b"office_number,services,incurred_on\n1370000001,11,2026-06-01\n1370000002,11,6/1/2026\n"


async def test_wrong_rows_are_named_and_the_others_assessed(tmp_path):
    pytest.importorskip("duckdb")
    async with sandboxed(tmp_path) as (client, _):
        place = "/api/v1/plugins/subsidy"
        status, _, body = await client.call("POST", f"{place}/bulk", data=form_of(OFFICES, "x.csv"))
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        leaving_out = form_of(OFFICES, "x.csv", bad_rows="leave_out")
        _, _, body = await client.call("POST", f"{place}/bulk", data=leaving_out)
        assert (body["offices"], body["bad_rows"]) == (1, 1)
        _, _, wrong = await client.call("POST", f"{place}/bulk-bad-rows.csv", data=form_of(OFFICES, "x.csv"))
        lines = wrong.decode("utf-8-sig").splitlines()
        assert [line.split(",")[:2] for line in lines[1:]] == [["3", "incurred_on"]]
        good = OFFICES.replace(b"6/1/2026", b"2026-06-01")
        _, _, none = await client.call("POST", f"{place}/bulk-bad-rows.csv", data=form_of(good, "x.csv"))
        assert none.decode("utf-8-sig").splitlines() == lines[:1]


async def test_the_columns_of_a_file_of_offices_are_explained_in_both_languages(tmp_path):
    async with sandboxed(tmp_path) as (client, _):
        said = {}
        for language in ("en", "ja"):
            place = f"/api/v1/plugins/subsidy/bulk-columns?programme=kiban-medical&lang={language}"
            said[language] = {each["name"]: each for each in (await client.get(place))["columns"]}
        assert said["en"].keys() == said["ja"].keys() >= {"office_number", "beds"}
        assert said["en"]["beds"]["about"] != said["ja"]["beds"]["about"]


async def test_names_that_a_resolver_never_answers_do_not_hold_the_service_up(tmp_path, monkeypatch):
    free, real = threading.Event(), socket.getaddrinfo

    def hangs(host, *rest, **more):
        if host == "hangs.example":
            free.wait(60)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    async with served(tmp_path, plugin(Stage2())) as client:
        asked = {"targets": [{"url": "https://hangs.example/"}] * 60, "concurrency": 60}
        pending = asyncio.ensure_future(client.post("/api/v1/targets", asked))
        await asyncio.sleep(0.2)
        doctor = await asyncio.wait_for(client.get("/api/v1/doctor"), 20)  # it needs a thread
        assert doctor["results"]
        assert not pending.done()
        free.set()
        assert (await pending)[0] == 200


@pytest.mark.parametrize("content", [None, b"no certificate"])
async def test_a_ca_file_that_is_none_is_a_problem_and_no_broken_stream(tmp_path, content):
    async with served(tmp_path, plugin(Stage2())) as client:
        name = "0011223344556677/0/ca.pem"
        if content is not None:
            form = form_of(content, "ca.pem")
            _, _, uploaded = await client.call("POST", "/api/v1/files", data=form)
            name = uploaded["path"]
        asked = {"targets": [{"url": "https://127.0.0.1:1/"}], "ca_file": name}
        status, _, body = await client.post("/api/v1/targets", asked)
        assert (status, body["code"]) == (422, "INPUT_ERROR")
