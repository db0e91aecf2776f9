"""Stores: installed beside, read back, idempotent, removed exactly, and put right after a crash anywhere."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from certs_rig import OFFICE, have, kept, run
from kaigo_certs import (
    Installer,
    NssStore,
    StoreError,
    VaultError,
    default_database,
    legacy_trap,
    open_store,
    snap_trap,
)
from kaigo_certs.stores import _nss_database, _nss_tools
from kaigo_certs.stores._lock import exclusive


class Crashed(BaseException):
    """The process is gone: nothing may catch it."""


class CrashAt:
    """A checkpoint that ends the work at its nth call."""

    def __init__(self, number):
        self.number, self.passed = number, []

    def __call__(self, step):
        self.passed.append(step)
        if len(self.passed) == self.number:
            raise Crashed(step)


def installer(tmp_path, checkpoint=None):
    extra = {} if checkpoint is None else {"checkpoint": checkpoint}
    return Installer(NssStore(tmp_path / "db"), tmp_path / "journal", **extra)


def keys_and_certificates(tmp_path):
    folder = tmp_path / "db"
    if not (folder / "cert9.db").exists():
        return [], []
    return _nss_tools.key_ids(folder), [held.sha256 for held in _nss_database.certificates(folder)]


@pytest.mark.servers
@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
class TestNss:
    def test_installing_twice_changes_nothing_the_second_time(self, rig, tmp_path):
        _, [identity] = kept(rig, tmp_path)
        first, second = installer(tmp_path).install(identity), installer(tmp_path).install(identity)
        assert (first.new, second.new) == (True, False)
        keys, certificates = keys_and_certificates(tmp_path)
        assert (len(keys), len(certificates)) == (1, 3)

    def test_a_renewal_of_the_same_subject_lies_beside_and_the_old_one_goes_alone(self, rig, tmp_path):
        _, generations = kept(rig, tmp_path, count=3)
        for identity in generations:
            installer(tmp_path).install(identity)
        for number, gone in enumerate((1, 0, 2)):
            assert installer(tmp_path).remove(generations[gone].sha256) is True
            left = [g.sha256 for i, g in enumerate(generations) if i not in (1, 0, 2)[: number + 1]]
            assert sorted(NssStore(tmp_path / "db").installed()) == sorted(left)
        assert keys_and_certificates(tmp_path)[0] == []

    def test_an_identity_that_the_user_imported_is_recognised_whatever_its_nickname(self, rig, tmp_path):
        _, [identity] = kept(rig, tmp_path)
        database = tmp_path / "db"
        database.mkdir()
        run("certutil", "-N", "--empty-password", "-d", f"sql:{database}")
        pair = identity.key_pair()
        file = rig.write(rig.p12((pair.key, pair.leaf), friendly="わたしの証明書".encode()), ".p12")
        run("pk12util", "-d", f"sql:{database}", "-i", file, "-W", "kaigo2026Pass")
        assert installer(tmp_path).install(identity).new is False

    def test_installing_again_with_the_chain_completes_what_was_installed_without(self, rig, tmp_path):
        vault, [bare] = kept(rig, tmp_path, chain=[])
        installer(tmp_path).install(bare)
        assert len(keys_and_certificates(tmp_path)[1]) == 1
        assert vault.put(bare.bundle().completed(rig.chain_pem), OFFICE).new is False
        whole = vault.identity(OFFICE)
        with pytest.raises(Crashed):
            installer(tmp_path, CrashAt(1)).install(whole)
        assert installer(tmp_path).install(whole).new is False
        keys, certificates = keys_and_certificates(tmp_path)
        assert (len(keys), len(certificates)) == (1, 3)
        assert installer(tmp_path).journal.entries(f"nss:{tmp_path / 'db'}", "begun") == []

    def test_rolling_back_leaves_what_was_there_before(self, rig, tmp_path):
        _, [first, second] = kept(rig, tmp_path, count=2)
        installer(tmp_path).install(first)
        before = keys_and_certificates(tmp_path)
        installer(tmp_path).install(second)
        assert installer(tmp_path).rollback() == second.sha256
        assert keys_and_certificates(tmp_path) == before
        assert installer(tmp_path).rollback() == first.sha256
        assert installer(tmp_path).rollback() is None
        assert not (tmp_path / "db").exists()

    def test_rolling_back_spares_a_database_that_others_have_filled_since(self, rig, tmp_path):
        _, [identity] = kept(rig, tmp_path)
        installer(tmp_path).install(identity)
        other = rig.write(rig.other.pem)
        run("certutil", "-A", "-n", "other", "-t", ",,", "-i", other, "-d", f"sql:{tmp_path / 'db'}")
        installer(tmp_path).rollback()
        assert len(keys_and_certificates(tmp_path)[1]) == 1

    def test_two_certificates_with_one_key_do_not_lose_it_when_one_goes(self, rig, tmp_path):
        vault, [first] = kept(rig, tmp_path)
        _, [second] = kept(rig, tmp_path, vault=vault, common="TEST same key")
        for identity in (first, second):
            installer(tmp_path).install(identity)
        installer(tmp_path).remove(first.sha256)
        assert NssStore(tmp_path / "db").installed() == [second.sha256]

    @pytest.mark.parametrize("state", ["new database", "old database"])
    @pytest.mark.parametrize("number", range(1, 8))
    def test_a_crash_before_any_step_of_an_installation_is_put_right(self, rig, tmp_path, state, number):
        _, [older, identity] = kept(rig, tmp_path, count=2)
        if state == "old database":
            installer(tmp_path).install(older)
        before = keys_and_certificates(tmp_path)
        crash = CrashAt(number)
        try:
            installer(tmp_path, crash).install(identity)
        except Crashed:
            installer(tmp_path).recover()
            after = keys_and_certificates(tmp_path)
            complete = identity.sha256 in NssStore(tmp_path / "db").installed()
            assert complete == (crash.passed[-1] in {"verify", "done"})
            assert complete or after == before
            assert complete or (tmp_path / "db").exists() == (state == "old database")
        assert installer(tmp_path).install(identity).sha256 == identity.sha256
        assert identity.sha256 in NssStore(tmp_path / "db").installed()
        assert installer(tmp_path).journal.entries(f"nss:{tmp_path / 'db'}", "begun") == []

    @pytest.mark.parametrize("number", range(1, 6))
    def test_a_crash_before_any_step_of_a_removal_is_finished_later(self, rig, tmp_path, number):
        _, [older, identity] = kept(rig, tmp_path, count=2)
        for each in (older, identity):
            installer(tmp_path).install(each)
        crash = CrashAt(number)
        try:
            installer(tmp_path, crash).remove(older.sha256)
        except Crashed:
            installer(tmp_path).recover()
        begun = len(crash.passed) > 1
        assert (older.sha256 not in NssStore(tmp_path / "db").installed()) == begun
        assert identity.sha256 in NssStore(tmp_path / "db").installed()
        assert older.sha256 not in keys_and_certificates(tmp_path)[1] or not begun

    @pytest.mark.parametrize("number", range(1, 6))
    def test_a_crash_during_the_recovery_itself_is_put_right(self, rig, tmp_path, number):
        _, [identity] = kept(rig, tmp_path)
        with pytest.raises(Crashed):
            installer(tmp_path, CrashAt(3)).install(identity)
        try:
            installer(tmp_path, CrashAt(number)).recover()
        except Crashed:
            installer(tmp_path).recover()
        assert keys_and_certificates(tmp_path) == ([], [])

    def test_a_killed_process_leaves_a_journal_from_which_the_next_one_recovers(self, rig, tmp_path):
        vault, [identity] = kept(rig, tmp_path)
        program = (
            "import os, sys; from pathlib import Path\n"
            "from kaigo_certs import Installer, NssStore, Vault\n"
            "home = Path(sys.argv[1]); vault = Vault.open(home / 'vault', 'a good passphrase')\n"
            "kill = lambda step: os.kill(os.getpid(), 9) if step == 'verify' else None\n"
            "Installer(NssStore(home / 'db'), home / 'journal', kill).install(vault.identity(sys.argv[2]))\n"
        )
        done = subprocess.run([sys.executable, "-c", program, str(tmp_path), OFFICE], check=False)
        assert done.returncode == -9
        outcome = installer(tmp_path).install(identity)
        assert (outcome.new, outcome.recovered) == (False, 1)
        assert vault.folder.exists()

    def test_an_installation_cut_off_halfway_through_the_import_is_taken_back_exactly(self, rig, tmp_path):
        _, [older, identity] = kept(rig, tmp_path, count=2, chain=[])
        installer(tmp_path).install(older)
        before = keys_and_certificates(tmp_path)
        whole = tmp_path / "whole"
        _, [identity] = kept(rig, whole)
        plan = NssStore(tmp_path / "db").plan(identity)
        installer(tmp_path).journal.begin(f"nss:{tmp_path / 'db'}", "install", identity.sha256, plan)
        half = rig.write(rig.intermediate.pem)
        run("certutil", "-A", "-n", "half", "-t", ",,", "-i", half, "-d", f"sql:{tmp_path / 'db'}")
        assert installer(tmp_path).recover() == 1
        assert keys_and_certificates(tmp_path) == before

    def test_a_database_with_a_password_is_named_and_left_alone(self, rig, tmp_path):
        _, [identity] = kept(rig, tmp_path)
        (tmp_path / "db").mkdir()
        run("certutil", "-N", "-f", rig.write(b"secret123\n"), "-d", f"sql:{tmp_path / 'db'}")
        with pytest.raises(StoreError) as refused:
            installer(tmp_path).install(identity)
        assert refused.value.code == "STORE_NSS_LOCKED"

    def test_neither_key_nor_password_appears_in_the_arguments_of_the_tools(self, rig, tmp_path, monkeypatch):
        _, [identity] = kept(rig, tmp_path)
        commands, real = [], subprocess.Popen
        monkeypatch.setattr(subprocess, "Popen", lambda c, **kw: (commands.append(c), real(c, **kw))[1])
        installer(tmp_path).install(identity)
        imports = [c for c in commands if c[0] == "pk12util"]
        assert len(imports) == 1
        assert all(a.startswith(("/proc/self/fd/", "-", "sql:", "pk12util")) for a in imports[0])


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"id": "x"}'])
def test_a_damaged_journal_is_named_and_nothing_is_changed(rig, tmp_path, text):
    from certs_memory_store import MemoryStore

    _, [identity] = kept(rig, tmp_path)
    journal = tmp_path / "journal"
    journal.mkdir()
    (journal / "20260101T000000-x.json").write_text(text)
    memory = MemoryStore()
    with pytest.raises(VaultError, match="20260101T000000-x"):
        Installer(memory, journal).install(identity)
    assert memory.installed() == []


@pytest.mark.parametrize("number", range(1, 6))
def test_a_plugins_store_is_put_right_after_a_crash_like_any_other(rig, tmp_path, number):
    from certs_memory_store import MemoryStore

    _, [identity] = kept(rig, tmp_path)
    memory = MemoryStore()
    try:
        Installer(memory, tmp_path / "journal", CrashAt(number)).install(identity)
    except Crashed:
        assert Installer(memory, tmp_path / "journal").recover() == (number > 1)
    Installer(memory, tmp_path / "journal").install(identity)
    assert memory.installed() == [identity.sha256]
    assert Installer(memory, tmp_path / "journal").rollback() == identity.sha256
    assert memory.installed() == []


def test_two_processes_never_change_one_store_at_the_same_time(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from kaigo_certs.stores._lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'nss:x'): print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with exclusive(tmp_path, "nss:another"):
            pass
        with pytest.raises(StoreError) as refused, exclusive(tmp_path, "nss:x", wait=0.2):
            pass
        assert refused.value.code == "STORE_BUSY"
        holder.kill()
    with exclusive(tmp_path, "nss:x", wait=5):  # a lock ends with its process
        pass


def test_the_legacy_folder_wins_where_it_exists_and_the_trap_is_named(tmp_path):
    current = tmp_path / ".local" / "share" / "pki" / "nssdb"
    assert default_database(tmp_path) == current
    assert legacy_trap(current, tmp_path) is None
    (tmp_path / ".pki" / "nssdb").mkdir(parents=True)
    assert default_database(tmp_path) == tmp_path / ".pki" / "nssdb"
    assert legacy_trap(current, tmp_path) == tmp_path / ".pki" / "nssdb"
    assert legacy_trap(tmp_path / "elsewhere", tmp_path) is None


def test_a_chromium_that_is_a_snap_reads_a_database_of_its_own(tmp_path):
    usual = tmp_path / ".pki" / "nssdb"
    assert snap_trap(usual, tmp_path) is None
    (tmp_path / "snap" / "chromium" / "current").mkdir(parents=True)
    assert snap_trap(usual, tmp_path) == tmp_path / "snap" / "chromium" / "current" / ".pki" / "nssdb"
    assert snap_trap(tmp_path / "elsewhere", tmp_path) is None


def test_an_unknown_store_is_refused_by_name():
    with pytest.raises(StoreError, match="nowhere"):
        open_store("nowhere")


def test_missing_tools_are_named(rig, tmp_path, monkeypatch):
    _, [identity] = kept(rig, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError) as refused:
        installer(tmp_path).install(identity)
    assert refused.value.code in {"STORE_TOOL_MISSING", "STORE_OTHER_SYSTEM"}


@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
def test_a_full_disk_is_called_that_and_not_a_wrong_password(rig, tmp_path, monkeypatch):
    """NSS says ``SEC_ERROR_BAD_PASSWORD`` there; the tool is made to, as a full disk needs a mount."""
    _, [identity] = kept(rig, tmp_path)
    tool = tmp_path / "bin" / "pk12util"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho SEC_ERROR_BAD_PASSWORD >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    with pytest.raises(StoreError, match="SEC_ERROR_BAD_PASSWORD"):
        installer(tmp_path).install(identity)

    def full(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="No space left on device"):
        installer(tmp_path).install(identity)
