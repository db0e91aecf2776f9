"""More of an attacker: bytes that are no HTTP, floods, bombs, injected names; and the table of them all."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import test_web_hostile as hostile
from aiohttp import FormData, web
from aiohttp.http_exceptions import BadHttpMessage, InvalidURLError, LineTooLong
from attacks import SHOWN, attack
from kaigo_gateway.model.descriptors import Exporter
from kaigo_gateway.web import _answers
from kaigo_gateway.web._malformed import malformed
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._attachment import attachment
from kaigo_gateway.web.serving import Wanted, serving
from test_web_sandbox import sandboxed
from web_kit import Stage2, answered, plugin, served, site_document, until, write_certificate

MODEL = (Path(__file__).resolve().parents[2] / "THREAT_MODEL.md").read_text(encoding="utf-8")
MALFORMED = {
    "both Content-Length and Transfer-Encoding": (
        "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /api/v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n"
    ),
    "two lengths": (
        "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nabcd"
    ),
    "a signed length": "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: +4\r\n\r\nabcd",
    "an unknown transfer coding": (
        "POST /login HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"
    ),
    "a blank before the colon": (
        "POST /login HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"
    ),
    "a chunk size that is no number": (
        "POST /login HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"
    ),
    "a folded header": "GET /login HTTP/1.1\r\nHost: {host}\r\nX-A: a\r\n b\r\n\r\n",
    "a NUL in a header": "GET /login HTTP/1.1\r\nHost: {host}\r\nX-A: a\x00b\r\n\r\n",
    "a lone CR": "GET /login HTTP/1.1\r\nHost: {host}\r\nX-A: a\rb\r\n\r\n",
    "two hosts": "GET /login HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
    "no host": "GET /login HTTP/1.1\r\n\r\n",
    "a header that is too long": "GET /login HTTP/1.1\r\nHost: {host}\r\nX: " + "a" * 20_000 + "\r\n\r\n",
    "an address that is too long": "GET /" + "a" * 20_000 + " HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "bytes of another protocol": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no HTTP at all": "hello\r\n\r\n",
    "a method that is none": "G<>T /login HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a version that is none": "GET /login HTTP/9.9\r\nHost: {host}\r\n\r\n",
    "a host's address that does not end": "GET http://[::1 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a port beyond all ports": "GET http://a:99999999/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "bytes in the address": "GET /\xff\xfe HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "more headers than there may be": "GET /login HTTP/1.1\r\nHost: {host}\r\n" + "X-A: b\r\n" * 300 + "\r\n",
}


async def said_to(service, text):
    """All that comes back until the other side closes."""
    host, port = service.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with closing(writer):
        writer.write(text.replace("{host}", f"{host}:{port}").encode("latin-1"))
        return await asyncio.wait_for(reader.read(), 20)


@attack("request smuggling and other malformed requests", 400, "the connection is closed")
@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_request_gets_one_answer_and_no_second_one(tmp_path, capfd, text):
    async with served(tmp_path, plugin(Stage2())) as client:
        answer = await said_to(client.service, text)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        assert b"\r\nHTTP/1." not in answer, "one answer only"
        assert b"Content-Type: application/problem+json" in head
        assert b"nosniff" in head
        assert b"aiohttp" not in answer
        told = json.loads(body)
        assert told["code"] == "BAD_REQUEST"
        assert "could not be understood" in told["title"]
        assert "リクエストを解釈できませんでした" in told["title"]
        assert told["detail"].count(" / ") == 1
        assert (await client.get("/api/v1/health"))["status"] == "ok"
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (LineTooLong("x", 1), "longer"),
        (InvalidURLError("x"), "first line"),
        (BadHttpMessage("x"), "HTTP/1.1"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_malformed_request_is_told_what_is_wrong_and_not_what_it_sent(error, word):
    told = json.loads(malformed(400, error).text)
    assert word in told["detail"]
    assert "x" not in told["detail"].split()


def test_a_mistake_of_ours_before_there_is_a_request_has_a_number():
    told = json.loads(malformed(500, ValueError("x")).text)
    assert (told["code"], told["status"]) == ("INTERNAL", 500)
    assert re.fullmatch("[0-9a-f]{12}", told["detail"])


PERCENT = (
    "/%zz",
    "/%",
    "/api/v1/setups/%ff%fe",
    "/api/v1/setups?limit=%zz",
    "/api/v1/setups/%00",
    "/static/%2e%2e",
)


@pytest.mark.parametrize("address", PERCENT)
async def test_bad_percent_encoding_is_an_address_like_any_other(tmp_path, address):
    async with served(tmp_path, plugin(Stage2())) as client:
        bearer = f"Authorization: Bearer {client.token(Role.VIEWER)}"
        text = f"GET {address} HTTP/1.1\r\nHost: {{host}}\r\n{bearer}\r\nConnection: close\r\n\r\n"
        head, _, body = (await said_to(client.service, text)).partition(b"\r\n\r\n")
        assert head.split()[1] in {b"404", b"422"}
        assert json.loads(body)["code"] in {"NOT_FOUND", "SETUP_UNKNOWN", "NOT_VALID"}


async def test_a_body_that_is_not_what_its_header_says_is_no_error_of_ours(tmp_path, caplog, capfd):
    text = "Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd"
    async with served(tmp_path, plugin(Stage2())) as client:
        bearer = f"Authorization: Bearer {client.token(Role.SUPPORTER)}\r\nContent-Type: application/json"
        for address in ("/login", "/api/v1/setups"):
            await said_to(client.service, f"POST {address} HTTP/1.1\r\nHost: {{host}}\r\n{bearer}\r\n{text}")
    seen = capfd.readouterr()
    assert "Traceback" not in seen.err + seen.out


async def test_a_plugins_handler_without_an_answer_is_a_mistake_with_a_number(tmp_path, capfd):
    async def nothing(request):
        return None

    kit = plugin(Stage2(), gateway_routes=lambda gateway: [web.get("/nothing", nothing)])
    async with served(tmp_path, kit) as client:
        status, headers, body = await client.call("GET", "/api/v1/plugins/kit/nothing")
        assert (status, body["code"], headers["Server"]) == (500, "INTERNAL", "kaigo-gateway")
        assert re.fullmatch("[0-9a-f]{12}", body["detail"])
        assert body["detail"] in capfd.readouterr().out


@attack("another host in the first line of a request", 421)
async def test_an_address_of_another_host_in_the_first_line_is_refused(tmp_path):
    text = "GET http://evil.example/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    async with served(tmp_path, plugin(Stage2())) as client:
        assert (await said_to(client.service, text)).startswith(b"HTTP/1.1 421")


@attack("more connections than the limit", 0)
async def test_a_connection_beyond_the_limit_is_closed_and_the_others_go_on(tmp_path):
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.sandbox.demo import demo_settings

    gateway = Gateway(demo_settings(tmp_path), discover_installed=False)
    wanted = Wanted(port=0, folder=tmp_path / "web", max_connections=2)
    async with serving(gateway, wanted) as service:
        host, port = service.address.removeprefix("http://").split(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
        held[0][1].write(f"GET /api/v1/health HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert (await held[0][0].readline()).startswith(b"HTTP/1.1 200")
        reader, writer = await asyncio.open_connection(host, int(port))
        with closing(writer):
            assert await asyncio.wait_for(reader.read(), 20) == b""
        for _, each in held:
            each.close()


@attack("a flood of idempotency keys", 201, "the oldest answers go; 5,000 stay")
async def test_answers_to_keys_without_end_do_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(_answers, "MOST", 3)
    monkeypatch.setattr(_answers, "_EVERY", 1)
    async with served(tmp_path, plugin(Stage2())) as client:
        for number in range(8):
            headers = {"Idempotency-Key": f"key-{number}"}
            assert (await client.post("/api/v1/setups", site_document(), headers=headers))[0] == 201
        kept = list((tmp_path / "web" / "answers").iterdir())
        assert len(kept) <= 4
        if os.name == "posix":
            assert {stat.S_IMODE(each.stat().st_mode) for each in kept} == {0o600}


def bomb(size=50_000_000):
    target = io.BytesIO()
    name = "UPHOSOKU_202701_9970000106_43_9970000205_11_20261225101500.CSV"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
        archive.writestr("../../../../tmp/leads-out.CSV", b"a")
    return target.getvalue()


@attack("a ZIP bomb or a path in a ZIP for a validator", 200, "a finding; nothing is unpacked")
async def test_an_archive_made_to_burst_is_a_finding(tmp_path):
    async with sandboxed(tmp_path) as (client, _):
        form = FormData()
        form.add_field("file", io.BytesIO(bomb()), filename="bomb.zip")
        status, _, body = await client.call("POST", "/api/v1/validators/careplan", data=form)
        assert (status, body["overall"]) == (200, "fail")
        found = {finding["code"] for file in body["files"] for finding in file["findings"]}
        assert {"INPUT_ZIP_BOMB", "INPUT_ZIP_PATH"} <= found
        assert not list((tmp_path / "web" / "uploads").iterdir())


NAMES = ["見本.txt", 'a"; filename=b.exe', "a\r\nSet-Cookie: x=1.txt", "../../x", "a;b%00"]


@attack("a download's name with quotes, line ends or folders", 200, "percent-encoded")
@pytest.mark.parametrize("name", NAMES)
def test_a_downloads_name_cannot_end_its_header(name):
    header = attachment(name, b"", "text/plain").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]*", header)


async def test_a_plugins_name_for_a_paper_cannot_add_headers(tmp_path):
    def exporters():
        return [Exporter("kit", "<b>t</b>", NAMES[2], "text/plain", lambda view, assessment: b"x")]

    async with served(tmp_path, plugin(Stage2(), gateway_exporters=exporters), files=(tmp_path,)) as client:
        document = site_document(certificate=write_certificate(tmp_path))
        _, _, setup = await client.post("/api/v1/setups", document)
        await until(client, setup["id"], "done")
        _, headers, _ = await client.call("GET", f"/api/v1/setups/{setup['id']}/papers/kit")
        assert "Set-Cookie" not in headers
        page = (await client.call("GET", f"/setups/{setup['id']}/claim"))[2].decode()
        assert "<b>t</b>" not in page


@attack("a formula in a name that goes into a CSV paper", 200, "the cell begins with an apostrophe")
async def test_a_formula_in_a_site_file_is_text_in_every_csv_paper(tmp_path):
    async with sandboxed(tmp_path) as (client, sandbox):
        document = sandbox.site.model_dump(mode="json", by_alias=True, exclude_none=True)
        del document["simulated"]
        document["office"]["name"] = '=HYPERLINK("http://evil.example")'
        document["certificate"]["file"] = str(sandbox.folder / document["certificate"]["file"])
        password = document["certificate"]["password"]
        password["$file"] = str(sandbox.folder / password["$file"])
        _, _, setup = await client.post("/api/v1/setups", document)
        await answered(client, setup["id"])
        papers = (await client.get(f"/api/v1/setups/{setup['id']}/papers"))["items"]
        tables = [paper for paper in papers if paper["media_type"].startswith("text/csv")]
        assert tables
        seen = ""
        for paper in tables:
            _, _, data = await client.call("GET", f"/api/v1/setups/{setup['id']}/papers/{paper['name']}")
            text = data.decode("utf-8-sig" if b"\xef\xbb\xbf" in data[:3] else "cp932")
            seen += text
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert [cell for cell in cells if cell[:1] in "=+@" and cell] == [], paper["name"]
        assert "HYPERLINK" in seen


@attack("a name with markup from a plugin, a file or an upload", 200, "shown as text")
async def test_markup_in_names_of_files_and_plugins_is_text(tmp_path):
    from kaigo_gateway.model.descriptors import FileValidator

    def validate(paths):
        files = [{"path": str(path), "findings": [{"severity": "error", "code": "<u>", "row": 1, "field": 1,
                  "message": "<img src=x>"}]} for path in paths]  # fmt: skip
        return {"overall": "fail", "files": files}

    kit = plugin(Stage2(), gateway_file_validators=lambda: [FileValidator("kit", "<b>title</b>", validate)])
    async with served(tmp_path, kit) as client:
        form = FormData()
        form.add_field("file", io.BytesIO(b"a"), filename="<svg onload=alert(1)>.csv")
        form.add_field("validator", "kit")
        page = (await client.call("POST", "/careplan", data=form))[2].decode()
        for markup in ("<svg onload", "<b>title", "<img src=x", "<u>"):
            assert markup not in page
        assert "&lt;img src=x&gt;" in page


@attack("a shared cache between the service and a person", 200, "no-store, or no-cache and private")
async def test_personal_data_is_kept_in_no_shared_cache(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        _, _, setup = await client.post("/api/v1/setups", site_document())
        paths = ["", "/report", "/expenses", "/papers", "/papers/report-html", "/papers.zip"]
        for path in [f"/api/v1/setups/{setup['id']}{each}" for each in paths] + [
            "/", f"/setups/{setup['id']}", "/api/v1/setups", "/api/v1/certificates",
            "/api/v1/diagnostics.zip", "/metrics", "/settings",
        ]:  # fmt: skip
            _, headers, _ = await client.call("GET", path)
            said = {part.strip() for part in headers["Cache-Control"].split(",")}
            assert said == {"no-store"} or said >= {"no-cache", "private"}, path


async def test_tokens_are_changed_by_their_file_and_the_old_ones_are_refused(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        old = {"Authorization": f"Bearer {client.token(Role.VIEWER)}"}
        client.service.token_file.unlink()
    async with served(tmp_path, plugin(Stage2())) as client:
        assert (await client.call("GET", "/api/v1/setups", role=None, headers=old))[0] == 401
        assert (await client.call("GET", "/api/v1/setups", role=Role.VIEWER))[0] == 200
        assert stat.S_IMODE(client.service.token_file.stat().st_mode) == 0o600 or os.name != "posix"


def documented():
    """The table in THREAT_MODEL.md: attack → (status, what else)."""
    part = MODEL.split("### Hostile requests\n", 1)[1].split("\n### ", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return {name.strip(): answer.strip() for name, answer in rows[1:]}


def shown():
    """The same, from the tests."""
    import test_web_changes  # noqa: F401 - it marks its attack when it is imported

    rows = {row[0]: (row[5], "") for row in hostile.TABLE} | SHOWN
    return {
        name: "; ".join(filter(None, [str(status) if status else "closed without an answer", how]))
        for name, (status, how) in rows.items()
    }


def test_the_threat_model_lists_every_attack_with_the_answer_that_the_tests_see():
    assert documented() == shown()
