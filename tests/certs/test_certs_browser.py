"""The proof by a real Chromium: what it gets with this store and this policy, and what its silence means."""

from __future__ import annotations

import os

import pytest
from certs_rig import have, kept, run
from certs_server import demanding_server, nginx_server
from kaigo_certs import MANAGED_FOLDERS, Installer, NssStore, PolicyFolder, entry_for, prove_in_browser
from kaigo_certs.proving._program import find_browser

FOLDER = MANAGED_FOLDERS["chromium"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="needs Chromium"),
    pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0,
        reason="writing the browser's managed policies needs root",
    ),
]


class Visitor:
    """A user's home with its NSS database, in which the server's authority is trusted."""

    def __init__(self, rig, home):
        self.home, self.database = home, home / ".pki" / "nssdb"
        self.database.mkdir(parents=True)
        run("certutil", "-N", "--empty-password", "-d", f"sql:{self.database}")
        root = rig.write(rig.root.pem)
        run("certutil", "-A", "-t", "C,,", "-n", "root", "-i", root, "-d", f"sql:{self.database}")
        self.installer = Installer(NssStore(self.database), home / "journal")
        self.policies = PolicyFolder(FOLDER)

    def prove(self, url, **kw):
        (self.home / "run").mkdir(exist_ok=True)
        return prove_in_browser(url, home=self.home, **kw)


@pytest.fixture
def visitor(rig, tmp_path):
    return Visitor(rig, tmp_path / "home")


@pytest.fixture
def policy(visitor):
    """Set a policy for the length of a test."""
    plans = []

    def choose(origin, leaf):
        plan = visitor.policies.plan(entry_for(origin, leaf))
        visitor.policies.set(plan)
        plans.append(plan)

    yield choose
    for plan in reversed(plans):
        visitor.policies.undo(plan)


async def test_installed_with_its_policy_the_browser_logs_in_and_shows_the_page(
    rig, visitor, policy, tmp_path
):
    _, [identity] = kept(rig, tmp_path)
    visitor.installer.install(identity)
    with demanding_server(rig) as (url, visitors):
        policy(url, identity.leaf)
        proof = await visitor.prove(f"{url}/", marker="ようこそ")
    assert proof.finding.code == "BROWSER_LOGGED_IN"
    assert set(visitors) == {"TEST さくら"}
    assert proof.screenshot.startswith(b"\x89PNG")
    assert proof.server_issuer == "TEST Issuing"


async def test_a_renewal_beside_the_old_one_logs_in_and_the_old_one_may_go(rig, visitor, policy, tmp_path):
    _, [old, new] = kept(rig, tmp_path, count=2)
    for identity in (old, new):
        visitor.installer.install(identity)
    with demanding_server(rig) as (url, _):
        policy(url, new.leaf)
        assert (await visitor.prove(url)).finding.code == "BROWSER_LOGGED_IN"
        visitor.installer.remove(old.sha256)
        assert (await visitor.prove(url)).finding.code == "BROWSER_LOGGED_IN"


@pytest.mark.servers
@pytest.mark.skipif(not have("nginx"), reason="needs nginx")
async def test_a_file_without_its_intermediate_is_completed_and_then_offered(rig, visitor, policy, tmp_path):
    """The trap: the server names the root only, and a browser without the intermediate offers nothing."""
    vault, [bare] = kept(rig, tmp_path, chain=[])
    visitor.installer.install(bare)
    with nginx_server(rig, trusted=rig.root.pem) as url:
        policy(url, bare.leaf)
        assert (await visitor.prove(url)).finding.code == "BROWSER_NO_CERTIFICATE"
        visitor.installer.remove(bare.sha256)
        vault.remove(bare.office_number, bare.sha256)
        whole = bare.bundle().completed(rig.chain_pem)
        vault.put(whole, bare.office_number)
        visitor.installer.install(vault.identity(bare.office_number))
        proof = await visitor.prove(url, marker="verified: SUCCESS")
    assert proof.finding.code == "BROWSER_LOGGED_IN"


async def test_the_entry_goes_to_the_file_that_decides_for_the_browser_whatever_its_name(
    rig, visitor, policy, tmp_path
):
    _, [identity] = kept(rig, tmp_path)
    visitor.installer.install(identity)
    backup = FOLDER / "zz.json~"
    backup.write_text('{"AutoSelectCertificateForUrls": []}')
    try:
        with demanding_server(rig) as (url, _):
            policy(url, identity.leaf)
            assert (await visitor.prove(url)).finding.code == "BROWSER_LOGGED_IN"
    finally:
        backup.unlink()


async def test_nothing_installed_is_no_certificate(rig, visitor):
    with demanding_server(rig) as (url, visitors):
        proof = await visitor.prove(url)
    assert proof.finding.code == "BROWSER_NO_CERTIFICATE"
    assert visitors == []


async def test_without_a_policy_the_silence_of_the_chooser_is_named(rig, visitor, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    visitor.installer.install(identity)
    with demanding_server(rig) as (url, _):
        proof = await visitor.prove(url, time_limit=3)
    assert proof.finding.code == "BROWSER_CHOOSER"


async def test_a_missing_text_on_the_page_is_named(rig, visitor, policy, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    visitor.installer.install(identity)
    with demanding_server(rig) as (url, _):
        policy(url, identity.leaf)
        assert (await visitor.prove(url, marker="メインメニュー")).finding.code == "BROWSER_MARKER_MISSING"


async def test_an_unreachable_address_and_an_unknown_server_are_told_apart(rig, visitor, tmp_path):
    assert (await visitor.prove("https://localhost:1/")).finding.code == "BROWSER_NOT_REACHED"
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    with demanding_server(rig) as (url, _):
        proof = await prove_in_browser(url, home=stranger)
    assert proof.finding.code == "BROWSER_SERVER_UNKNOWN"


async def test_without_a_browser_the_proof_is_left_out_visibly(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await prove_in_browser("https://localhost/")).finding.code == "BROWSER_MISSING"


async def test_a_browser_that_does_not_start_is_named(tmp_path):
    from kaigo_certs import ProofError

    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)
    with pytest.raises(ProofError, match="exit code 7"):
        await prove_in_browser("https://localhost/", program=str(broken))
