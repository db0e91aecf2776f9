"""Windows and macOS: the order of calls against stand-ins. Neither is run on its own system here."""

from __future__ import annotations

import ctypes
import hashlib
import re
import sys
from pathlib import Path

import pytest
from certs_rig import kept
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from kaigo_certs import Installer, StoreError, open_store
from kaigo_certs.stores._macos import MacStore
from kaigo_certs.stores._windows import WindowsStore
from kaigo_certs.stores._windows_api import IMPORT_FLAGS, Crypt32, _Context


class FakeFunction:
    """A DLL function: remembers nothing, does what the documentation says for the parts that we use."""

    def __init__(self, work):
        self.work, self.argtypes, self.restype = work, None, None

    def __call__(self, *arguments):
        return self.work(*arguments)


class FakeCrypt32:
    """crypt32.dll over two system stores and one in memory; certificates are (DER, has key)."""

    def __init__(self):
        self.stores = {"MY": [], "CA": []}
        self.open, self.contexts, self.flags, self.commits = {}, {}, [], 0
        self.refuse = set()

    def __getattr__(self, name):
        return FakeFunction(lambda *a: 0 if name in self.refuse else getattr(self, f"do_{name}")(*a))

    def _handle(self, store):
        self.open[len(self.open) + 1] = store
        return len(self.open)

    def _context(self, entry, store):
        buffer = ctypes.create_string_buffer(entry[0], len(entry[0]))
        context = _Context(1, ctypes.cast(buffer, ctypes.c_void_p), len(entry[0]), None, None)
        pointer = ctypes.pointer(context)
        self.contexts[ctypes.addressof(context)] = (entry, store, buffer, context)
        return pointer

    def _entry(self, pointer):
        return self.contexts[ctypes.addressof(pointer.contents)]

    def do_PFXImportCertStore(self, blob, password, flags):
        self.flags.append(flags)
        data = ctypes.string_at(blob._obj.data, blob._obj.size)
        found = pkcs12.load_pkcs12(data, password.encode())
        chain = [c.certificate for c in found.additional_certs]
        return self._handle([(found.cert.certificate.public_bytes(Encoding.DER), True)]
                            + [(c.public_bytes(Encoding.DER), False) for c in chain])  # fmt: skip

    def do_CertOpenStore(self, _provider, _encoding, _none, _flags, name):
        return self._handle(self.stores[name])

    def do_CertEnumCertificatesInStore(self, store, previous):
        entries = self.open[store]
        position = entries.index(self._entry(previous)[0]) + 1 if previous else 0
        return self._context(entries[position], entries) if position < len(entries) else None

    def do_CertDuplicateCertificateContext(self, context):
        entry, store, _, _ = self._entry(context)
        return self._context(entry, store)

    def do_CertAddCertificateContextToStore(self, store, context, _how, _none):
        self.open[store].append(self._entry(context)[0])
        return 1

    def do_CertDeleteCertificateFromStore(self, context):
        entry, store, _, _ = self._entry(context)
        store.remove(entry)
        return 1

    def do_CertControlStore(self, *_):
        self.commits += 1
        return 1

    def do_CertCloseStore(self, *_):
        return 1

    def do_CryptAcquireCertificatePrivateKey(self, context, *_):
        return int(self._entry(context)[0][1])


def windows(tmp_path):
    library = FakeCrypt32()
    return library, Installer(WindowsStore(Crypt32(library)), tmp_path / "journal")


def digests(entries):
    return [hashlib.sha256(der).hexdigest() for der, _ in entries if der != b"deleted"]


def test_windows_puts_the_leaf_into_my_the_intermediate_into_ca_and_never_a_root(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    library, installer = windows(tmp_path)
    assert installer.install(identity).new is True
    assert installer.install(identity).new is False
    assert digests(library.stores["MY"]) == [identity.sha256]
    intermediate = rig.intermediate.certificate.fingerprint(hashes.SHA256()).hex()
    assert digests(library.stores["CA"]) == [intermediate]
    assert library.commits > 0


def test_windows_keys_are_imported_for_the_user_not_exportable_and_to_stay(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    library, installer = windows(tmp_path)
    installer.install(identity)
    exportable, no_persist, user = 0x1, 0x8000, 0x1000
    assert library.flags == [IMPORT_FLAGS]
    assert IMPORT_FLAGS & (user | exportable | no_persist) == user


def test_windows_removes_and_rolls_back_by_fingerprint(rig, tmp_path):
    _, [old, new] = kept(rig, tmp_path, count=2)
    library, installer = windows(tmp_path)
    installer.install(old)
    installer.install(new)
    assert installer.rollback() == new.sha256
    assert digests(library.stores["MY"]) == [old.sha256]
    assert installer.remove(old.sha256) is True
    assert digests(library.stores["MY"]) == []


@pytest.mark.parametrize(
    "call", ["PFXImportCertStore", "CertAddCertificateContextToStore", "CertControlStore"]
)
def test_windows_a_refused_call_is_named_and_nothing_stays(rig, tmp_path, call):
    _, [identity] = kept(rig, tmp_path)
    library, installer = windows(tmp_path)
    installer.backend.plan(identity)
    plain = WindowsStore.install

    def refusing(self, *arguments):
        library.refuse = {call}
        try:
            plain(self, *arguments)
        finally:
            library.refuse = set()

    installer.backend.install = refusing.__get__(installer.backend)
    with pytest.raises(StoreError, match=call):
        installer.install(identity)
    assert digests(library.stores["MY"]) == []


class FakeSecurity:
    """/usr/bin/security over one keychain."""

    def __init__(self):
        self.held, self.commands = {}, []

    def __call__(self, arguments):
        self.commands.append(arguments)
        return getattr(self, arguments[0].replace("-", "_"))(arguments)

    def import_(self, arguments):
        path, password = arguments[1], arguments[arguments.index("-P") + 1]
        leaf = pkcs12.load_pkcs12(Path(path).read_bytes(), password.encode()).cert.certificate
        self.held[leaf.fingerprint(hashes.SHA1()).hex().upper()] = (
            leaf.fingerprint(hashes.SHA256()).hex().upper()
        )
        return ""

    def find_identity(self, _):
        return "\n".join(f'  {n}) {sha1} "TEST"' for n, sha1 in enumerate(self.held))

    def find_certificate(self, _):
        return "\n".join(f"SHA-256 hash: {new}\nSHA-1 hash: {old}" for old, new in self.held.items())

    def delete_identity(self, arguments):
        del self.held[arguments[2]]
        return ""


setattr(FakeSecurity, "import", FakeSecurity.import_)


def test_macos_imports_as_not_extractable_and_removes_by_fingerprint(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    security = FakeSecurity()
    installer = Installer(MacStore(security, tmp_path / "keychain"), tmp_path / "journal")
    assert installer.install(identity).new is True
    assert installer.install(identity).new is False
    imported = next(c for c in security.commands if c[0] == "import")
    assert imported[-1] == "-x"
    assert re.fullmatch(r"[0-9a-f]{64}", imported[imported.index("-P") + 1])
    assert installer.remove(identity.sha256) is True
    assert security.held == {}


@pytest.mark.parametrize(("name", "system"), [("windows", "win32"), ("macos", "darwin")])
def test_another_systems_store_is_refused_by_name_and_marked_as_not_run(rig, tmp_path, name, system):
    if sys.platform == system:
        pytest.skip(f"this is {system}")
    _, [identity] = kept(rig, tmp_path)
    backend = open_store(name)
    assert backend.run_here is False
    with pytest.raises(StoreError) as refused:
        Installer(backend, tmp_path / "journal").install(identity)
    assert refused.value.code == "STORE_OTHER_SYSTEM"


def test_doctor_says_of_the_stores_of_other_systems_that_they_were_not_run_there():
    from kaigo_gateway.doctor import examine

    found = {(r.reason_code, r.seen.get("store"), r.seen.get("system")) for r in examine().results}
    assert ("DOCTOR_STORE_NOT_RUN", "windows", "Windows") in found
    assert ("DOCTOR_STORE_NOT_RUN", "macos", "macOS") in found


def test_doctor_names_the_browsers_for_the_proof_or_that_there_is_none(monkeypatch, tmp_path):
    from kaigo_gateway.doctor import examine

    browser = tmp_path / "microsoft-edge"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = [r.message for r in examine().results if r.reason_code == "DOCTOR_BROWSERS"]
    assert len(told) == 1
    assert str(browser) in told[0]
    browser.unlink()
    assert "DOCTOR_BROWSERS_MISSING" in {r.reason_code for r in examine().results}


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_browsers_are_looked_for_where_their_installers_put_them(monkeypatch, tmp_path, system):
    from kaigo_certs.proving import _program

    place = _program._PLACES[system, "edge"][0]
    program = tmp_path / place
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.setattr(_program.sys, "platform", system)
    monkeypatch.setattr(_program.shutil, "which", lambda _name: None)
    monkeypatch.setenv("ProgramFiles(x86)", str(tmp_path))
    monkeypatch.setattr(_program, "_APPLICATIONS", str(tmp_path))
    assert _program.find_browser() == str(program)
