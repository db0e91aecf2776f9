"""Requests of an attacker, one per row: each is refused exactly as THREAT_MODEL.md says."""

from __future__ import annotations

import asyncio
import io
import json
import os
import stat
from contextlib import closing

import pytest
from aiohttp import FormData
from attacks import attack
from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.web import WebOptions, create_app
from kaigo_gateway.web._uploads import safe_name
from kaigo_gateway.web.access import Role, Sessions, read_tokens
from kaigo_gateway.web.safety import RateLimit
from kaigo_gateway.web.serving import Wanted, serving
from web_kit import Stage2, plugin, served, site_document, write_certificate

FOREIGN_SITE = {"Sec-Fetch-Site": "cross-site"}
SAME_HOST_OTHER_PORT = {"Sec-Fetch-Site": "same-site"}
JSON = {"Content-Type": "application/json"}
TABLE = [
    ("a foreign Host (DNS rebinding)", "GET", "/", {"Host": "evil.example"}, None, 421),
    ("a Host that is no host", "GET", "/", {"Host": "["}, None, 421),
    ("a foreign Host at a static file", "GET", "/static/app.js", {"Host": "evil.example:80"}, None, 421),
    ("a POST of another site", "POST", "/api/v1/setups", FOREIGN_SITE, b"{}", 403),
    ("a POST of another port of this machine", "POST", "/api/v1/setups", SAME_HOST_OTHER_PORT, b"{}", 403),
    ("an old browser's POST of a site", "POST", "/logout", {"Origin": "http://evil.example"}, b"", 403),
    ("an origin that is null", "POST", "/logout", {"Origin": "null"}, b"", 403),
    ("a DELETE of another site", "DELETE", "/api/v1/files/0011223344556677", FOREIGN_SITE, None, 403),
    ("a body that is not JSON", "POST", "/api/v1/assessments", JSON, b"{", 400),
    ("a body that says NaN", "POST", "/api/v1/assessments", JSON, b"NaN", 400),
    ("a deep body", "POST", "/api/v1/assessments", JSON, b"[" * 90000, 400),
    ("a form instead of JSON", "POST", "/api/v1/assessments", {"Content-Type": "text/plain"}, b"{}", 415),
    ("too large a body", "POST", "/api/v1/assessments", JSON, b" " * 2_100_000, 413),
    ("path traversal in a download", "GET", "/api/v1/setups/x/papers/..%2F..%2Fetc%2Fpasswd", {}, None, 404),
    ("path traversal in a static file", "GET", "/static/..%2F__init__.py", {}, None, 404),
    ("path traversal in a Setup's id", "GET", "/api/v1/setups/..%2F..%2Fetc", {}, None, 404),
    ("path traversal in a file's name", "DELETE", "/api/v1/files/..%2Ftokens", {}, None, 404),
    ("a certificate that never was", "DELETE", "/api/v1/certificates/..%2F..%2Fx/00", {}, None, 404),
    ("an unknown address", "GET", "/wp-login.php", {}, None, 404),
    ("a method that is not known there", "PATCH", "/api/v1/setups", {}, None, 405),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "headers", "data", "status"),
    [pytest.param(*row[1:], id=row[0]) for row in TABLE],
)
async def test_each_hostile_request_is_refused_as_documented(tmp_path, method, path, headers, data, status):
    from yarl import URL

    async with served(tmp_path, plugin(Stage2())) as client:
        url = URL(client.service.address + path, encoded=True)
        token = {"Authorization": f"Bearer {client.token(Role.ADMINISTRATOR)}"}
        async with client.session.request(
            method, url, headers={**token, **headers}, data=data and io.BytesIO(data), allow_redirects=False
        ) as answer:
            body = await answer.json()
            assert answer.status == status, body
            assert answer.content_type == "application/problem+json"
            assert body["code"]
            assert "Traceback" not in json.dumps(body)


EVERY = [
    ("GET", "/api/v1/setups"), ("POST", "/api/v1/setups"), ("GET", "/api/v1/setups/x"), ("GET", "/metrics"),
    ("GET", "/api/v1/certificates"), ("POST", "/api/v1/certificates"), ("GET", "/api/v1/diagnostics.zip"),
    ("GET", "/api/v1/setups/x/events"), ("POST", "/api/v1/files"), ("GET", "/nowhere"), ("POST", "/new"),
]  # fmt: skip


@attack("no token, a guessed token, an unknown session", 401)
@pytest.mark.parametrize(
    "credentials", [{}, {"Authorization": "Bearer guessed"}, {"Cookie": "kaigo_gateway_session=x"}]
)
async def test_without_a_token_nothing_but_health_and_the_description_answers(tmp_path, credentials):
    async with served(tmp_path, plugin(Stage2())) as client:
        for method, path in EVERY:
            status, headers, _ = await client.call(method, path, role=None, headers=credentials)
            assert status == 401, path
            assert headers["WWW-Authenticate"].startswith("Bearer")
        for path in ("/api/v1/health", "/api/openapi.json"):
            assert (await client.call("GET", path, role=None, headers=credentials))[0] == 200


OUTSIDE = [
    {"certificate": {"file": "/etc/passwd"}},
    {"certificate": {"file": "../../etc/passwd"}},
    {"certificate": {"file": "a/../../tokens"}},
    {"certificate": {"password": {"$env": "HOME"}}},
    {"certificate": {"password": {"$file": "/etc/shadow"}}},
    {"platform": {"ca_file": "/etc/ssl/cert.pem"}},
    {"network": {"pac_file": "C:\\Windows\\proxy.pac" if os.name == "nt" else "/proc/self/environ"}},
    {"careplan": {"files": "/home"}},
    {"plugins": {"unknown": {"file": "/etc/passwd"}}},
    {"simulated": True},
]


@attack("a site document that names a file or variable of this machine", 422)
@pytest.mark.parametrize("change", OUTSIDE, ids=json.dumps)
async def test_a_site_document_names_no_file_outside_the_allowed_folders(tmp_path, change):
    async with served(tmp_path, plugin(Stage2())) as client:
        status, _, body = await client.post("/api/v1/setups", site_document(**change))
        assert status == 422, body
        assert body["errors"], body
        _, _, japanese = await client.post("/api/v1/setups?lang=ja", site_document(**change))
        assert all(not each["why"].isascii() for each in japanese["errors"]), japanese
        assert (await client.get("/api/v1/setups"))["items"] == []


@attack("a symbolic link in an allowed folder that leads out of it", 422)
async def test_a_link_in_an_allowed_folder_does_not_lead_out_of_it(tmp_path):
    (tmp_path / "allowed").mkdir()
    (tmp_path / "secret.txt").write_text("s")
    (tmp_path / "allowed" / "link").symlink_to(tmp_path / "secret.txt")
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path / "allowed",)) as client:
        change = {"certificate": {"file": str(tmp_path / "allowed" / "link")}}
        status, _, body = await client.post("/api/v1/setups", site_document(**change))
        assert (status, body["code"]) == (422, "PATH_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("office.p12", "office.p12"), ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\a\\b.zip", "b.zip"), ("..", "_"), ("", "_"), (None, "_"), ("con.txt", "_con.txt"),
        ("a\x00b\nc", "a_b_c"), ("事業所.p12", "事業所.p12"), ("x" * 500, "x" * 120), (".hidden", "hidden"),
    ],
)  # fmt: skip
def test_an_uploads_name_never_leads_anywhere(name, safe):
    assert safe_name(name) == safe


@attack("path traversal in an upload's name", 201, "kept under the last part of the name")
async def test_an_upload_lands_privately_under_a_name_of_ours_and_goes_when_it_is_discarded(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        part = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../../../tmp/ca.pem"\r\n\r\n'
        )
        data = part + b"PEM\r\n--b--\r\n"
        status, headers, body = await client.call("POST", "/api/v1/files", data=data, headers=kind)
        assert (status, body["name"], body["size"]) == (201, "ca.pem", 3)
        path = tmp_path / "web" / "uploads" / body["path"]
        assert path.read_bytes() == b"PEM"
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        document = site_document(platform={"ca_file": body["path"]})
        assert (await client.post("/api/v1/setups", document))[0] == 201
        assert (await client.call("DELETE", headers["Location"]))[0] == 204
        assert not path.exists()


@attack("too large an upload", 413)
async def test_an_oversized_upload_is_refused_and_leaves_nothing_behind(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        assert (await client.get("/api/v1/setups"))["items"] == []
        form = FormData()
        form.add_field("file", io.BytesIO(b"x" * (65 * 1024 * 1024)), filename="big.zip")
        try:
            status, _, body = await client.call("POST", "/api/v1/files", data=form)
            assert (status, body["code"]) == (413, "TOO_LARGE")
        except ConnectionError:
            pass  # the service stopped reading: the client sees the closed connection first
        uploads = tmp_path / "web" / "uploads"
        assert list(uploads.iterdir()) == []


@attack("a broken multipart body", 400)
async def test_a_broken_multipart_body_is_a_clear_mistake(tmp_path):
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with served(tmp_path, plugin(Stage2())) as client:
        for data in (b"", b"--b\r\n", b"nonsense", b"--b\r\nContent-Disposition: form-data\r\n\r\nx"):
            status, _, body = await client.call("POST", "/api/v1/files", data=data, headers=headers)
            assert status in {400, 422}, (data, body)


@attack("a body that trickles in (slow loris)", 408)
@attack("a request head that never ends (slow loris)", 0)
async def test_a_body_that_trickles_in_is_ended(tmp_path, monkeypatch):
    import kaigo_gateway.web.serving as room

    monkeypatch.setattr(room, "HEADER_TIME", 0.3)
    short = room._options
    monkeypatch.setattr(room, "_options", lambda *given: _with(short(*given), body_time_limit=0.3))
    async with served(tmp_path, plugin(Stage2())) as client:
        host, port = client.service.address.removeprefix("http://").split(":")
        head = (
            f"POST /api/v1/assessments HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {client.token(Role.VIEWER)}\r\nContent-Length: 100\r\n\r\n{{"
        )
        assert b" 408 " in await raw(host, port, head)
        assert await raw(host, port, "GET / HTTP/1.1\r\nHost: ") == b""


def _with(options: WebOptions, **changes) -> WebOptions:
    from dataclasses import replace

    return replace(options, **changes)


async def raw(host, port, text):
    """Send ``text`` and no more; what comes back until the other side closes."""
    reader, writer = await asyncio.open_connection(host, int(port))
    with closing(writer):
        writer.write(text.encode())
        return await asyncio.wait_for(reader.read(4096), 20)


@attack("guessing tokens or links", 429, "after ten within a minute")
async def test_guessing_tokens_is_slowed_down(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        for _ in range(10):
            status, _, _ = await client.call("POST", "/login", role=None, data={"token": "guess"})
            assert status == 401
        status, headers, body = await client.call("POST", "/login", role=None, data={"token": "guess"})
        assert (status, body["code"]) == (429, "TOO_MANY_ATTEMPTS")
        assert int(headers["Retry-After"]) >= 1
        status, _, _ = await client.call("GET", "/login/guess", role=None)
        assert status == 429


def test_the_wait_after_too_many_guesses_ends():
    moment = [0.0]
    limit = RateLimit(most=2, seconds=60, clock=lambda: moment[0])
    limit.failed()
    limit.failed()
    assert limit.wait() == 60
    moment[0] = 61.0
    assert limit.wait() == 0


@attack("a login link used twice", 401)
async def test_the_login_link_works_once_and_gives_a_strict_cookie(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        link = client.service.link
        async with client.session.get(link, allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert answer.status == 200
            assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
        status, _, _ = await client.call("GET", "/settings", role=None)  # the jar holds the cookie
        assert status == 200
        async with client.session.get(link) as again:
            assert again.status == 401
        assert (await client.call("POST", "/logout", role=None))[0] == 303
        assert (await client.call("GET", "/api/v1/setups", role=None))[0] == 401


def test_links_and_sessions_end_with_their_time():
    moment = [0.0]
    sessions = Sessions(100, 10, clock=lambda: moment[0])
    late, used = sessions.new_link(Role.VIEWER), sessions.new_link(Role.SUPPORTER)
    session = sessions.redeem(used)
    assert sessions.role(session) is Role.SUPPORTER
    moment[0] = 11.0
    assert sessions.redeem(late) is None
    moment[0] = 101.0
    assert sessions.role(session) is None


@pytest.mark.parametrize(
    "text", ["viewer short\n", "root aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"]
)
def test_a_token_file_that_is_not_right_stops_the_service(tmp_path, text):
    file = tmp_path / "tokens"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(CouldNotRun, match="Line 1"):
        read_tokens(file)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_a_token_file_that_others_can_read_stops_the_service(tmp_path):
    file = tmp_path / "tokens"
    assert set(read_tokens(file)) == set(Role)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(CouldNotRun, match="other users"):
        read_tokens(file)


async def test_other_machines_are_served_only_with_tls(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        with pytest.raises(InputError, match="needs TLS"):
            async with serving(client.gateway, Wanted(host="0.0.0.0", port=0)):
                pass


async def test_every_answer_carries_the_security_headers(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        for path in ("/", "/login", "/static/app.css", "/api/v1/health", "/api/v1/setups/x", "/nowhere"):
            _, headers, _ = await client.call("GET", path)
            assert "default-src 'none'" in headers["Content-Security-Policy"], path
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Server"] == "kaigo-gateway"


@attack("markup in a site file or in what a check saw", 200, "shown as text")
async def test_markup_in_what_a_check_saw_is_shown_as_text(tmp_path):
    async with served(tmp_path, plugin(Stage2(broken=True)), files=(tmp_path,)) as client:
        document = site_document(certificate=write_certificate(tmp_path))
        document["office"]["name"] = "<script>alert(1)</script>"
        _, _, setup = await client.post("/api/v1/setups", document)
        await client.call("GET", f"/api/v1/setups/{setup['id']}/events?until=idle")
        page = (await client.call("GET", f"/setups/{setup['id']}"))[2].decode()
        assert "<script>alert" not in page
        assert "&lt;i&gt;line&lt;/i&gt;" in page
        assert "<b>line" not in page


async def test_the_application_mounts_below_a_prefix_with_the_products_own_login(tmp_path, aiohttp_client):
    from aiohttp import web
    from kaigo_gateway.web import Principal

    class OwnLogin:
        def principal(self, request):
            name = request.headers.get("X-Product-User")
            return Principal(Role.SUPPORTER, "product") if name else None

    async with served(tmp_path, plugin(Stage2())) as client:
        options = WebOptions(folder=tmp_path / "embedded", hosts=None, run_engine=False)
        product = web.Application()
        product.add_subapp("/kaigo", create_app(client.gateway, access=OwnLogin(), options=options))
        outside = await aiohttp_client(product)
        assert (await outside.get("/kaigo/api/v1/setups")).status == 401
        user = {"X-Product-User": "u"}
        page = await (await outside.get("/kaigo/", headers=user)).text()
        assert 'href="/kaigo/new"' in page
        made = await outside.post("/kaigo/api/v1/setups", json=site_document(), headers=user)
        assert made.status == 201
        assert made.headers["Location"].startswith("/kaigo/api/v1/setups/")
        assert (await outside.get(made.headers["Location"], headers=user)).status == 200
        assert not (tmp_path / "embedded" / "tokens").exists()
