"""Proxies from every source, and every way they refuse."""

from contextlib import contextmanager

import pytest
from kaigo_gateway.errors import InputError
from kaigo_gateway.probe import ProxyChoice, Target, Trust, probe
from kaigo_gateway.probe._autoconfig import _of_scutil
from kaigo_gateway.probe._tunnel import ProxyRefusal
from kaigo_gateway.probe.counterpart import Reply, proxying, raw_server, server_context, serving
from kaigo_gateway.probe.counterpart._raw import saying
from probe_rig import QUICK, Office
from pydantic import SecretStr

TARGET = Target.parse("https://service.example/")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@contextmanager
def service(office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200, b"simulated")) as port:
        yield port


@pytest.fixture
def environment(monkeypatch):
    for name in (
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
        "http_proxy",
        "auto_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


async def test_the_connection_goes_through_the_proxy_and_says_so(office):
    asked = []
    with service(office) as port, proxying(seen=asked) as proxy:
        choice = ProxyChoice(f"http://127.0.0.1:{proxy}")
        result = await office.probe(port, office.client(), proxy=choice)
    assert (result.code, result.proxy) == ("HTTP_OK", f"127.0.0.1:{proxy}")
    assert asked == [f"CONNECT localhost:{port} HTTP/1.1"]
    assert [phase.name for phase in result.phases][:3] == ["resolve", "connect", "proxy"]


async def test_user_and_password_are_sent_once_and_shown_nowhere(office):
    asked = []
    with service(office) as port, proxying(authorization="Basic dTpDQU5BUlk=", seen=asked) as proxy:
        choice = ProxyChoice(f"http://u@127.0.0.1:{proxy}", SecretStr("CANARY"))
        result = await office.probe(port, office.client(), proxy=choice)
    assert result.code == "HTTP_OK"
    assert "CANARY" not in repr((result, choice))


async def test_a_wrong_password_is_tried_once_only(office):
    asked = []
    with service(office) as port, proxying(authorization="Basic other", seen=asked) as proxy:
        choice = ProxyChoice(f"http://u:wrong@127.0.0.1:{proxy}")
        result = await office.probe(port, office.client(), proxy=choice)
    assert (result.code, result.failed_phase, len(asked)) == ("PROXY_AUTH_REJECTED", "proxy", 1)


async def test_a_proxy_that_speaks_only_ntlm_is_named(office):
    answer = b"HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n"
    with raw_server(saying(answer)) as proxy:
        result = await office.probe(1, None, proxy=ProxyChoice(f"http://127.0.0.1:{proxy}"))
    assert (result.code, result.seen["schemes"]) == ("PROXY_AUTH_UNSUPPORTED", ["NTLM", "Negotiate"])


async def test_an_unusual_status_is_named(office):
    with raw_server(saying(b"HTTP/1.1 418 x\r\n\r\n")) as proxy:
        result = await office.probe(1, None, proxy=ProxyChoice(f"http://127.0.0.1:{proxy}"))
    assert (result.code, result.seen["status"]) == ("PROXY_ERROR", 418)


async def test_the_environment_is_the_default(environment):
    environment.setenv("https_proxy", "http://p.example:3128")
    found = await ProxyChoice().for_target(TARGET)
    assert (found.shown, found.source) == ("p.example:3128", "environment")


async def test_no_proxy_of_the_environment_is_kept(environment):
    environment.setenv("https_proxy", "http://p.example:3128")
    environment.setenv("no_proxy", "service.example")
    assert await ProxyChoice().for_target(TARGET) is None


async def test_none_means_direct_even_against_the_environment(environment):
    environment.setenv("https_proxy", "http://p.example:3128")
    assert await ProxyChoice("none").for_target(TARGET) is None


async def test_system_reads_what_the_operating_system_says(environment):
    environment.setattr("urllib.request.getproxies", lambda: {"https": "http://registry.example:8080"})
    environment.setattr("urllib.request.proxy_bypass", lambda _host: False)
    found = await ProxyChoice("system").for_target(TARGET)
    assert (found.shown, found.source) == ("registry.example:8080", "system")


@pytest.mark.parametrize("url", ["socks5://p.example:1080", "https://p.example", "http://[bad"])
async def test_another_kind_of_proxy_is_refused_by_name(url):
    with pytest.raises(ProxyRefusal, match="PROXY_KIND_UNSUPPORTED"):
        await ProxyChoice(url).for_target(TARGET)


async def test_a_refusal_before_the_network_is_a_result_too(office):
    result = await office.probe(1, None, proxy=ProxyChoice("socks5://p.example:1080"))
    assert (result.code, result.failed_phase) == ("PROXY_KIND_UNSUPPORTED", "proxy")


PAC = "function FindProxyForURL(url, host) {{ {} }}"


def script(tmp_path, body):
    pytest.importorskip("pypac")
    file = tmp_path / "proxy.pac"
    file.write_text(PAC.format(body))
    return ProxyChoice(pac_file=file)


async def test_a_pac_script_names_the_proxy(tmp_path):
    choice = script(tmp_path, 'return host == "service.example" ? "PROXY p.example:81; DIRECT" : "DIRECT";')
    found = await choice.for_target(TARGET)
    assert (found.shown, found.source) == ("p.example:81", "pac")


async def test_a_pac_script_may_say_direct(tmp_path):
    assert await script(tmp_path, 'return "DIRECT";').for_target(TARGET) is None


async def test_system_follows_the_script_that_the_environment_names(tmp_path, environment):
    pytest.importorskip("pypac")
    body = PAC.format('return "PROXY p.example:81";').encode()
    with serving(None, lambda _: Reply(200, body)) as port:
        environment.setenv("auto_proxy", f"http://127.0.0.1:{port}/wpad.dat")
        found = await ProxyChoice("system").for_target(TARGET)
    assert (found.shown, found.source) == ("p.example:81", "pac")
    (tmp_path / "here.pac").write_bytes(body.replace(b"PROXY p.example:81", b"DIRECT"))
    environment.setenv("auto_proxy", (tmp_path / "here.pac").as_uri())
    assert await ProxyChoice("system").for_target(TARGET) is None


async def test_the_environment_s_proxy_goes_before_the_system_s_script(environment):
    environment.setenv("https_proxy", "http://p.example:3128")
    environment.setenv("auto_proxy", "http://127.0.0.1:1/never.pac")
    assert (await ProxyChoice("system").for_target(TARGET)).shown == "p.example:3128"


async def test_a_script_that_cannot_be_fetched_is_named_without_its_password(environment):
    pytest.importorskip("pypac")
    environment.setenv("auto_proxy", "http://user:word@127.0.0.1:1/wpad.dat")
    with pytest.raises(ProxyRefusal, match="PAC_UNREADABLE") as refused:
        await ProxyChoice("system").for_target(TARGET)
    assert refused.value.seen["pac"] == "wpad.dat"
    assert "word" not in repr(refused.value.seen)


SCUTIL = """<dictionary> {{
  ProxyAutoConfigEnable : {}
  ProxyAutoConfigURLString : http://wpad.example/proxy.pac
}}
"""


def test_what_macos_prints_is_read_only_where_it_is_switched_on():
    assert _of_scutil(SCUTIL.format(1)) == "http://wpad.example/proxy.pac"
    assert _of_scutil(SCUTIL.format(0)) is None
    assert _of_scutil("") is None


async def test_an_endless_pac_script_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("kaigo_gateway.probe._pac.LIMIT", 0.3)
    result = await probe(TARGET, proxy=script(tmp_path, "while (1) {}"), limits=QUICK)
    assert (result.code, result.failed_phase) == ("PAC_TIMEOUT", "proxy")


async def test_a_broken_pac_script_is_named(tmp_path):
    result = await probe(TARGET, proxy=script(tmp_path, "return ((;"), limits=QUICK)
    assert (result.code, result.seen["pac"]) == ("PAC_UNREADABLE", "proxy.pac")


async def test_a_missing_pac_script_is_named(tmp_path):
    pytest.importorskip("pypac")
    result = await probe(TARGET, proxy=ProxyChoice(pac_file=tmp_path / "none.pac"), limits=QUICK)
    assert result.code == "PAC_UNREADABLE"


async def test_an_unreadable_ca_file_is_wrong_input_not_a_network_trouble(tmp_path):
    with pytest.raises(InputError, match="CA file"):
        await probe(TARGET, trust=Trust.pinned(tmp_path / "none.pem"))
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(InputError, match="CA file"):
        await probe(TARGET, trust=Trust.pinned(tmp_path / "empty.pem"))
