"""The vault's passphrase in the system's key ring, if that is one of a short list.

``keyring`` silently falls back to a plaintext file when ``keyrings.alt`` is installed and no real key ring
runs (seen headless); so only these backends are accepted, by their full names.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import VaultError
from kaigo_certs._i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED: Final = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.libsecret.Keyring",
)
"""Backends that keep secrets encrypted under the user's log-in."""

_SERVICE: Final = "kaigo-gateway vault"


def keyring_passphrase(folder: Path, *, create: bool = False) -> str:
    """The passphrase of the vault in ``folder`` from the key ring; with ``create`` a random one is made.

    Raises :class:`VaultError`: ``VAULT_KEYRING_MISSING`` (no key ring, or nothing in it) or
    ``VAULT_KEYRING_REFUSED`` (a backend that is not on the list).
    """
    backend, name = _backend(), str(folder.absolute())
    try:
        found: str | None = backend.get_password(_SERVICE, name)
        if found is None and create:
            found = secrets.token_urlsafe(32)
            backend.set_password(_SERVICE, name, found)
    except Exception as error:  # noqa: BLE001 - every backend has exceptions of its own
        raise VaultError("VAULT_KEYRING_MISSING", why=type(error).__name__) from None
    if found is None:
        raise VaultError("VAULT_KEYRING_MISSING", why=N_("it holds no passphrase for this vault"))
    return found


def _backend() -> Any:
    """The first accepted backend of this system, by priority."""
    try:
        import keyring
    except ImportError:
        raise VaultError("VAULT_KEYRING_MISSING", why=N_("the package keyring is not installed")) from None
    chosen = keyring.get_keyring()
    candidates = list(getattr(chosen, "backends", None) or [chosen])
    accepted = next((each for each in candidates if full_name(each) in ALLOWED), None)
    if accepted is None:
        raise VaultError("VAULT_KEYRING_REFUSED", backend=", ".join(map(full_name, candidates)))
    return accepted


def full_name(backend: object) -> str:
    """Module and class of a backend."""
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"
