"""The rows of the server's certificate and of HTTP, from nginx and Apache as well."""

import pytest
from probe_rig import DAY, Office, apache, missing, nginx

SERVERS = {"nginx": nginx, "apache2": apache}
CERTIFICATES = {
    "TLS_SERVER_CERT_EXPIRED": {"begins": -9 * DAY, "ends": -DAY},
    "TLS_SERVER_CERT_NOT_YET_VALID": {"begins": DAY},
    "TLS_SERVER_SELF_SIGNED": {"self_signed": True},
    "TLS_SERVER_ROOT_UNTRUSTED": {"stranger": True, "with_root": True},
    "TLS_SERVER_CHAIN_INCOMPLETE": {"chain": False},
    "TLS_SERVER_NAME_MISMATCH": {"common": "other.example"},
}
STATUSES = {
    400: "HTTP_BAD_REQUEST",
    401: "HTTP_UNAUTHORIZED",
    403: "HTTP_FORBIDDEN",
    404: "HTTP_NOT_FOUND",
    429: "HTTP_BUSY",
    500: "HTTP_SERVER_ERROR",
    503: "HTTP_MAINTENANCE",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.mark.servers
@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize(("code", "wrong"), CERTIFICATES.items())
async def test_a_server_certificate_that_is_wrong_in_one_way(name, code, wrong, office, tmp_path):
    if missing(name):
        pytest.skip(f"{name} is not installed")
    # The clients' CA is a stranger here: a server completes its own chain from what it trusts.
    other = Office(tmp_path / "other")
    with SERVERS[name](tmp_path / "server", *office.pki.issue(**wrong), other.pki.root_pem) as port:
        result = await office.probe(port, office.client())
    assert (result.code, result.failed_phase) == (code, "tls")


@pytest.mark.servers
@pytest.mark.parametrize(("status", "code"), STATUSES.items())
async def test_an_http_status_of_nginx(status, code, office, tmp_path):
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    extra = "add_header Retry-After 120 always;"
    with nginx(tmp_path, *office.pki.issue(), office.pki.root_pem, extra=extra, body=str(status)) as port:
        result = await office.probe(port, office.client())
    assert (result.code, result.failed_phase) == (code, "http")
    assert result.seen["retry_after"] == "120"


@pytest.mark.servers
async def test_plain_http_of_nginx_on_the_port(office, tmp_path):
    """nginx answers a TLS greeting on a plain port with an HTML page."""
    if missing("nginx"):
        pytest.skip("nginx is not installed")
    plain = "} server { listen 127.0.0.1:%d; "
    from kaigo_gateway.probe.counterpart import unused_port

    port = unused_port()
    with nginx(tmp_path, *office.pki.issue(), office.pki.root_pem, extra=plain % port):
        result = await office.probe(port, office.client())
    assert result.code == "TLS_PLAIN_HTTP"
