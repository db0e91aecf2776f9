"""NSS databases on Linux: Chromium, Chrome, Edge and Firefox profiles."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import StoreError
from kaigo_certs._i18n import N_
from kaigo_certs._model import fingerprint
from kaigo_certs.stores import _nss_database as database
from kaigo_certs.stores import _nss_tools as tools
from kaigo_certs.stores._backend import Backend, Checkpoint
from kaigo_certs.stores._rewrap import nickname, rewrap

if TYPE_CHECKING:
    from cryptography import x509

    from kaigo_certs.vault._identity import Identity

_FILES: Final = ("cert9.db", "key4.db", "pkcs11.txt")


def default_database(home: Path | None = None) -> Path:
    """The database that Chromium uses: the legacy folder wins where it exists, even empty (M146)."""
    home = home or Path.home()
    legacy = home / ".pki" / "nssdb"
    return legacy if legacy.exists() else home / ".local" / "share" / "pki" / "nssdb"


def legacy_trap(folder: Path, home: Path | None = None) -> Path | None:
    """The database that Chromium reads instead of ``folder``, where that is the other one of the two."""
    home = home or Path.home()
    legacy, current = home / ".pki" / "nssdb", home / ".local" / "share" / "pki" / "nssdb"
    used = default_database(home)
    return used if folder in {legacy, current} and folder != used else None


def snap_trap(folder: Path, home: Path | None = None) -> Path | None:
    """The database of a Chromium that is a snap (Ubuntu's), which reads neither of the two usual ones.

    By its documentation; not run here.
    """
    home = home or Path.home()
    usual = {home / ".pki" / "nssdb", home / ".local" / "share" / "pki" / "nssdb"}
    inside = home / "snap" / "chromium" / "current"
    return inside / ".pki" / "nssdb" if folder in usual and inside.exists() else None


class NssStore(Backend):
    """One NSS database (``sql:``). A database without a password is expected, as browsers make it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or default_database()).absolute()
        self.name = f"nss:{self.folder}"

    def prepare(self) -> None:
        """Tools there, database (if any) readable."""
        if not sys.platform.startswith("linux"):
            raise StoreError("STORE_OTHER_SYSTEM", store="nss", system="Linux")
        tool = tools.missing_tool()
        if tool:
            raise StoreError("STORE_TOOL_MISSING", store="nss", tool=tool)
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError("STORE_REFUSED", store=self.name, why=N_("Not a directory"))
        if self._exists():
            tools.key_ids(self.folder)

    def installed(self) -> list[str]:
        """Certificates whose key is in the database."""
        if not self._exists():
            return []
        keys = set(tools.key_ids(self.folder))
        return [held.sha256 for held in database.certificates(self.folder) if held.key_id in keys]

    def plan(self, identity: Identity) -> dict[str, Any]:
        """The nickname to come, whether the database has to be made, and which authorities are new."""
        present = {held.sha256 for held in self._held()}
        return {
            "nickname": nickname(identity),
            "sha256": identity.sha256,
            "create": not self._exists(),
            "authorities": [s for c in identity.chain if (s := fingerprint(c)) not in present],
        }

    def install(self, identity: Identity, plan: dict[str, Any], checkpoint: Checkpoint) -> None:
        """Make the database where needed, then import the identity wrapped anew with its whole chain."""
        if plan["create"]:
            checkpoint("nss-create")
            tools.create_database(self.folder)
        checkpoint("nss-import")
        tools.import_pkcs12(self.folder, rewrap(identity))

    def incomplete(self, identity: Identity) -> bool:
        """Whether authorities of the chain are missing: the identity would then often not be offered."""
        return bool(self._missing(identity))

    def complete(self, identity: Identity) -> None:
        """Add the missing authorities, without any trust."""
        for certificate in self._missing(identity):
            tools.import_certificate(self.folder, certificate, f"kaigo-ca-{fingerprint(certificate)[:16]}")

    def _missing(self, identity: Identity) -> list[x509.Certificate]:
        present = {held.sha256 for held in self._held()}
        return [certificate for certificate in identity.chain if fingerprint(certificate) not in present]

    def undo(self, plan: dict[str, Any]) -> None:
        """Take key, certificate and new authorities out; a database made by us goes as a whole."""
        if plan["create"] and not self._others(plan):
            for name in _FILES:
                (self.folder / name).unlink(missing_ok=True)
            with suppress(OSError):  # something else lies in the folder
                self.folder.rmdir()
            return
        self.remove(plan["sha256"], lambda _step: None)
        for held in self._held():
            if held.sha256 in plan["authorities"]:
                database.delete(self.folder, held)

    def remove(self, sha256: str, checkpoint: Checkpoint) -> None:
        """This very certificate and its key; a key that another certificate uses too stays."""
        held = self._held()
        mine = next((each for each in held if each.sha256 == sha256), None)
        if mine is None:
            return
        shared = any(each.key_id == mine.key_id and each is not mine for each in held)
        if not shared and mine.key_id in tools.key_ids(self.folder):
            checkpoint("nss-delete-key")
            tools.delete_key(self.folder, mine.key_id)
        checkpoint("nss-delete-certificate")
        database.delete(self.folder, mine)

    def _others(self, plan: dict[str, Any]) -> bool:
        """Whether the database that we made has since got certificates that are not ours."""
        ours = {plan["sha256"], *plan["authorities"]}
        try:
            return any(held.sha256 not in ours for held in self._held())
        except StoreError:  # cut off while it was being made
            return False

    def _exists(self) -> bool:
        return (self.folder / "cert9.db").exists()

    def _held(self) -> list[database.Held]:
        return database.certificates(self.folder) if self._exists() else []
