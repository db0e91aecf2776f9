"""The selection policy: exactly one origin, merged with what others wrote, and taken back exactly."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext

import pytest
from certs_rig import OFFICE
from kaigo_certs import (
    PolicyFolder,
    PolicyInstaller,
    RegistryPolicies,
    StoreError,
    check_origin,
    entry_for,
    recover_all,
)
from kaigo_certs.stores import _policy

NAME = "AutoSelectCertificateForUrls"
FOREIGN = '{"pattern":"https://other.example","filter":{"ISSUER":{"CN":"Other"}}}'
ORIGIN = "https://web.example:8443"


def folder(tmp_path, **files):
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return PolicyFolder(tmp_path)


def content(tmp_path, name):
    return json.loads((tmp_path / f"{name}.json").read_text())


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*", "https://[*.]example", "http://web.example", "https://", "web.example", "https://a/b",
     "https://a?b", "https://u@a", "https://a:99999", "https://a b", "https://a,https://b", "https://[::1"],
)  # fmt: skip
def test_anything_wider_than_one_site_is_refused(rig, origin):
    with pytest.raises(StoreError) as refused:
        entry_for(origin, rig.leaf()[1])
    assert refused.value.code == "POLICY_ORIGIN"


def test_the_entry_names_issuer_and_subject_and_is_never_an_empty_filter(rig):
    entry = json.loads(entry_for(f"{ORIGIN}/", rig.leaf()[1]))
    assert entry == {
        "pattern": ORIGIN,
        "filter": {
            "ISSUER": {"CN": "TEST Issuing", "O": "TEST Issuer"},
            "SUBJECT": {"CN": "TEST さくら", "O": "TEST介護保険証明書", "OU": OFFICE},
        },
    }
    assert check_origin("https://web.example/") == "https://web.example"


def test_a_first_entry_makes_a_file_of_our_own_and_undoing_removes_it(rig, tmp_path):
    policies = folder(tmp_path)
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    assert policies.set(plan) is True
    assert policies.set(policies.plan(plan["entry"])) is False
    assert policies.entries() == [plan["entry"]]
    policies.undo(plan)
    assert list(tmp_path.iterdir()) == []


def test_an_entry_joins_the_file_that_decides_and_touches_nothing_else(rig, tmp_path):
    before = {
        "a": {NAME: ["shadowed"]},
        "b": {NAME: [FOREIGN], "HomepageLocation": "https://x"},
        "c": {"X": 1},
    }
    policies = folder(tmp_path, **before)
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    policies.set(plan)
    assert content(tmp_path, "b") == {NAME: [FOREIGN, plan["entry"]], "HomepageLocation": "https://x"}
    assert content(tmp_path, "a") == before["a"]
    policies.undo(plan)
    assert {name: content(tmp_path, name) for name in before} == before


def test_another_certificate_for_the_same_site_replaces_the_entry_and_comes_back_on_undo(rig, tmp_path):
    old = json.dumps({"pattern": ORIGIN, "filter": {}})
    policies = folder(tmp_path, own={NAME: [FOREIGN, old]})
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    policies.set(plan)
    assert policies.entries() == [FOREIGN, plan["entry"]]
    policies.undo(plan)
    assert sorted(policies.entries()) == sorted([FOREIGN, old])


def test_undoing_touches_only_the_file_that_was_changed_whoever_decides_by_then(rig, tmp_path):
    policies = folder(tmp_path, b={NAME: [FOREIGN]})
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    policies.set(plan)
    later = folder(tmp_path, c={NAME: ["later"]})
    later.undo(plan)
    assert content(tmp_path, "b") == {NAME: [FOREIGN]}
    assert content(tmp_path, "c") == {NAME: ["later"]}
    (tmp_path / "b.json").unlink()
    later.undo(plan)
    assert not (tmp_path / "b.json").exists()


def test_an_empty_list_that_decides_stays_one_so_that_no_earlier_file_does(rig, tmp_path):
    policies = folder(tmp_path, a={NAME: ["shadowed"]}, b={NAME: []})
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    policies.set(plan)
    policies.undo(plan)
    assert policies.entries() == []


def test_removing_an_origin_spares_the_others(rig, tmp_path):
    policies = folder(tmp_path, own={NAME: [FOREIGN]})
    policies.set(policies.plan(entry_for(ORIGIN, rig.leaf()[1])))
    assert policies.remove(ORIGIN) is True
    assert policies.remove(ORIGIN) is False
    assert policies.entries() == [FOREIGN]


def test_every_file_of_the_folder_counts_as_it_does_for_the_browser(rig, tmp_path):
    """Chromium reads ``policy.json~`` and hidden files too; a text that is no JSON it passes over."""
    policies = folder(tmp_path, own={"X": 1})
    (tmp_path / "own.json~").write_text(json.dumps({NAME: [FOREIGN]}))
    (tmp_path / "zz-README").write_text("not JSON")
    (tmp_path / "zz-folder").mkdir()
    entry = entry_for(ORIGIN, rig.leaf()[1])
    policies.set(policies.plan(entry))
    assert json.loads((tmp_path / "own.json~").read_text()) == {NAME: [FOREIGN, entry]}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_write_that_is_cut_off_leaves_no_file_that_the_browser_would_read(rig, tmp_path, monkeypatch):
    policies = folder(tmp_path)
    plan = policies.plan(entry_for(ORIGIN, rig.leaf()[1]))
    monkeypatch.setattr(_policy, "write_bytes", lambda path, data: (path.write_bytes(data), os._exit(9)))
    child = os.fork()
    if child == 0:
        policies.set(plan)
    assert os.waitpid(child, 0)[1] >> 8 == 9
    [left] = tmp_path.iterdir()
    assert left.is_dir()
    monkeypatch.undo()
    os.utime(left, (0, 0))
    policies.set(plan)
    assert [path.name for path in tmp_path.iterdir()] == ["kaigo-gateway.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"AutoSelectCertificateForUrls": "x"}'])
def test_a_damaged_policy_file_is_named_and_left_alone(rig, tmp_path, text):
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(StoreError, match=r"broken\.json"):
        PolicyFolder(tmp_path).plan(entry_for(ORIGIN, rig.leaf()[1]))
    assert (tmp_path / "broken.json").read_text() == text


class Crashed(BaseException):
    """The process is gone."""


class CrashAt:
    def __init__(self, number):
        self.number, self.passed = number, 0

    def __call__(self, step):
        self.passed += 1
        if self.passed == self.number:
            raise Crashed(step)


@pytest.mark.parametrize("number", range(1, 5))
def test_a_crash_at_any_step_of_a_policy_is_put_right(rig, tmp_path, number):
    before = {NAME: [FOREIGN], "X": 1}
    place = folder(tmp_path, own=before)
    entry = entry_for(ORIGIN, rig.leaf()[1])
    journal = tmp_path / "journal"
    crash = CrashAt(number)
    try:
        PolicyInstaller(place, journal, crash).set(entry, "f" * 64)
    except Crashed:
        PolicyInstaller(place, journal).recover()
        assert content(tmp_path, "own") == before
    assert PolicyInstaller(place, journal).set(entry, "f" * 64)["entry"] == entry
    assert place.entries() == [FOREIGN, entry]
    assert PolicyInstaller(place, journal).rollback() == "f" * 64
    assert content(tmp_path, "own") == before
    assert PolicyInstaller(place, journal).rollback() is None


class FakeRegistry:
    """The part of winreg that we use, over one dictionary."""

    HKEY_CURRENT_USER, KEY_ALL_ACCESS, REG_SZ = 1, 2, 3

    def __init__(self):
        self.keys, self.refuse = {}, False

    def CreateKeyEx(self, _root, path, _reserved, _access):
        if self.refuse:
            raise PermissionError(13, "Access is denied")
        self.keys.setdefault(path, {})
        return nullcontext(path)

    def OpenKey(self, _root, path):
        if path not in self.keys:
            raise FileNotFoundError
        return nullcontext(path)

    def SetValueEx(self, key, name, _reserved, kind, value):
        assert kind == self.REG_SZ
        self.keys[key][name] = value

    def DeleteValue(self, key, name):
        del self.keys[key][name]

    def QueryInfoKey(self, key):
        return 0, len(self.keys[key]), 0

    def EnumValue(self, key, index):
        return (*list(self.keys[key].items())[index], self.REG_SZ)


def test_windows_the_registry_list_is_merged_numbered_anew_and_taken_back(rig, tmp_path):
    registry = FakeRegistry()
    path = rf"Software\Policies\Google\Chrome\{NAME}"
    registry.keys[path] = {"7": FOREIGN}
    installer = PolicyInstaller(RegistryPolicies("chrome", registry), tmp_path / "journal")
    entry = entry_for(ORIGIN, rig.leaf()[1])
    assert installer.set(entry, "f" * 64)["present"] is False
    assert installer.set(entry, "f" * 64)["present"] is True
    assert registry.keys[path] == {"1": FOREIGN, "2": entry}
    assert installer.rollback() == "f" * 64
    assert list(registry.keys[path].values()) == [FOREIGN]
    assert installer.remove(ORIGIN) is False


def test_windows_a_registry_without_rights_is_named(rig, tmp_path):
    registry = FakeRegistry()
    registry.refuse = True
    with pytest.raises(StoreError, match="Access is denied"):
        PolicyInstaller(RegistryPolicies("edge", registry), tmp_path).set(
            entry_for(ORIGIN, rig.leaf()[1]), "f"
        )


@pytest.mark.skipif(sys.platform == "win32", reason="this is Windows")
def test_there_is_no_registry_elsewhere():
    with pytest.raises(StoreError) as refused:
        RegistryPolicies()
    assert refused.value.code == "STORE_OTHER_SYSTEM"


@pytest.mark.parametrize("number", range(1, 4))
def test_a_crash_at_any_step_of_a_removal_is_finished_later(rig, tmp_path, number):
    place = folder(tmp_path, own={NAME: [FOREIGN]})
    journal = tmp_path / "journal"
    PolicyInstaller(place, journal).set(entry_for(ORIGIN, rig.leaf()[1]), "f" * 64)
    with pytest.raises(Crashed):
        PolicyInstaller(place, journal, CrashAt(number)).remove(ORIGIN)
    assert PolicyInstaller(place, journal).recover() == (number > 1)
    assert (place.entries() == [FOREIGN]) == (number > 1)
    assert PolicyInstaller(place, journal).remove(ORIGIN) == (number == 1)
    assert place.entries() == [FOREIGN]


def test_what_was_removed_is_not_brought_back_by_a_rollback(rig, tmp_path):
    old = json.dumps({"pattern": ORIGIN, "filter": {}})
    place = folder(tmp_path, own={NAME: [FOREIGN, old]})
    installer = PolicyInstaller(place, tmp_path / "journal")
    installer.set(entry_for(ORIGIN, rig.leaf()[1]), "f" * 64)
    assert installer.remove(ORIGIN) is True
    assert installer.rollback() is None
    assert place.entries() == [FOREIGN]


@pytest.mark.parametrize("before", [{}, {NAME: [FOREIGN]}])
def test_a_change_without_rights_leaves_nothing_to_be_put_right_for_ever(rig, tmp_path, monkeypatch, before):
    place = folder(tmp_path, **({"own": before} if before else {}))
    installer = PolicyInstaller(place, tmp_path / "journal")

    def refuse(path, *_):
        raise StoreError("POLICY_FILE", path=str(path), why="Permission denied")

    monkeypatch.setattr(_policy, "_write", refuse)
    monkeypatch.setattr(_policy, "_unlink", refuse)
    with pytest.raises(StoreError, match="Permission denied"):
        installer.set(entry_for(ORIGIN, rig.leaf()[1]), "f" * 64)
    assert recover_all(tmp_path / "journal") == []


def test_a_removal_that_is_refused_leaves_nothing_to_finish(tmp_path):
    installer = PolicyInstaller(folder(tmp_path), tmp_path / "journal")
    with pytest.raises(StoreError, match="exactly one site"):
        installer.remove("https://*")
    assert installer.recover() == 0
