"""At the next start: put right whatever a crash left half done, in every store that the journal names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_certs._errors import CertificateError
from kaigo_certs.stores._installer import Installer, refusals_of
from kaigo_certs.stores._journal import Journal
from kaigo_certs.stores._lock import exclusive
from kaigo_certs.stores._open import open_store
from kaigo_certs.stores._policy_change import PolicyInstaller

if TYPE_CHECKING:
    from kaigo_certs.stores._policy import PolicyPlace


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of one store: ``count`` changes put right, or the ``error`` that stands in the way."""

    store: str
    count: int = 0
    error: CertificateError | None = None


def recover_all(journal_folder: Path) -> list[Recovery]:
    """Put right every begun change; nothing where there is none.

    A store in which another process is at work is left to it, a plugin's store to its next use. Raises
    :class:`kaigo_certs.VaultError` for a damaged journal.
    """
    found = [_recover(store, journal_folder) for store in Journal(journal_folder).unfinished()]
    return [each for each in found if each.count or each.error]


def _recover(store: str, folder: Path) -> Recovery:
    try:
        with refusals_of(store):
            installer = _installer(store, folder)
        with exclusive(folder, store, wait=0):
            pass
        return Recovery(store, installer.recover())
    except CertificateError as error:
        others = error.code in {"STORE_BUSY", "STORE_UNKNOWN"}
        return Recovery(store) if others else Recovery(store, error=error)


def _installer(store: str, folder: Path) -> Installer | PolicyInstaller:
    kind, _, place = store.partition(":")
    if kind == "policy":
        return PolicyInstaller(_place(place), folder)
    return Installer(open_store(store), folder)


def _place(name: str) -> PolicyPlace:
    """The place of policies of this name."""
    from kaigo_certs.stores._firefox import FirefoxProfile
    from kaigo_certs.stores._policy import PolicyFolder
    from kaigo_certs.stores._policy_windows import REGISTRY_KEYS, RegistryPolicies

    if name.startswith("firefox:"):
        return FirefoxProfile(Path(name.removeprefix("firefox:")))
    browser = next((browser for browser, key in REGISTRY_KEYS.items() if key in name), None)
    return RegistryPolicies(browser) if browser else PolicyFolder(Path(name))
