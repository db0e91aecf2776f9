"""The macOS login keychain, through ``/usr/bin/security``. Not run on macOS: written to its documentation.

``security`` takes the transit password as an argument (it offers no other way); that password is random, good
for this one import, and the file it protects lies in a private folder for that moment only.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives import hashes

from kaigo_certs._errors import StoreError
from kaigo_certs._hardening import child_environment
from kaigo_certs.stores._backend import Backend, Checkpoint
from kaigo_certs.stores._rewrap import rewrap
from kaigo_certs.vault._files import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_certs.vault._identity import Identity

Run = "Callable[[list[str]], str]"
_SECURITY: Final = "/usr/bin/security"
_TIME_LIMIT: Final = 60


class MacStore(Backend):
    """The user's login keychain; the key is imported as not extractable (``-x``)."""

    name = "macos"
    run_here = False

    def __init__(self, run: Callable[[list[str]], str] | None = None, keychain: Path | None = None) -> None:
        self._run = run or _security
        self._given = run is not None
        self.keychain = keychain or Path.home() / "Library" / "Keychains" / "login.keychain-db"

    def prepare(self) -> None:
        """Only macOS has this store."""
        if sys.platform != "darwin" and not self._given:
            raise StoreError("STORE_OTHER_SYSTEM", store="macos", system="macOS")

    def installed(self) -> list[str]:
        """SHA-256 of the identities that macOS offers for TLS clients."""
        listing = self._run(["find-identity", "-p", "ssl-client", str(self.keychain)])
        sha1 = {match.lower() for match in re.findall(r"\b[0-9A-F]{40}\b", listing)}
        pairs = self._run(["find-certificate", "-a", "-Z", str(self.keychain)])
        found = re.findall(r"SHA-256 hash: ([0-9A-F]{64})\s+SHA-1 hash: ([0-9A-F]{40})", pairs)
        return [sha256.lower() for sha256, old in found if old.lower() in sha1]

    def plan(self, identity: Identity) -> dict[str, Any]:
        """The SHA-1 by which ``security`` deletes an identity."""
        return {"sha256": identity.sha256, "sha1": identity.leaf.fingerprint(hashes.SHA1()).hex().upper()}  # noqa: S303 - the tool's own index

    def install(self, identity: Identity, plan: dict[str, Any], checkpoint: Checkpoint) -> None:
        """Import, not extractable; 3DES because older macOS cannot read AES files."""
        del plan
        transit = rewrap(identity, old_ciphers=True)
        with tempfile.TemporaryDirectory(prefix="kaigo-") as folder:
            path = Path(folder) / "transit.p12"
            write_bytes(path, transit.data)
            checkpoint("macos-import")
            self._run(
                ["import", str(path), "-k", str(self.keychain), "-f", "pkcs12", "-P", transit.password, "-x"]
            )

    def undo(self, plan: dict[str, Any]) -> None:
        """Delete the identity if it is there."""
        if plan["sha256"] in self.installed():
            self._run(["delete-identity", "-Z", plan["sha1"], str(self.keychain)])

    def remove(self, sha256: str, checkpoint: Checkpoint) -> None:
        """Delete certificate and key, found by SHA-256."""
        pairs = self._run(["find-certificate", "-a", "-Z", str(self.keychain)])
        found = re.findall(r"SHA-256 hash: ([0-9A-F]{64})\s+SHA-1 hash: ([0-9A-F]{40})", pairs)
        for one, sha1 in found:
            if one.lower() == sha256:
                checkpoint("macos-delete")
                self._run(["delete-identity", "-Z", sha1, str(self.keychain)])


def _security(arguments: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            [_SECURITY, *arguments],
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
            text=True,
            env=child_environment(),
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise StoreError("STORE_REFUSED", store="macos", why=type(error).__name__) from None
    if done.returncode != 0:
        raise StoreError("STORE_REFUSED", store="macos", why=f"security {arguments[0]}: {done.returncode}")
    return done.stdout
