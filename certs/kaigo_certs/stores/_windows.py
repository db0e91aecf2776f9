r"""Windows: CurrentUser\My, key not exportable. Not run on Windows: tested against a stand-in for the DLL."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from kaigo_certs._errors import StoreError
from kaigo_certs._model import fingerprint
from kaigo_certs.stores._backend import Backend, Checkpoint
from kaigo_certs.stores._rewrap import rewrap
from kaigo_certs.stores._windows_api import Crypt32

if TYPE_CHECKING:
    from kaigo_certs.vault._identity import Identity


class WindowsStore(Backend):
    """The user's personal store. Roots are never added: Windows asks the user, who then must decide."""

    name = "windows"
    run_here = False

    def __init__(self, api: Crypt32 | None = None) -> None:
        self._given = api

    @property
    def _api(self) -> Crypt32:
        if self._given is None:
            self._given = Crypt32()
        return self._given

    def prepare(self) -> None:
        """Only Windows has this store."""
        if sys.platform != "win32" and self._given is None:
            raise StoreError("STORE_OTHER_SYSTEM", store="windows", system="Windows")

    def installed(self) -> list[str]:
        """Certificates whose key Windows finds."""
        with self._api.system_store("MY") as store:
            return [sha256 for sha256, context in self._api.certificates(store) if self._api.has_key(context)]

    def plan(self, identity: Identity) -> dict[str, Any]:
        """The leaf, and which intermediates are new to the store ``CA``."""
        with self._api.system_store("CA") as store:
            present = {sha256 for sha256, _ in self._api.certificates(store)}
        intermediates = [fingerprint(c) for c in identity.chain if c.issuer != c.subject]
        return {"sha256": identity.sha256, "authorities": [s for s in intermediates if s not in present]}

    def install(self, identity: Identity, plan: dict[str, Any], checkpoint: Checkpoint) -> None:
        """Import (3DES, which every Windows reads), then copy leaf and intermediates where they belong."""
        transit = rewrap(identity, old_ciphers=True)
        checkpoint("windows-import")
        with self._api.imported(transit.data, transit.password) as memory:
            for target, wanted in (("MY", {identity.sha256}), ("CA", set(plan["authorities"]))):
                checkpoint(f"windows-add-{target.lower()}")
                with self._api.system_store(target) as store:
                    for sha256, context in self._api.certificates(memory):
                        if sha256 in wanted:
                            self._api.add(store, context)

    def undo(self, plan: dict[str, Any]) -> None:
        """Delete the leaf and the intermediates that were new."""
        self._delete("MY", {plan["sha256"]})
        self._delete("CA", set(plan["authorities"]))

    def remove(self, sha256: str, checkpoint: Checkpoint) -> None:
        """Delete the leaf. Windows keeps the key's container: useless without it, and not exportable."""
        checkpoint("windows-delete")
        self._delete("MY", {sha256})

    def _delete(self, name: str, wanted: set[str]) -> None:
        with self._api.system_store(name) as store:
            self._api.delete(store, wanted)
