"""Real proxies that refuse in every way they know, and curl's agreement through them."""

import asyncio
from contextlib import ExitStack

import pytest
from kaigo_gateway.probe import ProxyChoice, Target, Trust, probe
from kaigo_gateway.probe.counterpart import Reply, server_context, serving, unused_port
from probe_rig import PATIENT, Office, curl_reaches, missing
from proxy_matrix import PROXIES, STARTS, Proxied

DRIVEN = [
    (code, kind) for code, row in PROXIES.items() for kind, cell in row.items() if isinstance(cell, Proxied)
]
GOOD = {"apache2": (Proxied(), PROXIES["PROXY_AUTH_REQUIRED"]["apache2"]),
        "tinyproxy": (Proxied(), PROXIES["PROXY_AUTH_REQUIRED"]["tinyproxy"])}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


async def through(kind, cell, user, office, folder):
    """The probe's result through this proxy, and whether curl came through."""
    if missing(kind, "curl"):
        pytest.skip(f"{kind} or curl is not installed")
    identity = office.client()
    with ExitStack() as stack:
        context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
        service = stack.enter_context(serving(context, lambda _: Reply(200, b"simulated")))
        proxy = await asyncio.to_thread(stack.enter_context, STARTS[kind](folder, office, cell.settings))
        if cell.then:
            cell.then(folder)
        target = Target.parse(
            f"https://localhost:{service if cell.upstream else unused_port()}/", tls13_only=True
        )
        way = f"http://{user}127.0.0.1:{proxy}"
        result = await probe(
            target,
            trust=Trust.pinned(office.pki.root_pem),
            identity=identity,
            limits=PATIENT,
            proxy=ProxyChoice(way),
        )
        return result, await asyncio.to_thread(curl_reaches, target, office.pki.root_pem, identity, way)


@pytest.mark.servers
@pytest.mark.parametrize(("code", "kind"), DRIVEN)
async def test_a_proxy_brings_about_exactly_this_code(code, kind, office, tmp_path):
    cell = PROXIES[code][kind]
    result, agreed = await through(kind, cell, cell.user, office, tmp_path / "proxy")
    assert (result.code, result.failed_phase) == (code, "proxy")
    assert not agreed


@pytest.mark.servers
@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("user", ["", "office:right@"])
async def test_a_proxy_that_works_is_gone_through(kind, user, office, tmp_path):
    cell = GOOD[kind][bool(user)]
    result, agreed = await through(kind, cell, user, office, tmp_path / "proxy")
    assert (result.code, agreed) == ("HTTP_OK", True)
    assert "right" not in repr(result.evidence()) + repr(result.seen)
