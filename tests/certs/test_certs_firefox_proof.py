"""The proof by a real Firefox: what it gets with the store and the preferences of a profile it borrows."""

from __future__ import annotations

import pytest
from certs_rig import PASSWORD, have, kept, run
from certs_server import demanding_server, nginx_server
from kaigo_certs import (
    SELECT_AUTOMATICALLY,
    FirefoxProfile,
    Installer,
    NssStore,
    PolicyInstaller,
    ProofError,
    find_browser,
    prove_in_browser,
)
from kaigo_certs.stores import _nss_database, _nss_tools
from kaigo_gateway.certificate.proof import Visit, visits
from kaigo_gateway.errors import InputError

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser("firefox") is None, reason="needs Firefox"),
    pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools"),
]


class Profile:
    """A Firefox profile in which the server's authority is trusted."""

    def __init__(self, rig, folder):
        self.folder, self.journal = folder / "profile", folder / "journal"
        self.folder.mkdir()
        (self.folder / "prefs.js").touch()
        run("certutil", "-N", "--empty-password", "-d", f"sql:{self.folder}")
        root = rig.write(rig.root.pem)
        run("certutil", "-A", "-t", "C,,", "-n", "root", "-i", root, "-d", f"sql:{self.folder}")

    def install(self, identity):
        Installer(NssStore(self.folder), self.journal).install(identity)

    def choose(self, identity):
        PolicyInstaller(FirefoxProfile(self.folder), self.journal).set(SELECT_AUTOMATICALLY, identity.sha256)

    def content(self):
        """The files, of databases the certificates: Firefox keeps books of its own in them at every start."""
        files = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.suffix != ".db"}
        held = sorted(each.sha256 for each in _nss_database.certificates(self.folder))
        return sorted(p.name for p in self.folder.iterdir()), files, held, _nss_tools.key_ids(self.folder)

    async def prove(self, url, **kw):
        return await prove_in_browser(url, browser="firefox", database=self.folder, **kw)


@pytest.fixture
def profile(rig, tmp_path):
    return Profile(rig, tmp_path)


async def test_a_prepared_profile_logs_in_and_stays_as_it_was(rig, profile, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    profile.install(identity)
    profile.choose(identity)
    before = profile.content()
    with demanding_server(rig) as (url, visitors):
        proof = await profile.prove(f"{url}/", marker="ようこそ")
        missing = await profile.prove(f"{url}/", marker="メインメニュー")
    assert proof.finding.code == "BROWSER_LOGGED_IN"
    assert set(visitors) == {"TEST さくら"}
    assert proof.screenshot.startswith(b"\x89PNG")
    assert missing.finding.code == "BROWSER_MARKER_MISSING"
    assert profile.content() == before


async def test_without_the_preference_it_waits_for_someone_to_choose(rig, profile, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    profile.install(identity)
    with demanding_server(rig) as (url, visitors):
        assert (await profile.prove(url, time_limit=4)).finding.code == "BROWSER_CHOOSER"
    assert visitors == []


async def test_an_empty_store_an_unknown_server_and_nobody_there_are_told_apart(rig, profile, tmp_path):
    with demanding_server(rig) as (url, _):
        none = (await profile.prove(url)).finding
        run("certutil", "-D", "-n", "root", "-d", f"sql:{profile.folder}")
        unknown = (await profile.prove(url)).finding
    gone = (await profile.prove(url)).finding
    assert (none.code, none.seen["error"]) == (
        "BROWSER_NO_CERTIFICATE", "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT",
    )  # fmt: skip
    assert (unknown.code, unknown.seen["error"]) == ("BROWSER_SERVER_UNKNOWN", "SEC_ERROR_UNKNOWN_ISSUER")
    assert gone.code == "BROWSER_NOT_REACHED"


@pytest.mark.servers
@pytest.mark.skipif(not have("nginx"), reason="needs nginx")
async def test_the_answer_400_of_nginx_is_no_certificate(rig, profile):
    with nginx_server(rig, trusted=rig.root.pem) as url:
        assert (await profile.prove(url)).finding.code == "BROWSER_NO_CERTIFICATE"


async def test_without_a_profile_or_with_an_empty_folder_it_is_refused_by_name(tmp_path):
    for folder in (None, tmp_path):
        with pytest.raises(ProofError) as refused:
            await prove_in_browser("https://localhost/", browser="firefox", database=folder)
        assert refused.value.code == "BROWSER_PROFILE"


def test_each_store_is_proved_by_the_browser_that_uses_it(profile, tmp_path):
    firefox, other = f"nss:{profile.folder}", f"nss:{tmp_path}"
    assert visits("auto", ["vault"]) == [Visit("auto")]
    assert visits("auto", ["vault", firefox]) == [Visit("firefox", profile.folder)]
    assert visits("auto", ["nss", firefox]) == [Visit("firefox", profile.folder), Visit("auto")]
    assert visits("auto", [other]) == [Visit("auto", tmp_path)]
    assert visits("edge", ["windows"]) == [Visit("edge")]
    assert visits("firefox", ["vault"], profile.folder) == [Visit("firefox", profile.folder)]
    with pytest.raises(InputError, match="per profile"):
        visits("firefox", ["nss"])


async def test_a_chromium_database_elsewhere_is_the_one_that_is_proved(rig, tmp_path):
    """``nss:FOLDER`` that is not the user's own: the browser is given a home in which it is."""
    if find_browser() is None:
        pytest.skip("needs Chromium")
    empty = Profile(rig, tmp_path)
    with demanding_server(rig) as (url, _):
        proof = await prove_in_browser(url, database=empty.folder)
    assert proof.finding.code == "BROWSER_NO_CERTIFICATE"  # the server is trusted there, and nowhere else


def test_the_command_proves_a_profile_with_the_same_option(rig, profile, tmp_path, capsys, monkeypatch):
    import json

    from kaigo_gateway.cli import main

    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(tmp_path / "none.toml"))
    files = {"pw": PASSWORD.encode(), "pp": b"a good passphrase", "ca": rig.chain_pem, "c.p12": rig.p12()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    vault = ["--vault", tmp_path / "v", "--vault-passphrase-file", tmp_path / "pp"]
    store = ["--store", f"nss:{profile.folder}"]

    def command(*arguments):
        with pytest.raises(SystemExit):
            main(["--lang", "en", "cert", *map(str, arguments), "--json"])
        report = json.loads(capsys.readouterr().out)
        return [result["reason_code"] for result in report["results"]]

    command("install", tmp_path / "c.p12", "--password-file", tmp_path / "pw", *store, *vault,
            "--issuer-file", tmp_path / "ca", "--firefox-profile", profile.folder)  # fmt: skip
    with demanding_server(rig) as (url, _):
        asked = ["--url", url, "--ca-file", tmp_path / "ca", "--browser", "--screenshot", tmp_path / "x.png"]
        codes = command("verify", "--office", "1370000001", *store, *asked, *vault)
    assert codes[0] == "STORE_HOLDS"
    assert codes[-1] == "BROWSER_LOGGED_IN"
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
