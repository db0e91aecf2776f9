"""The vault: sealed, private, whole or unchanged, offices and generations side by side, clear when locked."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from certs_rig import CHEAP, OFFICE, PASSWORD, kept, key_of
from kaigo_certs import Cost, Vault, VaultError, WrongPassphrase, keyring_passphrase, read_identity
from kaigo_certs.vault import _files

OTHER = "1370000002"


def fresh(tmp_path, passphrase="a good passphrase"):
    return Vault.open(tmp_path / "vault", passphrase, cost=CHEAP)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_kept_identity_opens_again_and_logs_in(rig, tmp_path):
    kept(rig, tmp_path)
    identity = fresh(tmp_path).identity(OFFICE)
    identity.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert identity.office_number == OFFICE
    assert [c.subject for c in identity.chain] == [c.subject for c in rig.chain]


def test_the_same_certificate_is_kept_once(rig, tmp_path):
    vault = fresh(tmp_path)
    bundle = read_identity(rig.p12(), PASSWORD)
    assert [vault.put(bundle, OFFICE).new for _ in range(3)] == [True, False, False]
    assert len(vault.identities()) == 1


def test_a_chain_that_has_become_complete_is_taken_over_and_never_lost_again(rig, tmp_path):
    vault, [bare] = kept(rig, tmp_path, chain=[])
    assert vault.put(bare.bundle().completed(rig.chain_pem), OFFICE).new is False
    assert len(vault.identity(OFFICE).chain) == 2
    vault.put(bare.bundle(), OFFICE)
    assert len(vault.identity(OFFICE).chain) == 2


def test_several_offices_and_generations_lie_side_by_side_and_the_newest_is_used(rig, tmp_path):
    vault, generations = kept(rig, tmp_path, count=3)
    vault.put(generations[0].bundle(), OTHER)
    assert [i.office_number for i in vault.identities()] == [OFFICE, OFFICE, OFFICE, OTHER]
    assert vault.identity(OFFICE).sha256 == generations[2].sha256
    assert vault.identity(OTHER).sha256 == generations[0].sha256
    assert vault.identity("1370000003") is None


def test_a_generation_that_begins_tomorrow_is_not_used_today(rig, tmp_path):
    vault, [today] = kept(rig, tmp_path)
    tomorrow = read_identity(rig.p12(rig.leaf(key=key_of("p256", 5), start=2, days=900)), PASSWORD)
    vault.put(tomorrow, OFFICE)
    assert vault.identity(OFFICE).sha256 == today.sha256


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes; not run on Windows")
def test_every_file_is_private_and_opened_rights_are_tightened(rig, tmp_path):
    kept(rig, tmp_path)
    vault = fresh(tmp_path)
    vault.signing_key("seal")
    assert {path.stat().st_mode & 0o777 for path in files(vault.folder)} == {0o600}
    assert {p.stat().st_mode & 0o777 for p in [vault.folder, *vault.folder.rglob("*")] if p.is_dir()} == {
        0o700
    }
    (vault.folder / "vault.json").chmod(0o644)
    vault.folder.chmod(0o755)
    fresh(tmp_path)
    assert (vault.folder / "vault.json").stat().st_mode & 0o777 == 0o600
    assert vault.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("passphrase", ["a wrong passphrase", "A good passphrase", "a good passphrase ", "x"])
def test_a_wrong_passphrase_is_said_in_both_languages_without_a_trace_of_it(tmp_path, passphrase):
    fresh(tmp_path)
    with pytest.raises(WrongPassphrase) as refused:
        fresh(tmp_path, passphrase)
    for language in ("en", "ja"):
        assert passphrase not in refused.value.text(language) or passphrase == "x"
    assert "cannot be recovered" in refused.value.text("en")


@pytest.mark.parametrize(
    ("passphrase", "code"), [("", "VAULT_PASSPHRASE_MISSING"), ("short", "VAULT_PASSPHRASE_SHORT")]
)
def test_an_empty_or_short_passphrase_makes_no_vault(tmp_path, passphrase, code):
    with pytest.raises(VaultError) as refused:
        fresh(tmp_path, passphrase)
    assert refused.value.code == code
    assert not (tmp_path / "vault" / "vault.json").exists()


def test_a_passphrase_in_decomposed_kana_is_the_same_passphrase(tmp_path):
    fresh(tmp_path, "がぎぐげごがぎぐ")
    fresh(tmp_path, "か\u3099き\u3099く\u3099け\u3099こ\u3099か\u3099き\u3099く\u3099")


def test_changing_the_passphrase_leaves_the_identities_as_they_are(rig, tmp_path):
    vault, [identity] = kept(rig, tmp_path)
    vault.rekey("another passphrase", cost=CHEAP)
    assert fresh(tmp_path, "another passphrase").identity(OFFICE).sha256 == identity.sha256
    with pytest.raises(WrongPassphrase):
        fresh(tmp_path)


def spoil(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.pop("key"),
        lambda c: c.update(key="AAAA"),
        lambda c: c.update(key=c["key"][:-8] + "AAAAAAA="),
        lambda c: c.update(certificate="nonsense"),
        lambda c: c.update(chain="nonsense"),
        lambda c: c.update(office_number=OTHER),
    ],
    ids=["no key", "other key", "changed key", "no certificate", "no chain", "other office"],
)
def test_a_changed_entry_is_named_and_can_be_kept_anew(rig, tmp_path, change):
    vault, [identity] = kept(rig, tmp_path)
    path = next((vault.folder / "identities" / OFFICE).glob("*.json"))
    spoil(path, change)
    with pytest.raises(VaultError) as refused:
        vault.identity(OFFICE)
    assert refused.value.code == "VAULT_DAMAGED"
    assert path.name in str(refused.value.values["path"])
    vault.put(identity.bundle(), OFFICE)
    assert vault.identity(OFFICE).sha256 == identity.sha256


def test_a_key_moved_to_another_office_does_not_open_there(rig, tmp_path):
    vault, [identity] = kept(rig, tmp_path)
    source = next((vault.folder / "identities" / OFFICE).glob("*.json"))
    target = vault.folder / "identities" / OTHER / source.name
    target.parent.mkdir()
    content = json.loads(source.read_text())
    target.write_text(json.dumps({**content, "office_number": OTHER}))
    with pytest.raises(VaultError):
        vault.identity(OTHER)
    assert identity.sha256 in target.name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c.update(version=2), "VAULT_NEWER"),
        (lambda c: c.update(version="x"), "VAULT_DAMAGED"),
        (lambda c: c.pop("master"), "VAULT_DAMAGED"),
        (lambda c: c["kdf"].update(n=2**40), "VAULT_DAMAGED"),
        (lambda c: c["kdf"].update(salt="?"), "VAULT_DAMAGED"),
        (lambda c: c.update(kdf=[]), "VAULT_DAMAGED"),
    ],
    ids=["newer", "no version", "no master", "too costly", "no salt", "no kdf"],
)
def test_a_changed_header_is_named_and_never_hangs(tmp_path, change, code):
    vault = fresh(tmp_path)
    spoil(vault.folder / "vault.json", change)
    with pytest.raises(VaultError) as refused:
        fresh(tmp_path)
    assert refused.value.code == code


def test_a_write_cut_off_leaves_the_old_content_and_no_remains(rig, tmp_path, monkeypatch):
    vault, [identity] = kept(rig, tmp_path)
    before = {path: path.read_bytes() for path in files(vault.folder)}

    def disk_full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files.os, "fsync", disk_full)
    new = read_identity(rig.p12(rig.leaf(key=key_of("p256", 6))), PASSWORD)
    with pytest.raises(VaultError, match="No space left"):
        vault.put(new, OFFICE)
    assert {path: path.read_bytes() for path in files(vault.folder)} == before
    assert identity.sha256


def test_no_key_lies_readable_in_any_file_of_the_vault(rig, tmp_path):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    vault, [identity] = kept(rig, tmp_path)
    der = identity.key_pair().key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    number = identity.key_pair().key.private_numbers().private_value.to_bytes(32, "big")
    seal = vault.signing_key("seal").private_bytes_raw()
    for path in files(vault.folder):
        data = path.read_bytes()
        for secret in (der, number, seal):
            import base64

            assert secret not in data
            assert base64.b64encode(secret)[4:24] not in data
            assert secret.hex().encode() not in data


def test_a_signing_key_is_made_once_and_its_public_half_needs_no_passphrase(tmp_path):
    first, second = fresh(tmp_path).signing_key("seal"), fresh(tmp_path).signing_key("seal")
    assert first.private_bytes_raw() == second.private_bytes_raw()
    public = Vault.verify_key_in(tmp_path / "vault", "seal")
    public.verify(first.sign(b"record"), b"record")
    assert Vault.verify_key_in(tmp_path / "vault", "other") is None
    with pytest.raises(ValueError, match="not a key name"):
        fresh(tmp_path).signing_key("../seal")


def test_a_public_half_that_was_exchanged_is_noticed(tmp_path):
    vault = fresh(tmp_path)
    vault.signing_key("seal")
    other = Vault.open(tmp_path / "other", "a good passphrase", cost=CHEAP)
    other.signing_key("seal")
    public = json.loads((other.folder / "signing" / "seal.json").read_text())["public"]
    spoil(vault.folder / "signing" / "seal.json", lambda c: c.update(public=public))
    with pytest.raises(VaultError):
        vault.signing_key("seal")


def test_of_many_processes_that_make_the_vault_and_a_key_at_once_all_see_the_same(tmp_path):
    program = (
        "import sys; from pathlib import Path; from kaigo_certs import Vault, Cost\n"
        "vault = Vault.open(Path(sys.argv[1]), 'a good passphrase', cost=Cost(1024, 8, 1))\n"
        "print(vault.signing_key('seal').private_bytes_raw().hex())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "vault")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in running}) == 1


def test_a_secret_object_serves_as_passphrase(tmp_path):
    from pydantic import SecretStr

    fresh(tmp_path, SecretStr("a good passphrase"))
    fresh(tmp_path)


def test_the_default_cost_is_one_of_those_recommended():
    assert Cost() == Cost(n=2**15, r=8, p=3)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "vault").write_text("a file, not a folder")
    with pytest.raises(VaultError) as refused:
        fresh(tmp_path)
    assert refused.value.code == "VAULT_NOT_WRITABLE"


def test_removing_deletes_for_good(rig, tmp_path):
    vault, [identity] = kept(rig, tmp_path)
    assert vault.remove(OFFICE, identity.sha256) is True
    assert vault.remove(OFFICE, identity.sha256) is False
    assert vault.identities() == []


def test_repr_and_pickle_show_no_key(rig, tmp_path):
    import pickle

    _, [identity] = kept(rig, tmp_path)
    for thing in (identity, identity.key_pair(), identity.bundle()):
        assert "key=" not in repr(thing)
        with pytest.raises(Exception, match=r".*"):
            pickle.dumps(thing)


class Ring:
    """A key ring in memory under the name of another backend."""

    def __init__(self):
        self.held = {}

    def get_password(self, service, name):
        return self.held.get((service, name))

    def set_password(self, service, name, password):
        self.held[service, name] = password


def ring_called(name):
    module, _, kind = name.rpartition(".")
    return type(kind, (Ring,), {"__module__": module})()


def test_the_key_ring_keeps_a_random_passphrase_for_each_vault(monkeypatch):
    import keyring

    ring = ring_called("keyring.backends.SecretService.Keyring")
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    first = keyring_passphrase(Path("one"), create=True)
    assert keyring_passphrase(Path("one")) == first
    assert keyring_passphrase(Path("two"), create=True) != first
    with pytest.raises(VaultError) as refused:
        keyring_passphrase(Path("three"))
    assert refused.value.code == "VAULT_KEYRING_MISSING"


@pytest.mark.parametrize(
    "name", ["keyrings.alt.file.PlaintextKeyring", "keyring.backends.null.Keyring", "x.Y"]
)
def test_a_key_ring_that_is_not_on_the_list_is_refused_and_nothing_is_stored(monkeypatch, name):
    import keyring

    ring = ring_called(name)
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    with pytest.raises(VaultError) as refused:
        keyring_passphrase(Path("one"), create=True)
    assert refused.value.code == "VAULT_KEYRING_REFUSED"
    assert ring.held == {}


def test_this_machine_without_a_key_ring_says_so():
    import keyring

    if type(keyring.get_keyring()).__module__ != "keyring.backends.fail":
        pytest.skip("this machine has a key ring")
    with pytest.raises(VaultError) as refused:
        keyring_passphrase(Path("one"))
    assert refused.value.code == "VAULT_KEYRING_REFUSED"
