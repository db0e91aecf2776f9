"""The stage "certificate" of a Setup: four checks, typed reasons, safe to repeat."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pytest
from certs_rig import CHEAP, OFFICE, PASSWORD, have, key_of
from kaigo_certs import Vault
from kaigo_gateway.certificate import CERTIFICATE_REASONS, certificate_checks
from kaigo_gateway.model.descriptors import CertificateStore, CheckContext
from kaigo_gateway.model.site import Site


class Stage:
    """One run of the four checks for a site over one vault."""

    def __init__(self, folder, certificate, network=None, **stores):
        self.folder, self.stores = folder, stores
        document = {
            "office": {"number": OFFICE, "name": "TEST", "services": ["11"]},
            "supporter": {"name": "TEST"},
            "certificate": certificate,
            "network": {"proxy": "none", **(network or {})},
        }
        self.site = Site.model_validate(document).model_copy(update={"base": folder})
        self.results = {}

    async def open_vault(self):
        return await asyncio.to_thread(Vault.open, self.folder / "vault", "a good passphrase", cost=CHEAP)

    async def identity(self):
        return (await self.open_vault()).identity(OFFICE)

    async def run(self, *only):
        context = CheckContext(
            setup_id="x", site=self.site, simulated=False, today=datetime.now(UTC).date(), settings=None,
            results=self.results, identity=self.identity, progress=lambda _: None, confirmed=lambda _: {},
        )  # fmt: skip
        checks = certificate_checks(self.site, self.open_vault, self.stores)
        for check in checks:
            if not only or check.id in only:
                found = await check.run(context)
                self.results[check.id] = found if isinstance(found, list) else [found]
                assert all(set(f.evidence) <= set(check.evidence) for f in self.results[check.id])
        return {name: [f.reason_code for f in found] for name, found in self.results.items()}

    def findings(self):
        return [finding for found in self.results.values() for finding in found]


@pytest.fixture
def files(rig, tmp_path):
    (tmp_path / "client.p12").write_bytes(rig.p12(rig.leaf(key=key_of("p256")), chain=[]))
    (tmp_path / "password").write_bytes(PASSWORD.encode() + b"\r\n")
    (tmp_path / "issuer.pem").write_bytes(rig.chain_pem)
    return {"file": "client.p12", "password": {"$file": "password"}, "issuer_file": "issuer.pem"}


async def test_a_good_certificate_is_read_judged_kept_whole_and_ready(files, tmp_path):
    stage = Stage(tmp_path, files)
    codes = await stage.run()
    assert codes["certificate.install"] == ["CERT_KEPT"]
    assert codes["certificate.ready"] == ["CERT_READY"]
    assert {"CERT_INTERMEDIATE_ADDED", "CERT_DRY_RUN_ACCEPTED"} <= set(codes["certificate.judge"])
    assert len((await stage.identity()).chain) == 2
    assert {str(f.status) for f in stage.findings()} <= {"ok", "warn"}


async def test_repeating_changes_nothing(files, tmp_path):
    await Stage(tmp_path, files).run()
    codes = await Stage(tmp_path, files).run()
    assert codes["certificate.install"] == ["CERT_ALREADY_KEPT"]


async def test_a_resumed_setup_may_begin_at_any_check(files, tmp_path):
    assert (await Stage(tmp_path, files).run("certificate.install"))["certificate.install"] == ["CERT_KEPT"]


async def test_without_a_file_the_vault_serves(files, tmp_path):
    await Stage(tmp_path, files).run()
    codes = await Stage(tmp_path, {}).run()
    assert codes["certificate.install"] == ["CERT_ALREADY_KEPT"]
    assert codes["certificate.ready"] == ["CERT_READY"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"file": None}, "CERT_FILE_NOT_GIVEN"),
        ({"file": "missing.p12"}, "CERT_FILE_MISSING"),
        ({"password": None}, "CERT_PASSWORD_MISSING"),
        ({"password": {"$file": "missing"}}, "CERT_FILE_MISSING"),
        ({"password": {"$env": "KAIGO_TEST_NOT_SET"}}, "CERT_PASSWORD_VARIABLE"),
        ({"password": {"$file": "issuer.pem"}}, "CERT_PASSWORD_WRONG"),
        ({"file": "password"}, "CERT_FILE_NOT_PKCS12"),
        ({"key_file": "missing"}, "CERT_FILE_MISSING"),
    ],
)
async def test_every_unfit_input_is_a_finding_with_its_reason(files, tmp_path, change, code):
    stage = Stage(tmp_path, {k: v for k, v in {**files, **change}.items() if v is not None})
    codes = await stage.run()
    for check in ("certificate.read", "certificate.judge", "certificate.install"):
        assert codes[check] == [code]
    assert codes["certificate.ready"] == ["CERT_NOT_IN_VAULT"]
    for finding in stage.findings():
        message = CERTIFICATE_REASONS.message(finding.reason_code, finding.seen, "ja")
        assert "?" not in message
        assert re.search(r"[ぁ-ん]", message)


@pytest.mark.parametrize(
    ("change", "content", "code"),
    [("issuer_file", b"nonsense", "CERT_ISSUER_FILE_UNREADABLE"), ("kinds_file", b"[]", "CERT_KINDS_FILE")],
)
async def test_unreadable_helping_files_are_named(files, tmp_path, change, content, code):
    (tmp_path / "bad").write_bytes(content)
    codes = await Stage(tmp_path, {**files, change: "bad"}).run("certificate.judge")
    assert codes["certificate.judge"] == [code]


async def test_a_site_with_confirmed_kinds_gets_a_certain_answer(files, tmp_path):
    text = "status: confirmed\nkinds:\n  - {name: 介護保険証明書, fit: true, subject: [TEST介護保険証明書]}\n"
    (tmp_path / "kinds.yaml").write_text(text, encoding="utf-8")
    codes = await Stage(tmp_path, {**files, "kinds_file": "kinds.yaml"}).run("certificate.judge")
    assert "CERT_KIND_FIT" in codes["certificate.judge"]


@pytest.mark.servers
@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
async def test_every_store_of_the_site_gets_the_certificate(files, tmp_path):
    stage = Stage(tmp_path, {**files, "stores": ["vault", f"nss:{tmp_path / 'db'}"]})
    assert "STORE_INSTALLED" in (await stage.run())["certificate.install"]
    assert "STORE_ALREADY_INSTALLED" in (await stage.run())["certificate.install"]


async def test_a_plugins_store_is_used_by_its_name_and_one_that_is_not_available_says_why(files, tmp_path):
    from certs_memory_store import MemoryStore

    memory = MemoryStore()
    stores = {
        "acme": CertificateStore("acme", "Acme", open=lambda: memory),
        "locked": CertificateStore("locked", "Locked", open=lambda: memory, available=lambda: "no card"),
    }
    stage = Stage(tmp_path, {**files, "stores": ["acme", "locked", "unknown"]}, **stores)
    codes = (await stage.run())["certificate.install"]
    assert codes == ["CERT_KEPT", "STORE_INSTALLED", "STORE_REFUSED", "STORE_UNKNOWN"]
    assert memory.installed() == [(await stage.identity()).sha256]


def test_every_reason_of_the_library_is_in_the_gateways_book():
    from kaigo_certs import all_texts

    assert {reason.code for reason in CERTIFICATE_REASONS} == set(all_texts())


async def test_a_revoked_certificate_is_found_by_way_of_the_sites_proxy(rig, files, tmp_path):
    from aiohttp import web
    from test_certs_revocation import responder

    asked = []
    async with responder(rig, with_crl=False) as served:
        served.revoked.add(served.leaf.serial_number)

        async def forward(request):
            asked.append((request.raw_path, request.headers.get("Proxy-Authorization", "")[:5]))
            return await served.ocsp(request)

        runner = web.ServerRunner(web.Server(forward))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        key = key_of()
        (tmp_path / "client.p12").write_bytes(rig.p12((key, served.leaf)))
        proxy = f"http://user@127.0.0.1:{runner.addresses[0][1]}"
        network = {"proxy": proxy, "proxy_password": {"$file": "password"}}
        stage = Stage(tmp_path, files, network=network)
        codes = await stage.run("certificate.judge")
        await runner.cleanup()
    assert codes["certificate.judge"][-1] == "CERT_REVOKED"
    assert asked == [(f"{served.base}/ocsp", "Basic")]
    assert PASSWORD not in str(stage.findings())


async def test_an_unreachable_proxy_is_not_taken_for_good_news(rig, files, tmp_path):
    from test_certs_revocation import responder

    async with responder(rig) as served:
        (tmp_path / "client.p12").write_bytes(rig.p12((key_of(), served.leaf)))
        codes = await Stage(tmp_path, files, network={"proxy": "http://127.0.0.1:1"}).run("certificate.judge")
    assert codes["certificate.judge"][-1] == "CERT_REVOCATION_UNKNOWN"
