"""At the next start: whatever a crash left half done is put right, in whichever store it was."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from certs_memory_store import MemoryStore
from certs_rig import have, kept
from kaigo_certs import (
    SELECT_AUTOMATICALLY,
    FirefoxProfile,
    Installer,
    NssStore,
    PolicyFolder,
    PolicyInstaller,
    StoreError,
    VaultError,
    entry_for,
    recover_all,
)
from kaigo_certs.stores import _journal
from kaigo_certs.stores._journal import Journal

ORIGIN = "https://web.example"


class Crashed(BaseException):
    """The process is gone."""


def crash_at(wanted):
    def checkpoint(step):
        if step == wanted:
            raise Crashed(step)

    return checkpoint


@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
def test_a_store_a_policy_and_a_firefox_profile_cut_off_are_all_put_right_at_once(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    journal, policies, profile = tmp_path / "journal", tmp_path / "managed", tmp_path / "profile"
    profile.mkdir()
    (profile / "prefs.js").touch()
    with pytest.raises(Crashed):
        Installer(NssStore(tmp_path / "db"), journal, crash_at("nss-import")).install(identity)
    with pytest.raises(Crashed):
        PolicyInstaller(PolicyFolder(policies), journal, crash_at("done")).set(
            entry_for(ORIGIN, identity.leaf), identity.sha256
        )
    with pytest.raises(Crashed):
        PolicyInstaller(FirefoxProfile(profile), journal, crash_at("done")).set(
            SELECT_AUTOMATICALLY, identity.sha256
        )
    found = {each.store.partition(":")[0]: each.count for each in recover_all(journal)}
    assert found == {"nss": 1, "policy": 1}
    assert not (tmp_path / "db").exists()
    assert list(policies.iterdir()) == []
    assert not (profile / "user.js").exists()
    assert recover_all(journal) == []


def test_what_cannot_be_put_right_is_said_and_does_not_hinder_the_rest(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    journal, policies = tmp_path / "journal", tmp_path / "managed"
    for place in (policies, tmp_path / "other"):
        with pytest.raises(Crashed):
            PolicyInstaller(PolicyFolder(place), journal, crash_at("done")).set(
                entry_for(ORIGIN, identity.leaf), identity.sha256
            )
    (policies / "kaigo-gateway.json").write_text("{")
    found = recover_all(journal)
    assert [(each.count, each.error and each.error.code) for each in found] == [(0, "POLICY_FILE"), (1, None)]


@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
def test_a_file_where_the_database_should_be_is_named_and_leaves_nothing_to_finish(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    (tmp_path / "db").write_text("no folder")
    with pytest.raises(StoreError, match="Not a directory"):
        Installer(NssStore(tmp_path / "db"), tmp_path / "journal").install(identity)
    assert recover_all(tmp_path / "journal") == []


def test_what_the_system_refuses_while_recovering_is_said_of_that_store_alone(rig, tmp_path, monkeypatch):
    _, [identity] = kept(rig, tmp_path)
    place, journal = PolicyFolder(tmp_path / "managed"), tmp_path / "journal"
    with pytest.raises(Crashed):
        PolicyInstaller(place, journal, crash_at("done")).set(entry_for(ORIGIN, identity.leaf), "f" * 64)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(PolicyFolder, "undo", refuse)
    [found] = recover_all(journal)
    assert (found.count, found.error.code) == (0, "STORE_REFUSED")
    assert "Permission denied" in str(found.error)


def test_a_plugins_store_waits_for_its_next_use(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    memory = MemoryStore()
    with pytest.raises(Crashed):
        Installer(memory, tmp_path / "journal", crash_at("done")).install(identity)
    assert recover_all(tmp_path / "journal") == []
    assert Installer(memory, tmp_path / "journal").recover() == 1


def test_the_work_of_another_process_is_no_leftover(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    place, journal = PolicyFolder(tmp_path / "managed"), tmp_path / "journal"
    with pytest.raises(Crashed):
        PolicyInstaller(place, journal, crash_at("done")).set(entry_for(ORIGIN, identity.leaf), "f" * 64)
    program = (
        "import sys; from pathlib import Path; from kaigo_certs.stores._lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), sys.argv[2]): print(flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(journal), f"policy:{place.name}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        worker.stdout.readline()
        assert recover_all(journal) == []
        worker.communicate(b"")
    assert [each.count for each in recover_all(journal)] == [1]


def test_a_damaged_journal_is_named(tmp_path):
    (tmp_path / "20260101T000000000000-x.json").write_text(json.dumps({"id": 1}))
    with pytest.raises(VaultError, match="20260101T"):
        recover_all(tmp_path)


def test_entries_keep_their_order_when_the_clock_is_set_back(tmp_path, monkeypatch):
    journal = Journal(tmp_path)

    class Clock:
        now_ = datetime(2026, 11, 28, 23, 59, 59, 999_999, tzinfo=UTC)

        @classmethod
        def now(cls, _zone):
            cls.now_ -= timedelta(days=3)
            return cls.now_

    monkeypatch.setattr(_journal, "datetime", Clock)
    made = [journal.begin("x", "install", str(number), {}).sha256 for number in range(4)]
    assert [entry.sha256 for entry in journal.entries("x", "begun")] == made
