"""Every row of the failure table, from a real counterpart, has its own reason code."""

import asyncio
import errno
import gc
import socket
import sys
from functools import partial

import pytest
from kaigo_gateway.errors import InputError
from kaigo_gateway.probe import PHASES, REASONS, Limits, ProxyChoice, Target, Trust, probe
from kaigo_gateway.probe.counterpart import FAULTS, Reply, counterpart, server_context, serving
from kaigo_gateway.sandbox import DemoAuthority
from probe_rig import QUICK, Office, identity_from, shown_at

PHASE_OF = {
    "dns": "resolve",
    "refused": "connect",
    "tcp_silent": "connect",
    "tls_silent": "tls",
    "proxy_silent": "proxy",
    "client_ca_unknown": "client_certificate",
    "client_expired": "client_certificate",
    "client_no_chain": "client_certificate",
    "no_common_cipher": "tls",
    "client_refused_page": "client_certificate",
    "http_404": "http",
    "none": None,
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


async def reach(place, office, identity=None):
    target = Target.parse(place.url, tls13_only=True, name="counterpart")
    return await probe(
        target,
        trust=Trust.pinned(place.ca_file),
        identity=identity or office.client(),
        proxy=ProxyChoice(place.proxy or "none"),
        limits=QUICK,
    )


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
async def test_each_fault_is_told_apart_by_its_reason_code(fault, code, office, tmp_path):
    if fault == "tcp_silent" and sys.platform != "linux":
        pytest.skip("only Linux drops connections when the queue is full")
    demo = DemoAuthority(tmp_path / "demo")
    issue = partial(demo.client_pkcs12, "1370000001", "TEST office")
    good = identity_from(issue(password=b"x"), b"x", tmp_path / "good.pem")
    with counterpart(
        fault, tmp_path, demo.chain_pem, lambda _: Reply(200), issue_crl=demo.client_crl, issue_client=issue
    ) as place:
        result = await reach(place, office, shown_at(place, tmp_path) or good)
    assert (result.code, result.failed_phase) == (code, PHASE_OF.get(fault, result.failed_phase))
    assert REASONS.message(result.code, result.seen).count("?") == 0
    names = [phase.name for phase in result.phases]
    assert names == sorted(names, key=PHASES.index)
    failed = [phase.name for phase in result.phases if phase.status.value == "fail"]
    assert failed == ([] if fault == "none" else [result.failed_phase])


async def test_phases_are_named_in_their_order_and_timed(office, tmp_path):
    with counterpart("none", tmp_path, office.pki.chain_pem, lambda _: Reply(200)) as place:
        result = await reach(place, office)
    assert [phase.name for phase in result.phases] == [
        "resolve",
        "connect",
        "tls",
        "client_certificate",
        "http",
    ]
    assert all(phase.ms >= 0 for phase in result.phases)
    assert result.tls.sent
    assert result.tls.ticket


async def test_a_failed_phase_is_the_last_one_and_marked(office, tmp_path):
    with counterpart("tls_silent", tmp_path, office.pki.chain_pem, lambda _: Reply(200)) as place:
        result = await reach(place, office)
    assert [(phase.name, phase.status.value) for phase in result.phases] == [
        ("resolve", "ok"),
        ("connect", "ok"),
        ("tls", "fail"),
    ]


async def test_evidence_holds_digests_and_no_body(office, tmp_path):
    with counterpart("none", tmp_path, office.pki.chain_pem, lambda _: Reply(200, b"CANARY")) as place:
        evidence = (await reach(place, office)).evidence()
    assert "CANARY" not in repr(evidence)
    assert len(evidence["server_sha256"]) == len(evidence["certificate_sha256"]) == 64


async def test_a_refusal_of_the_clock_is_measured(office, tmp_path):
    with counterpart("clock", tmp_path, office.pki.chain_pem, lambda _: Reply(200)) as place:
        result = await reach(place, office)
    assert -4 * 86_400 - 5 < result.skew < -4 * 86_400 + 5


async def test_the_second_look_shows_no_certificate_and_asks_for_the_root_path_only(office, tmp_path):
    seen = []

    def handler(received):
        seen.append((received.method, received.path, received.client, "authorization" in received.headers))
        return Reply(200)

    with counterpart("clock", tmp_path, office.pki.chain_pem, handler) as place:
        target = Target.parse(place.url + "secret?token=1")
        await probe(target, trust=Trust.pinned(place.ca_file), identity=office.client(), limits=QUICK)
    assert seen == [("GET", "/", None, False)]


SLOW = {
    "resolve": ("kaigo_gateway.probe._attempt.resolve", "DNS_NO_ANSWER", "PROXY_NOT_FOUND"),
    "connect": ("kaigo_gateway.probe._wire.Wire.connect", "TCP_TIMEOUT", "PROXY_UNREACHABLE"),
}


@pytest.mark.parametrize("phase", SLOW)
async def test_silence_before_the_first_byte_is_ended_by_its_own_limit(phase, monkeypatch):
    place, direct, proxied = SLOW[phase]

    async def hang(*_):
        await asyncio.sleep(60)

    monkeypatch.setattr(place, hang)
    limits = Limits(**{phase: 0.1})
    target = Target.parse("https://localhost:1/")
    codes = [
        (await probe(target, proxy=choice, limits=limits)).code
        for choice in (None, ProxyChoice("http://localhost:2"))
    ]
    assert codes == [direct, proxied]


NUMBERS = {
    errno.EHOSTUNREACH: "TCP_UNREACHABLE",
    errno.ENETUNREACH: "TCP_UNREACHABLE",
    errno.ETIMEDOUT: "TCP_TIMEOUT",
    errno.ECONNREFUSED: "TCP_REFUSED",
    errno.ECONNRESET: "TCP_RESET",
}


@pytest.mark.parametrize(("number", "code"), NUMBERS.items())
async def test_what_the_kernel_says_is_told_apart(number, code, monkeypatch):
    async def fail(*_):
        raise OSError(number, "x")

    monkeypatch.setattr("kaigo_gateway.probe._wire.Wire.connect", fail)
    assert (await probe(Target.parse("https://localhost:1/"), limits=QUICK)).code == code


@pytest.mark.parametrize(
    ("number", "code"), [(socket.EAI_NONAME, "DNS_NOT_FOUND"), (socket.EAI_AGAIN, "DNS_NO_ANSWER")]
)
async def test_an_unknown_name_is_not_a_silent_server(number, code, monkeypatch):
    async def fail(*_):
        raise socket.gaierror(number, "x")

    monkeypatch.setattr("kaigo_gateway.probe._attempt.resolve", fail)
    assert (await probe(Target.parse("https://a.example/"), limits=QUICK)).code == code


async def test_a_number_needs_no_resolver(office, monkeypatch):
    async def forbidden(*_, **__):
        raise AssertionError("no resolver is to be asked")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", forbidden)
    context = server_context(*office.pki.issue("127.0.0.1"), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        target = Target.parse(f"https://127.0.0.1:{port}/", tls13_only=True)
        result = await probe(target, trust=Trust.pinned(office.pki.root_pem), identity=office.client())
    assert result.code == "HTTP_OK"


async def test_a_cancelled_probe_leaves_no_socket_behind(office, tmp_path):
    with counterpart("tls_silent", tmp_path, office.pki.chain_pem, lambda _: Reply(200)) as place:
        task = asyncio.create_task(probe(Target.parse(place.url), trust=Trust.pinned(place.ca_file)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
    gc.collect()  # an open socket would warn here, and warnings are errors


BAD_URLS = [
    "http://a.example/",
    "https://",
    "https://a b/",
    "https://a.example/ x",
    "https://a.example:0x/",
    "ftp://a/",
    "https://a.example/\r\nX: y",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_https_address_is_wrong_input(url):
    with pytest.raises(InputError):
        Target.parse(url)


@pytest.mark.parametrize(
    ("url", "host", "authority"),
    [
        ("https://例え.jp/", "xn--r8jz45g.jp", "xn--r8jz45g.jp:443"),
        ("https://[::1]:8443/x?y=1", "::1", "[::1]:8443"),
    ],
)
def test_japanese_names_and_ipv6_are_written_as_the_wire_wants_them(url, host, authority):
    target = Target.parse(url)
    assert (target.host, target.authority) == (host, authority)


@pytest.mark.parametrize("limit", [0.3])
async def test_the_time_limit_of_a_phase_is_named_in_the_text(limit, office, tmp_path):
    with counterpart("tls_silent", tmp_path, office.pki.chain_pem, lambda _: Reply(200)) as place:
        target = Target.parse(place.url)
        result = await probe(target, trust=Trust.pinned(place.ca_file), limits=Limits(tls=limit))
    assert str(limit) in REASONS.message(result.code, result.seen)
