"""Revocation over HTTP: good, revoked, unreachable and forged are told apart; unreachable is never good."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from certs_rig import CLIENT, PASSWORD, build, key_of, name
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from kaigo_certs import check_revocation, fetch_issuers, read_identity

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


class Responder:
    """An issuer's OCSP responder and CRL on loopback, with switches for what may go wrong."""

    def __init__(self, rig):
        self.authority, self.other = rig.intermediate, rig.other
        self.revoked, self.asked = set(), []
        self.signer = self.authority
        self.this_update, self.next_update, self.status = NOW - DAY, NOW + DAY, 200
        self.delegate = None
        self.ocsp_status = None

    async def crl(self, request):
        self.asked.append(("crl", request.headers.get("Host")))
        builder = (x509.CertificateRevocationListBuilder().issuer_name(self.authority.name)
                   .last_update(NOW - DAY).next_update(self.next_update))  # fmt: skip
        for serial in self.revoked:
            reason = x509.CRLReason(x509.ReasonFlags.superseded)
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - DAY)
            builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
        crl = builder.sign(self.signer.key, hashes.SHA256())
        return web.Response(status=self.status, body=crl.public_bytes(Encoding.DER))

    async def ocsp(self, request):
        self.asked.append(("ocsp", request.headers.get("Host")))
        if self.ocsp_status is not None:
            answer = ocsp.OCSPResponseBuilder.build_unsuccessful(self.ocsp_status)
            return web.Response(body=answer.public_bytes(Encoding.DER))
        question = ocsp.load_der_ocsp_request(await request.read())
        bad = question.serial_number in self.revoked
        certificate, key = self.delegate or (self.signer.certificate, self.signer.key)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.leaf, issuer=self.authority.certificate, algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if bad else ocsp.OCSPCertStatus.GOOD,
            this_update=self.this_update, next_update=self.next_update,
            revocation_time=NOW - DAY if bad else None,
            revocation_reason=x509.ReasonFlags.key_compromise if bad else None,
        ).responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)  # fmt: skip
        if self.delegate:
            builder = builder.certificates([certificate])
        answer = builder.sign(key, hashes.SHA256())
        return web.Response(status=self.status, body=answer.public_bytes(Encoding.DER))


@asynccontextmanager
async def responder(rig, *, with_ocsp=True, with_crl=True, ldap=False):
    """A running responder and a leaf that names it."""
    served = Responder(rig)
    application = web.Application()
    application.add_routes([web.get("/crl", served.crl), web.post("/ocsp", served.ocsp)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    extensions = list(CLIENT)
    if with_ocsp:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{base}/ocsp")
        )
        extensions.append((x509.AuthorityInformationAccess([access]), False))
    urls = [f"{base}/crl"] if with_crl else []
    urls += ["ldap://directory.example/cn=crl"] if ldap else []
    if urls:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(u)], None, None, None) for u in urls]
        extensions.append((x509.CRLDistributionPoints(points), False))
    _, served.leaf = rig.leaf(extensions=extensions)
    served.base = base
    try:
        yield served
    finally:
        await runner.cleanup()


async def ask(rig, served, **kw):
    return await check_revocation(served.leaf, rig.intermediate.certificate, **kw)


async def test_a_good_certificate_is_good_by_ocsp_and_the_crl_is_not_asked(rig):
    async with responder(rig) as served:
        found = await ask(rig, served)
    assert (found.code, found.seen["method"]) == ("CERT_NOT_REVOKED", "OCSP")
    assert [kind for kind, _ in served.asked] == ["ocsp"]


@pytest.mark.parametrize(("switch", "method"), [({"with_crl": False}, "OCSP"), ({"with_ocsp": False}, "CRL")])
async def test_a_revoked_certificate_is_named_with_day_and_reason(rig, switch, method):
    async with responder(rig, **switch) as served:
        served.revoked.add(served.leaf.serial_number)
        found = await ask(rig, served)
    assert (found.code, found.seen["method"]) == ("CERT_REVOKED", method)
    assert found.seen["reason"] in {"keyCompromise", "superseded"}


async def test_where_ocsp_does_not_answer_the_crl_decides(rig):
    async with responder(rig) as served:
        served.ocsp_status = ocsp.OCSPResponseStatus.UNAUTHORIZED
        found = await ask(rig, served)
    assert (found.code, found.seen["method"]) == ("CERT_NOT_REVOKED", "CRL")


@pytest.mark.parametrize("fault", ["forged", "stale", "http"])
@pytest.mark.parametrize("switch", [{"with_crl": False}, {"with_ocsp": False}], ids=["ocsp", "crl"])
async def test_an_answer_that_cannot_be_relied_on_is_not_good(rig, switch, fault):
    async with responder(rig, **switch) as served:
        if fault == "forged":
            served.signer = served.other
        elif fault == "stale":
            served.next_update = NOW - timedelta(hours=2)
        else:
            served.status = 503
        found = await ask(rig, served)
    assert found.code == "CERT_REVOCATION_UNKNOWN"
    assert served.base in found.seen["why"]


@pytest.mark.parametrize(
    ("age", "code"),
    [(timedelta(hours=1), "CERT_NOT_REVOKED"), (timedelta(days=3), "CERT_REVOCATION_UNKNOWN")],
)
async def test_an_ocsp_answer_that_names_no_end_counts_for_a_day(rig, age, code):
    async with responder(rig, with_crl=False) as served:
        served.this_update, served.next_update = NOW - age, None
        assert (await ask(rig, served)).code == code


async def test_a_delegate_with_the_right_purpose_may_sign_and_another_may_not(rig):
    async with responder(rig, with_crl=False) as served:
        key = key_of("p256", "delegate")
        for usages, code in (([ExtendedKeyUsageOID.OCSP_SIGNING], "CERT_NOT_REVOKED"),
                             ([ExtendedKeyUsageOID.CLIENT_AUTH], "CERT_REVOCATION_UNKNOWN")):  # fmt: skip
            usage = [(x509.ExtendedKeyUsage(usages), False)]
            served.delegate = build(name("TEST OCSP"), key, rig.intermediate, extensions=usage), key
            assert (await ask(rig, served)).code == code


async def test_unreachable_is_not_good(rig):
    async with responder(rig) as served:
        pass
    found = await ask(rig, served, time_limit=2)
    assert found.code == "CERT_REVOCATION_UNKNOWN"


async def test_an_ldap_address_alone_is_not_checked(rig):
    async with responder(rig, with_ocsp=False, with_crl=False, ldap=True) as served:
        found = await ask(rig, served)
    assert (found.code, found.status) == ("CERT_REVOCATION_LDAP_ONLY", "skip")
    assert found.seen["urls"] == ["ldap://directory.example/cn=crl"]


async def test_without_addresses_or_issuer_nothing_is_claimed(rig):
    _, leaf = rig.leaf()
    assert (await check_revocation(leaf, rig.intermediate.certificate)).code == "CERT_REVOCATION_NO_ADDRESS"
    async with responder(rig) as served:
        assert (await check_revocation(served.leaf, None)).code == "CERT_REVOCATION_NO_ISSUER"


async def test_questions_go_through_the_proxy(rig):
    async with responder(rig, with_crl=False) as served:
        passed = []

        async def forward(request):
            passed.append(request.raw_path)
            return await served.ocsp(request)

        runner = web.ServerRunner(web.Server(forward))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found = await ask(rig, served, proxy=f"http://127.0.0.1:{runner.addresses[0][1]}")
        await runner.cleanup()
    assert found.code == "CERT_NOT_REVOKED"
    assert passed == [f"{served.base}/ocsp"]


@asynccontextmanager
async def shelf(**files):
    """An HTTP server with these files; gives its address."""

    async def serve(request):
        return web.Response(body=files[request.path.strip("/")])

    runner = web.ServerRunner(web.Server(serve))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def naming(url):
    location = x509.UniformResourceIdentifier(url)
    access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, location)
    return [*CLIENT, (x509.AuthorityInformationAccess([access]), False)]


@pytest.mark.parametrize("form", ["der", "pem", "p7c"])
async def test_a_missing_issuer_is_fetched_from_where_the_certificate_says(rig, form):
    intermediate = rig.intermediate.certificate
    forms = {
        "der": intermediate.public_bytes(Encoding.DER),
        "pem": rig.intermediate.pem,
        "p7c": pkcs7.serialize_certificates(rig.chain, Encoding.DER),
    }
    async with shelf(**forms) as base:
        data = rig.p12(rig.leaf(extensions=naming(f"{base}/{form}")), chain=[])
        bundle, found = await fetch_issuers(read_identity(data, PASSWORD))
    assert bundle.chain[0] == intermediate
    assert (found.code, found.seen["urls"]) == ("CERT_ISSUER_FETCHED", [f"{base}/{form}"])


async def test_what_has_not_signed_the_certificate_is_not_used(rig):
    stranger = rig.other.certificate.public_bytes(Encoding.DER)
    async with shelf(der=stranger, text=b"<html>") as base:
        for name_ in ("der", "text"):
            data = rig.p12(rig.leaf(extensions=naming(f"{base}/{name_}")), chain=[])
            bundle, found = await fetch_issuers(read_identity(data, PASSWORD))
            assert (bundle.chain, found.code) == ((), "CERT_ISSUER_NOT_FETCHED")
    bundle, found = await fetch_issuers(read_identity(data, PASSWORD), time_limit=2)
    assert found.code == "CERT_ISSUER_NOT_FETCHED"


async def test_nothing_is_fetched_where_nothing_is_missing_or_named(rig):
    bundle = read_identity(rig.p12(), PASSWORD)
    assert await fetch_issuers(bundle) == (bundle, None)
