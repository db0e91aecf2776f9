"""The rest of the REST API: papers, certificates, files, checks, support; each with what it must not do."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import date

from aiohttp import FormData, web
from kaigo_gateway.model.descriptors import Exporter, FileValidator
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.web.access import Role
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

CANARY = "Canary-Password-77"


def form_of(data, name="office.p12", **fields):
    form = FormData()
    form.add_field("file", io.BytesIO(data), filename=name)
    for key, value in fields.items():
        form.add_field(key, value)
    return form


async def finished(client, folder):
    _, _, body = await client.post("/api/v1/setups", site_document(certificate=write_certificate(folder)))
    await until(client, body["id"], "done")
    return body["id"]


def exporters():
    def render(view, assessment):
        return f"{view.id}".encode()

    return [Exporter("kit", "Kit's paper", "見本.txt", "text/plain", render)]


async def test_a_paper_is_saved_as_a_file_and_never_shown_by_the_browser(tmp_path):
    async with served(tmp_path, plugin(Stage2(), gateway_exporters=exporters), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        items = (await client.get(f"/api/v1/setups/{setup_id}/papers"))["items"]
        assert [item["name"] for item in items] == ["report-html", "report-json", "kit"]
        for item in items:
            status, headers, _ = await client.call("GET", f"/api/v1/setups/{setup_id}/papers/{item['name']}")
            assert status == 200
            assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        status, _, _ = await client.call("GET", f"/api/v1/setups/{setup_id}/papers/none")
        assert status == 404


async def test_all_papers_come_as_one_zip(tmp_path):
    async with served(tmp_path, plugin(Stage2(), gateway_exporters=exporters), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        _, _, data = await client.call("GET", f"/api/v1/setups/{setup_id}/papers.zip")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.removeprefix(f"{setup_id}/") for name in archive.namelist()]
            assert names == ["report.html", "report.json", "見本.txt"]
            assert archive.read(f"{setup_id}/見本.txt") == setup_id.encode()


async def test_a_certificate_is_judged_kept_listed_and_removed(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    async with served(tmp_path, plugin(Stage2())) as client:
        parts = {"password": CANARY, "office_number": OFFICE}
        status, _, judged = await client.call(
            "POST", "/api/v1/certificates/inspections", data=form_of(data, **parts)
        )
        assert (status, judged["installed"]) == (200, False)
        assert (await client.get("/api/v1/certificates"))["items"] == []
        status, _, kept = await client.call("POST", "/api/v1/certificates", data=form_of(data, **parts))
        assert (status, kept["installed"]) == (201, True), kept
        items = (await client.get("/api/v1/certificates"))["items"]
        assert [item["sha256"] for item in items] == [judged["certificate"]["sha256"]]
        assert items[0]["days_left"] > 1000
        path = f"/api/v1/certificates/{OFFICE}/{items[0]['sha256']}"
        assert (await client.call("DELETE", path))[0] == 204
        assert (await client.call("DELETE", path))[0] == 404
        assert not any(CANARY.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
        assert list((tmp_path / "web" / "uploads").iterdir()) == []


async def test_a_wrong_password_is_a_finding_and_keeps_nothing(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    async with served(tmp_path, plugin(Stage2())) as client:
        form = form_of(data, password="Wrong-Password-1", office_number=OFFICE)
        status, _, body = await client.call("POST", "/api/v1/certificates?lang=ja", data=form)
        assert (status, body["overall"], body["installed"]) == (200, "fail", False)
        assert body["findings"][0]["remedy"]["steps"]
        assert "Wrong-Password-1" not in json.dumps(body)
        form = form_of(data, password=CANARY, office_number="123")
        assert (await client.call("POST", "/api/v1/certificates", data=form))[0] == 422


async def test_a_stage_is_checked_without_a_record(tmp_path):
    async with served(tmp_path, plugin(Stage2(broken=True))) as client:
        asked = {"stage": "platform", "site": site_document()}
        status, _, report = await client.post("/api/v1/checks", asked)
        assert (status, report["overall"], report["schema"]) == (200, "fail", "kaigo-gateway/report/1")
        assert (await client.get("/api/v1/setups"))["items"] == []
        status, _, _ = await client.post("/api/v1/checks", {"stage": "platform"})
        assert status == 422


async def test_files_are_validated_by_a_plugin_and_removed(tmp_path):
    seen = []

    def validate(paths):
        seen.extend(paths)
        findings = [{"severity": "error", "code": "X1", "row": 2, "field": 3, "seen": "", "message": "wrong"}]
        files = [{"path": str(path), "kind": "k", "rows": 1, "findings": findings} for path in paths]
        of_all = [{"severity": "error", "code": "X2", "row": None, "field": None, "message": "order"}]
        return {"schema": "kit/1", "overall": "fail", "files": files, "findings": of_all}

    validators = [FileValidator("kit", "Kit's files", validate)]
    kit = plugin(Stage2(), gateway_file_validators=lambda: validators)
    async with served(tmp_path, kit) as client:
        names = (await client.get("/api/v1/validators"))["items"]
        assert [item["name"] for item in names] == ["kit"]
        form = form_of(b"a", "one.csv")
        form.add_field("file", io.BytesIO(b"b"), filename="two.csv")
        status, _, body = await client.call("POST", "/api/v1/validators/kit", data=form)
        assert (status, [file["path"] for file in body["files"]]) == (200, ["one.csv", "two.csv"])
        assert [each["code"] for each in body["findings"]] == ["X2"]
        assert not any(path.exists() for path in seen)
        page = (await client.call("GET", "/careplan"))[2].decode()
        assert "Kit&#39;s files" in page
        form = form_of(b"a", "one.csv", validator="kit")
        page = (await client.call("POST", "/careplan", data=form))[2].decode()
        assert "X1" in page
        assert "X2" in page, "findings about all files together are shown too"
        assert (await client.call("POST", "/api/v1/validators/none", data=form_of(b"")))[0] == 404


async def test_a_claim_for_rules_that_are_not_installed_says_so(tmp_path):
    claim = {
        "programme": "none",
        "fiscal_year": 2026,
        "applied_on": "2026-11-22",
        "office": {"number": OFFICE},
    }
    async with served(tmp_path, plugin(Stage2())) as client:
        status, _, body = await client.post("/api/v1/assessments", claim)
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        assert (await client.get("/api/v1/programmes"))["items"] == []


async def test_a_changed_record_is_found_over_rest(tmp_path):
    import sqlite3

    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        await finished(client, tmp_path)
        found = await client.get("/api/v1/ledger/verification")
        assert (found["intact"], found["setups"], found["seals"]) == (True, 1, 1)
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("UPDATE record SET body = replace(body, 'ok', 'OK') WHERE seq = 3")
    async with served(tmp_path, plugin(Stage2())) as client:
        found = await client.get("/api/v1/ledger/verification")
        assert found["intact"] is False
        assert "RECORD_CHANGED" in {fault["code"] for fault in found["faults"]}


async def test_a_diagnostics_bundle_holds_no_planted_secret_and_no_name(tmp_path):
    async with served(tmp_path, plugin(Stage2(broken=True)), files=(tmp_path,), passphrase=CANARY) as client:
        client.gateway.redactor.learn("Canary-Token-88")
        document = site_document(certificate=write_certificate(tmp_path))
        document["office"] |= {
            "name": "Canary-Office-Name",
            "address": "Canary-Street 1",
            "phone": "03-0000-9999",
        }
        document["supporter"] |= {"engineer": "Canary-Person"}
        _, _, setup = await client.post("/api/v1/setups", document)
        await until(client, setup["id"], "done")
        client.gateway.redactor.learn("<i>line</i>")  # became known only after it was recorded
        path = f"?setup={setup['id']}"
        preview = await client.get(f"/api/v1/diagnostics{path}")
        _, _, data = await client.call("GET", f"/api/v1/diagnostics.zip{path}")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
            manifest = json.loads(archive.read("manifest.json"))
            for entry in manifest["files"]:
                assert hashlib.sha256(archive.read(entry["name"])).hexdigest() == entry["sha256"]
        assert {file["name"] for file in preview["files"]} == {entry["name"] for entry in manifest["files"]}
        assert "KIT_BADLY" in everything
        planted = (
            CANARY, "Canary", "Kit-Password-1", "Street", "03-0000-9999", client.token(Role.ADMINISTRATOR),
            "BEGIN", "<i>line</i>", str(tmp_path / "office.txt"),
        )  # fmt: skip
        assert [each for each in planted if each in everything] == []


async def test_a_link_for_another_role_gives_that_role_only(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        status, _, body = await client.post("/api/v1/login-links", {"role": "viewer"})
        assert (status, body["role"]) == (201, "viewer")
        assert (await client.call("GET", body["url"], role=None))[0] == 200
        assert (await client.call("GET", "/api/v1/setups", role=None))[0] == 200
        assert (await client.call("GET", "/settings", role=None))[0] == 403


async def test_a_plugins_routes_answer_below_its_name_and_behind_the_login(tmp_path):
    async def status(request):
        return web.json_response({"day": date(2026, 11, 22).isoformat()})

    def routes(gateway):
        return [web.get("/status", status), web.post("/status", status), "no route"]

    async with served(tmp_path, plugin(Stage2(), gateway_routes=routes)) as client:
        assert await client.get("/api/v1/plugins/kit/status", role=Role.VIEWER) == {"day": "2026-11-22"}
        assert (await client.call("GET", "/api/v1/plugins/kit/status", role=None))[0] == 401
        assert (await client.post("/api/v1/plugins/kit/status", role=Role.VIEWER))[0] == 403


async def test_a_broken_plugins_routes_leave_the_service_up(tmp_path):
    def routes(gateway):
        raise RuntimeError("broken")

    async with served(tmp_path, plugin(Stage2(), gateway_routes=routes)) as client:
        assert (await client.get("/api/v1/health"))["status"] == "ok"


async def test_the_pages_forms_do_what_the_routes_do(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    english = {"Accept-Language": "en"}
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        for chosen in ("", setup_id):
            status, _, body = await client.call("POST", "/readers", data={"setup": chosen}, headers=english)
            assert (status, b'id="result"' in body) == (200, True)
        parts = {"password": CANARY, "office_number": OFFICE, "wish": "install"}
        _, _, body = await client.call("POST", "/certificates", data=form_of(data, **parts), headers=english)
        assert b"Kept in the vault." in body
        kept = (await client.get("/api/v1/certificates"))["items"]
        for each in kept:
            gone = {"office": each["office_number"], "sha256": each["sha256"]}
            assert (await client.call("POST", "/certificates/remove", data=gone))[0] == 303
        assert (await client.get("/api/v1/certificates"))["items"] == []
        _, _, body = await client.call("POST", "/settings/link", data={"role": "viewer"}, headers=english)
        assert f"{client.service.address}/login/".encode() in body
        assert (await client.call("POST", "/settings/link", data={"role": "root"}))[0] == 422
        site = b'[office]\nnumber = "1370000001"\nname = "n"\nservices = ["11"]\n[supporter]\nname = "s"\n'
        status, headers, _ = await client.call("POST", "/new/file", data=form_of(site, "site.toml"))
        assert (status, headers["Location"].startswith("/setups/")) == (303, True)
        back = {"language": "en", "back": "//evil.example/"}
        status, headers, _ = await client.call("POST", "/language", data=back)
        assert (status, headers["Location"]) == (303, "/")


async def test_the_mistakes_of_a_document_are_said_in_the_readers_language(tmp_path):
    document = site_document()
    document["office"]["number"], document["office"]["services"] = "12", [11]
    async with served(tmp_path, plugin(Stage2())) as client:
        said = {}
        for language in ("en", "ja"):
            _, _, body = await client.post(f"/api/v1/setups?lang={language}", document)
            said[language] = {each["place"]: each["why"] for each in body["errors"]}
    assert set(said["en"]) == set(said["ja"]) == {"office.number", "office.services.0"}
    assert said["en"]["office.services.0"] == "text in quotation marks is expected"
    assert all(re.search("[ぁ-ん]", why) for why in said["ja"].values())
