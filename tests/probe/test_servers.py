"""Particular ways of real servers, and the opinion of curl."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import sys
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from kaigo_gateway.probe import ProxyChoice, Target, Trust, forget_contexts, probe
from kaigo_gateway.probe._contexts import context_for, kept_context
from kaigo_gateway.probe._trace import Trace
from kaigo_gateway.probe.counterpart import FAULTS, Reply, counterpart, server_context, serving, unused_port
from kaigo_gateway.sandbox import DemoAuthority
from probe_rig import (
    DAY,
    QUICK,
    FileIdentity,
    Office,
    apache,
    identity_from,
    missing,
    nginx,
    s_server,
    shown_at,
)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.mark.servers
async def test_no_common_cipher_is_told_apart_from_a_missing_certificate(office, tmp_path):
    if missing("openssl"):
        pytest.skip("openssl is not installed")
    suite = ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256")
    with s_server(tmp_path, *office.pki.issue(), *suite) as port:
        result = await office.probe(port, office.client())
    assert (result.code, result.tls.asked) == ("TLS_NO_COMMON_CIPHER", False)


@pytest.mark.servers
@pytest.mark.parametrize(("tls", "code"), [("TLSv1.3", "TLS_CLIENT_CERT_PER_PATH"), ("TLSv1.2", "HTTP_OK")])
async def test_a_certificate_wanted_for_one_path_only(tls, code, office, tmp_path):
    """Apache with TLS 1.3 cannot ask after the request; with 1.2 it renegotiates."""
    if missing("apache2"):
        pytest.skip("apache2 is not installed")
    extra = "SSLVerifyClient none\n<Location />\nSSLVerifyClient require\nSSLVerifyDepth 3\n</Location>"
    with apache(tmp_path, *office.pki.issue(), office.pki.root_pem, tls=tls, extra=extra) as port:
        result = await office.probe(port, office.client(), tls13_only=tls == "TLSv1.3")
    assert (result.code, result.tls.asked) == (code, tls == "TLSv1.2")


@pytest.mark.servers
async def test_an_old_server_of_nginx_names_its_version(office, tmp_path):
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    with nginx(tmp_path, *office.pki.issue(), office.pki.root_pem, tls="TLSv1.2") as port:
        result = await office.probe(port, office.client())
    assert (result.code, result.seen["offered"]) == ("TLS_VERSION_SERVER_OLD", "TLS 1.2")


@pytest.mark.servers
async def test_nginx_gives_its_date_even_without_a_certificate(office, tmp_path):
    """Its 400 page carries a Date, which is how a wrong clock is told from a bad server certificate."""
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    expired = office.pki.issue(begins=-9 * DAY, ends=-DAY)
    with nginx(tmp_path, *expired, office.pki.root_pem) as port:
        result = await office.probe(port, office.client())
    assert result.code == "TLS_SERVER_CERT_EXPIRED"
    assert abs(result.skew) <= 2


def sha1_signed(folder):
    """A certificate that a CA signed with SHA-1, which only the command line still does."""
    ca_key, ca, key, request, made = (
        folder / f"{name}.pem" for name in ("ca_key", "ca", "key", "request", "made")
    )
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-sha256"]
    for command in (
        [*new, "-x509", "-subj", "/CN=TEST CA", "-keyout", ca_key, "-out", ca],
        [*new, "-subj", "/CN=TEST", "-keyout", key, "-out", request],
        ["openssl", "x509", "-req", "-sha1", "-in", request, "-CA", ca, "-CAkey", ca_key,
         "-CAcreateserial", "-out", made],
    ):  # fmt: skip
        subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=folder)
    return FileIdentity(made, key)


@pytest.mark.servers
async def test_a_sha1_certificate_is_refused_by_our_own_library(office, tmp_path):
    if missing("openssl"):
        pytest.skip("openssl is not installed")
    result = await office.probe(1, await asyncio.to_thread(sha1_signed, tmp_path))
    assert (result.code, result.failed_phase) == ("TLS_CLIENT_CERT_WEAK", "client_certificate")


async def test_a_key_of_another_certificate_is_named(office):
    mixed = FileIdentity(office.client().certificate, office.client().key)
    result = await office.probe(1, mixed)
    assert (result.code, result.seen["detail"]) == ("TLS_CLIENT_CERT_UNUSABLE", "KEY_VALUES_MISMATCH")


@pytest.mark.servers
@pytest.mark.parametrize(
    ("revoked", "code"), [(True, "TLS_CLIENT_CERT_REVOKED"), (False, "TLS_CLIENT_CERT_REJECTED")]
)
async def test_a_refusal_of_nginx_is_explained_by_the_issuers_list(revoked, code, office, tmp_path):
    """nginx has one page for every refusal; its list is the one that the issuer publishes, or another."""
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    published = []
    with serving(None, lambda _: Reply(200, published[0], "application/pkix-crl")) as web:
        identity = office.client(crl_url=f"http://127.0.0.1:{web}/list.crl")
        lists = office.pki.crl([identity.certificate])
        public = lists if revoked else office.pki.crl([])
        published.append(x509.load_pem_x509_crl(public.read_bytes()).public_bytes(Encoding.DER))
        pair = office.pki.issue()
        with nginx(tmp_path, *pair, office.pki.chain_pem, extra=f"ssl_crl {lists};") as port:
            result = await office.probe(port, identity)
    assert (result.code, result.failed_phase) == (code, "client_certificate")


@contextlib.asynccontextmanager
async def asyncio_server(office):
    """On Python 3.11 it closes without an alert when it refuses a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*office.pki.issue())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(office.pki.root_pem)

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"begins": -9 * DAY, "ends": -DAY}, {"TLS_CLIENT_CERT_EXPIRED"}),
        ({"stranger": True}, {"TLS_CLIENT_CERT_REJECTED", "TLS_CLIENT_CERT_UNKNOWN_CA"}),
        (None, {"TLS_CLIENT_CERT_REQUIRED"}),
        ({}, {"HTTP_OK"}),
    ],
)
async def test_a_server_that_refuses_in_silence_is_explained_by_the_certificate_itself(wrong, code, office):
    async with asyncio_server(office) as port:
        result = await office.probe(port, None if wrong is None else office.client(**wrong))
    assert result.code in code


async def test_the_issuers_that_a_server_names_are_known(office, tmp_path):
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    with nginx(tmp_path, *office.pki.issue(), office.pki.chain_pem) as port:
        result = await office.probe(port, office.client())
    assert len(result.tls.issuers) == 2


@pytest.mark.servers
@pytest.mark.parametrize("fault", FAULTS)
async def test_curl_agrees_on_reachable_or_not(fault, office, tmp_path):
    if missing("curl"):
        pytest.skip("curl is not installed")
    if fault == "tcp_silent" and sys.platform != "linux":
        pytest.skip("only Linux drops connections when the queue is full")
    demo = DemoAuthority(tmp_path / "demo")
    issue = partial(demo.client_pkcs12, "1370000001", "TEST office")
    good = identity_from(issue(password=b"x"), b"x", tmp_path / "good.pem")
    with counterpart(
        fault,
        tmp_path,
        demo.chain_pem,
        lambda _: Reply(200, b"x"),
        issue_crl=demo.client_crl,
        issue_client=issue,
    ) as place:
        identity = shown_at(place, tmp_path) or good
        target = Target.parse(place.url, tls13_only=True)
        result = await probe(
            target, trust=Trust.pinned(place.ca_file), identity=identity,
            proxy=ProxyChoice(place.proxy or "none"), limits=QUICK,
        )  # fmt: skip
        command = ["curl", "-sS", "-f", "-o", "/dev/null", "--tlsv1.3", "--max-time", "1", "--noproxy", ""]
        command += ["--cacert", place.ca_file, "--cert", identity.certificate, "--key", identity.key]
        command += (["--proxy", place.proxy] if place.proxy else []) + [place.url]
        done = await asyncio.to_thread(
            subprocess.run, list(map(str, command)), capture_output=True, check=False
        )
    ours = result.http is not None and result.http.status < 400
    assert ours == (done.returncode == 0), (result.code, done.stderr)


async def test_the_system_store_is_the_default_trust(office, monkeypatch):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(office.pki.root_pem))
    forget_contexts()
    with serving(context, lambda _: Reply(200)) as port:
        target = Target.parse(f"https://localhost:{port}/", tls13_only=True)
        known = await probe(target, trust=Trust(), identity=office.client(), limits=QUICK)
        unknown = await probe(target, trust=Trust("certifi"), identity=office.client(), limits=QUICK)
    forget_contexts()
    assert (known.code, unknown.code) == ("HTTP_OK", "TLS_SERVER_CA_UNKNOWN")
    assert known.tls.asked
    assert known.tls.sent


@pytest.mark.parametrize("chain", [True, False])
async def test_an_issuing_authority_can_be_pinned_as_well_as_a_root(chain, office, tmp_path):
    issuing = tmp_path / "issuing.pem"
    issuing.write_bytes(office.pki.chain_pem.read_bytes().partition(b"-----END CERTIFICATE-----\n")[0])
    issuing.write_bytes(issuing.read_bytes() + b"-----END CERTIFICATE-----\n")
    context = server_context(*office.pki.issue(chain=chain), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        target = Target.parse(f"https://localhost:{port}/", tls13_only=True)
        result = await probe(target, trust=Trust.pinned(issuing), identity=office.client(), limits=QUICK)
    assert result.code == "HTTP_OK"


async def test_a_context_is_made_once_and_again_when_its_file_changes(office, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_bytes(office.pki.root_pem.read_bytes())
    trust = Trust.pinned(file)
    first = context_for(trust)
    assert context_for(trust) is first
    assert kept_context(trust) is first
    file.write_bytes(office.pki.chain_pem.read_bytes())
    assert context_for(trust) is not first


async def test_expected_issuers_tell_an_inspector_with_a_trusted_certificate(office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        for expected, code in (
            (("Throwaway Issuing",), "HTTP_OK"),
            (("other", "throwaway ROOT"), "HTTP_OK"),
            (("Kokuho",), "TLS_INSPECTED"),
        ):
            target = Target.parse(f"https://localhost:{port}/", expected_issuers=expected)
            trust = Trust.pinned(office.pki.root_pem)
            result = await probe(target, trust=trust, identity=office.client(), limits=QUICK)
            assert result.code == code


async def test_a_peers_text_cannot_steer_the_terminal(office):
    evil = lambda _: Reply(503, headers={"Retry-After": "\x1b]0;x\x07" + "9" * 5000})  # noqa: E731
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, evil) as port:
        result = await office.probe(port, office.client())
    assert result.code == "HTTP_MAINTENANCE"
    assert result.seen["retry_after"].isprintable()
    assert len(result.seen["retry_after"]) <= 300


@pytest.mark.parametrize("record", [21, 22])
def test_no_bytes_of_a_peer_break_the_trace(record):
    import random

    chance = random.Random(5)
    for _ in range(3000):
        trace = Trace()
        kind = bytes([chance.choice((4, 11, 13))])
        data = kind + chance.randbytes(chance.randrange(60))
        trace.message(chance.choice(("read", "write")), chance.choice((0x0303, 0x0304)), record, data)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "HTTP_OK"),
        ({"begins": -9 * DAY, "ends": -DAY}, "TLS_CLIENT_CERT_EXPIRED"),
        ({"stranger": True}, "TLS_CLIENT_CERT_UNKNOWN_CA"),
        (None, "TLS_CLIENT_CERT_REQUIRED"),
    ],
)
async def test_a_python_without_the_private_door_still_tells_refusals_apart(wrong, code, office, monkeypatch):
    for place in ("_trace", "_tls"):
        monkeypatch.setattr(f"kaigo_gateway.probe.{place}.TRACING", False)
    forget_contexts()
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        result = await office.probe(port, None if wrong is None else office.client(**wrong))
    forget_contexts()
    assert (result.code, result.tls.asked) == (code, None)


@pytest.mark.parametrize(
    ("status", "location", "code"),
    [
        (302, "http://login.example/", "CAPTIVE_PORTAL"),
        (511, "", "CAPTIVE_PORTAL"),
        (302, "https://localhost/elsewhere", "TLS_SERVER_CHAIN_INCOMPLETE"),
        (200, "", "TLS_SERVER_CHAIN_INCOMPLETE"),
    ],
)
async def test_a_login_page_behind_a_strangers_certificate(status, location, code, office):
    context = server_context(*office.pki.issue(stranger=True))
    headers = {"Location": location} if location else {}
    with serving(context, lambda _: Reply(status, headers=headers)) as port:
        result = await office.probe(port, office.client())
    assert result.code == code
    assert not result.tls.sent


async def test_a_terminal_without_tls13_is_told_from_an_old_server(office, monkeypatch, tmp_path):
    monkeypatch.setattr("ssl.HAS_TLSv1_3", False)
    client_ca = office.pki.chain_pem
    with counterpart("tls12_only", tmp_path, client_ca, lambda _: Reply(200)) as place:
        target = Target.parse(place.url, tls13_only=True)
        result = await probe(target, trust=Trust.pinned(place.ca_file), limits=QUICK)
    assert result.code == "TLS_VERSION_CLIENT_OLD"


WITHOUT_TICKET = [({}, "HTTP_OK"), ({"stranger": True}, "TLS_CLIENT_CERT_UNKNOWN_CA")]


@pytest.mark.servers
@pytest.mark.parametrize(("wrong", "code"), WITHOUT_TICKET)
async def test_a_server_that_gives_no_ticket_is_judged_by_what_it_says_next(wrong, code, office, tmp_path):
    if missing("openssl"):
        pytest.skip("openssl is not installed")
    verify = ("-Verify", "3", "-verify_return_error", "-CAfile", str(office.pki.root_pem))
    with s_server(tmp_path, *office.pki.issue(), *verify, "-num_tickets", "0") as port:
        result = await office.probe(port, office.client(**wrong))
    assert (result.code, result.tls.ticket) == (code, False)


@pytest.mark.servers
@pytest.mark.parametrize(("wrong", "code"), WITHOUT_TICKET)
async def test_nginx_with_its_tickets_turned_off(wrong, code, office, tmp_path):
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    extra = "ssl_session_tickets off; ssl_session_cache off;"
    with nginx(tmp_path, *office.pki.issue(), office.pki.root_pem, extra=extra) as port:
        result = await office.probe(port, office.client(**wrong))
    assert result.code == code


async def test_a_dot_behind_the_host_name_is_for_dns_alone(office, monkeypatch):
    """Neither SNI nor a certificate has it (RFC 6066, 3)."""

    async def here(_host, port):
        return await asyncio.get_running_loop().getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)

    monkeypatch.setattr("kaigo_gateway.probe._attempt.resolve", here)
    context = server_context(*office.pki.issue("service.example"), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        target = Target.parse(f"https://service.example.:{port}/", tls13_only=True)
        trust = Trust.pinned(office.pki.root_pem)
        result = await probe(target, trust=trust, identity=office.client(), limits=QUICK)
    assert result.code == "HTTP_OK"


@pytest.mark.servers
@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_an_ipv6_address_is_reached_and_verified(office, tmp_path):
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    outer = unused_port()
    pair = office.pki.issue("::1")
    with nginx(tmp_path, *pair, office.pki.root_pem, extra=f"listen [::1]:{outer} ssl;"):
        target = Target.parse(f"https://[::1]:{outer}/", tls13_only=True)
        trust = Trust.pinned(office.pki.root_pem)
        result = await probe(target, trust=trust, identity=office.client(), limits=QUICK)
    assert (result.code, result.address) == ("HTTP_OK", "::1")
