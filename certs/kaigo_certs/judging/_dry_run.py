"""A TLS handshake in memory tells whether a server that trusts this issuer takes the certificate.

No network. The server side is a throw-away certificate; OpenSSL gives distinct reasons (expired 10, not yet
valid 9, issuer unknown 20, revoked 23, purpose 26 ...), as the servers of the real services very likely do.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kaigo_certs._errors import CertificateError
from kaigo_certs._model import CertFinding, KeyPair, Verdict
from kaigo_certs._tls import load_into


def dry_run(
    pair: KeyPair, chain: tuple[x509.Certificate, ...], issuer_pem: bytes, crl_pem: bytes | None = None
) -> CertFinding:
    """The verdict of a server that trusts ``issuer_pem`` and obeys ``crl_pem``, asked in memory."""
    try:
        refusal = _handshake(_server(issuer_pem, crl_pem), _client(pair, chain))
    except CertificateError as error:
        refusal = str(error.values.get("why"))
    except ssl.SSLError as error:
        refusal = error.reason or str(error)
    if refusal:
        return CertFinding("CERT_DRY_RUN_REFUSED", Verdict.FAIL, {"why": refusal})
    return CertFinding("CERT_DRY_RUN_ACCEPTED", Verdict.OK)


def _server(issuer_pem: bytes, crl_pem: bytes | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = _throw_away()
    load_into(context, pair)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the issuer file may name the intermediate only
    context.load_verify_locations(cadata=issuer_pem.decode("ascii", "ignore"))
    if crl_pem:
        context.load_verify_locations(cadata=crl_pem.decode("ascii", "ignore"))
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


def _client(pair: KeyPair, chain: tuple[x509.Certificate, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the other end is our own throw-away server, in this process
    load_into(context, pair, chain)
    return context


def _handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """Run both ends against each other; the server's reason for refusing, or an empty string."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)]
    for _ in range(20):
        for end in list(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return f"{error.verify_message} ({error.verify_code})"
            except ssl.SSLError as error:
                return error.reason or str(error)
            ends.remove(end)
        if not ends:
            return ""
    return "no end of the handshake"


@lru_cache(maxsize=1)
def _throw_away() -> KeyPair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dry-run")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(certificate, key)
