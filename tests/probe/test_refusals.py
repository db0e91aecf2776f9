"""Refused client certificates: the same reason from our rig, nginx, Apache and openssl, TLS 1.2 and 1.3."""

import contextlib
import ssl

import pytest
from kaigo_gateway.probe.counterpart import Reply, server_context, serving
from probe_rig import VARIANTS, Office, apache, missing, nginx, s_server

EXPECTED = {
    "good": "HTTP_OK",
    "expired": "TLS_CLIENT_CERT_EXPIRED",
    "not_yet_valid": "TLS_CLIENT_CERT_NOT_YET_VALID",
    "wrong_purpose": "TLS_CLIENT_CERT_WRONG_PURPOSE",
    "stranger": "TLS_CLIENT_CERT_UNKNOWN_CA",
    "without_chain": "TLS_CLIENT_CERT_UNKNOWN_CA",
}
VERSIONS = ["TLSv1.2", "TLSv1.3"]


@contextlib.contextmanager
def own_rig(_folder, certificate, key, client_ca, *, tls="TLSv1.3", extra=None):
    version = ssl.TLSVersion.TLSv1_2 if tls == "TLSv1.2" else ssl.TLSVersion.TLSv1_3
    context = server_context(certificate, key, client_ca=client_ca, minimum=version, crl=extra)
    context.maximum_version = version
    with serving(context, lambda _: Reply(200, b"simulated")) as port:
        yield port


@contextlib.contextmanager
def openssl(folder, certificate, key, client_ca, *, tls="TLSv1.3"):
    version = "-tls1_2" if tls == "TLSv1.2" else "-tls1_3"
    with s_server(folder, certificate, key, version, "-Verify", "3", "-verify_return_error",
                  "-CAfile", str(client_ca)) as port:  # fmt: skip
        yield port


SERVERS = {"own rig": own_rig, "nginx": nginx, "apache2": apache, "openssl": openssl}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module", params=[(s, v) for s in SERVERS for v in VERSIONS], ids=" ".join)
def server(request, office, tmp_path_factory):
    name, version = request.param
    if name != "own rig" and missing(name):
        pytest.skip(f"{name} is not installed")
    pair = office.pki.issue()
    folder = tmp_path_factory.mktemp("server")
    # The trusted list is the root alone: a server would complete a missing intermediate from its own store.
    with SERVERS[name](folder, *pair, office.pki.root_pem, tls=version) as port:
        yield name, version, port


@pytest.mark.servers
@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_refusal_has_the_same_reason_from_every_server(variant, server, office):
    _, version, port = server
    result = await office.probe(port, office.client(**VARIANTS[variant]), tls13_only=version == "TLSv1.3")
    assert (result.code, result.tls.asked) == (EXPECTED[variant], True)
    assert result.failed_phase == (None if variant == "good" else "client_certificate")


@pytest.mark.servers
async def test_no_certificate_is_told_apart_from_a_refused_one(server, office):
    _, version, port = server
    result = await office.probe(port, None, tls13_only=version == "TLSv1.3")
    assert result.code == "TLS_CLIENT_CERT_REQUIRED"
    assert not result.tls.sent


@pytest.mark.servers
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "code"),
    # nginx says one text for every refusal; nothing in the certificate itself tells of the revocation
    [
        ("own rig", "TLS_CLIENT_CERT_REVOKED"),
        ("apache2", "TLS_CLIENT_CERT_REVOKED"),
        ("nginx", "TLS_CLIENT_CERT_REJECTED"),
    ],
)
async def test_a_revoked_certificate(name, code, version, office, tmp_path):
    if name != "own rig" and missing(name):
        pytest.skip(f"{name} is not installed")
    identity = office.client()
    crl = office.pki.crl([identity.certificate])
    extra = {
        "own rig": crl,
        "apache2": f"SSLCARevocationCheck leaf\nSSLCARevocationFile {crl}",
        "nginx": f"ssl_crl {crl};",
    }[name]
    with SERVERS[name](tmp_path, *office.pki.issue(), office.pki.chain_pem, tls=version, extra=extra) as port:
        result = await office.probe(port, identity, tls13_only=version == "TLSv1.3")
    assert result.code == code


async def test_reading_before_writing_keeps_every_reason(office):
    """A server that closes at once loses its alert to clients that write first; ours reads first."""
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    wrong = office.client(stranger=True)
    with serving(context, lambda _: Reply(200), lingering=False) as port:
        codes = {(await office.probe(port, wrong)).code for _ in range(40)}
    assert codes == {"TLS_CLIENT_CERT_UNKNOWN_CA"}
