"""Firefox on Linux: the preference merged, taken back and recovered; and the proof by a real Firefox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from certs_rig import have, kept, run
from certs_server import demanding_server
from kaigo_certs import SELECT_AUTOMATICALLY, FirefoxProfile, Installer, NssStore, PolicyInstaller, StoreError

OTHER = 'user_pref("browser.startup.page", 0);\n'
ASK = 'user_pref("security.default_personal_cert", "Ask Every Time");\n'
OURS = f"{SELECT_AUTOMATICALLY}\n"
SHA256 = "f" * 64
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


class Crashed(BaseException):
    """Ends the work at a checkpoint, as a power cut would."""


def profile(folder, **files):
    (folder / "prefs.js").write_text(OTHER)
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return FirefoxProfile(folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", OURS),
        ("// 日本語\n" + OTHER, "// 日本語\n" + OTHER + OURS),
        (OTHER.rstrip(), OTHER + OURS),
        (ASK + OTHER, OURS + OTHER),
        (OTHER + ASK + OTHER, OTHER + OURS + OTHER),
    ],
)
def test_the_line_joins_an_existing_user_js_and_rolling_back_restores_it(tmp_path, before, after):
    place = profile(tmp_path, **({"user": before} if before else {}))
    installer = PolicyInstaller(place, tmp_path / "journal")
    assert installer.set(SELECT_AUTOMATICALLY, SHA256)["present"] is False
    assert installer.set(SELECT_AUTOMATICALLY, SHA256)["present"] is True
    assert (tmp_path / "user.js").read_text() == after
    (tmp_path / "prefs.js").write_text(OTHER + OURS)  # as Firefox does when it ends
    assert installer.rollback() == SHA256
    assert (tmp_path / "prefs.js").read_text() == OTHER
    left = (tmp_path / "user.js").read_text() if (tmp_path / "user.js").exists() else ""
    assert left.rstrip() == before.rstrip()


@pytest.mark.parametrize("step", ["journal", "policy-write", "done"])
def test_a_crash_at_any_step_is_put_right(tmp_path, step):
    place = profile(tmp_path, user=OTHER + ASK)

    def crash(name):
        if name == step:
            raise Crashed

    with pytest.raises(Crashed):
        PolicyInstaller(place, tmp_path / "journal", crash).set(SELECT_AUTOMATICALLY, SHA256)
    assert PolicyInstaller(place, tmp_path / "journal").recover() == (step != "journal")
    assert (tmp_path / "user.js").read_text() == OTHER + ASK


def test_removing_clears_what_firefox_copied_and_spares_the_rest(tmp_path):
    place = profile(tmp_path, user=OTHER + OURS, prefs=OURS + OTHER)
    installer = PolicyInstaller(place, tmp_path / "journal")
    assert installer.remove("") is True
    assert installer.remove("") is False
    assert (tmp_path / "user.js").read_text() == (tmp_path / "prefs.js").read_text() == OTHER


def test_a_folder_that_is_no_profile_is_refused(tmp_path):
    with pytest.raises(StoreError) as refused:
        PolicyInstaller(FirefoxProfile(tmp_path), tmp_path / "journal").set(SELECT_AUTOMATICALLY, SHA256)
    assert refused.value.code == "POLICY_FILE"
    assert not (tmp_path / "user.js").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="giving a file away needs root")
def test_what_an_administrator_writes_belongs_to_the_profiles_owner(tmp_path):
    folder = tmp_path / "profile"
    folder.mkdir()
    place = profile(folder)
    os.chown(folder, 12345, 12345)
    PolicyInstaller(place, tmp_path / "journal").set(SELECT_AUTOMATICALLY, SHA256)
    assert (folder / "user.js").stat().st_uid == 12345


@pytest.mark.skipif(sys.platform == "win32", reason="Firefox locks otherwise there")
def test_a_profile_in_use_is_refused_and_left_alone(tmp_path):
    place = profile(tmp_path)
    lock = tmp_path / ".parentlock"
    lock.touch()
    hold = (
        "import fcntl,sys\nf=open(sys.argv[1],'r+')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint(flush=True)\ninput()"
    )
    command = [sys.executable, "-c", hold, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(StoreError) as refused:
            PolicyInstaller(place, tmp_path / "journal").set(SELECT_AUTOMATICALLY, SHA256)
        holder.communicate(b"\n")
    assert refused.value.code == "STORE_REFUSED"
    assert not (tmp_path / "user.js").exists()


def visit(folder, url, picture):
    """One headless visit that writes a picture; a page that waits for someone writes none."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [FIREFOX, "--headless", "--no-remote", "--profile", folder, "--screenshot", picture, url]
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "MOZ_DISABLE_AUTO_SAFE_MODE": "1",
    }
    process = subprocess.Popen(
        [str(part) for part in command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.mark.browser
@pytest.mark.skipif(FIREFOX is None, reason="needs Firefox")
@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
def test_a_real_firefox_reaches_the_page_that_demands_the_certificate(rig, tmp_path):
    folder = tmp_path / "profile"
    folder.mkdir()
    _, [identity] = kept(rig, tmp_path)
    Installer(NssStore(folder), tmp_path / "journal").install(identity)
    trusted = ["-t", "C,,", "-n", "root", "-i", rig.write(rig.root.pem)]
    run("certutil", "-A", *trusted, "-d", f"sql:{folder}")
    installer = PolicyInstaller(FirefoxProfile(folder), tmp_path / "journal")
    installer.set(SELECT_AUTOMATICALLY, identity.sha256)
    with demanding_server(rig) as (url, visitors):
        visit(folder, url, tmp_path / "page.png")
    assert set(visitors) == {"TEST さくら"}
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert installer.rollback() == identity.sha256
    assert not (folder / "user.js").exists()
    assert "default_personal_cert" not in (folder / "prefs.js").read_text()
