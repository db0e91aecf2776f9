"""The door to the vault: opened once, when first needed, with a passphrase from where the settings say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, current_language

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from kaigo_certs import CertificateError, Identity, Vault
    from pydantic import SecretStr

    from kaigo_gateway.redaction import Redactor
    from kaigo_gateway.settings import Settings

SEAL_KEY = "seal"


def passphrase_from(settings: Settings) -> SecretStr:
    """The vault's passphrase as the settings name it. Raises :class:`InputError` when they do not."""
    if settings.vault.passphrase is not None:
        return settings.vault.passphrase.resolve(settings.base)
    if settings.vault.keyring:
        return _from_keyring(settings.vault.folder)
    raise InputError(
        N_("No passphrase is set for the vault {folder}."),
        N_(
            'Set vault.passphrase = {{ "$file" = "..." }} or vault.keyring = true in the settings, or'
            ' KAIGO_GATEWAY_VAULT__PASSPHRASE={{"$env": "NAME"}} in the environment.'
        ),
        folder=settings.vault.folder,
    )


def _from_keyring(folder: Path) -> SecretStr:
    """The passphrase in the key ring; a random one is put there for a vault that is yet to be made."""
    from kaigo_certs import CertificateError, Vault, keyring_passphrase
    from pydantic import SecretStr

    try:
        return SecretStr(keyring_passphrase(folder, create=not Vault.exists(folder)))
    except CertificateError as error:
        raise VaultUnusable(folder, error) from None


class VaultUnusable(InputError):
    """The vault cannot be opened: wrong passphrase, damaged, newer, or not writable. Exit code 2."""

    code = "VAULT_UNUSABLE"

    def __init__(self, folder: Path, cause: CertificateError) -> None:
        super().__init__(N_("The vault {folder} cannot be opened."), folder=folder)
        self.cause = cause

    def text(self, language: str | None = None) -> str:
        """Where the vault lies, and what is wrong with it."""
        chosen = language or current_language()
        return f"{super().text(chosen)} {self.cause.text(chosen)}".replace("。 ", "。")


class VaultDoor:
    """Opens the vault on first use and keeps it open."""

    def __init__(self, settings: Settings, redactor: Redactor, ask: Callable[[], SecretStr] | None) -> None:
        self._settings, self._redactor = settings, redactor
        self._ask = ask or (lambda: passphrase_from(settings))
        self._vault: Vault | None = None
        self._lock = asyncio.Lock()

    @property
    def opened(self) -> Vault | None:
        """The vault where something has opened it already; asks nobody."""
        return self._vault

    async def open(self) -> Vault:
        """The open vault. Raises :class:`InputError` for a missing or wrong passphrase."""
        async with self._lock:
            if self._vault is None:
                passphrase = self._ask()
                self._redactor.learn(passphrase.get_secret_value())
                self._vault = await asyncio.to_thread(self._open, passphrase)
            return self._vault

    def _open(self, passphrase: SecretStr) -> Vault:
        from kaigo_certs import CertificateError, Vault

        folder = self._settings.vault.folder
        try:
            return Vault.open(folder, passphrase.get_secret_value())
        except CertificateError as error:
            raise VaultUnusable(folder, error) from None

    async def identity(self, office_number: str) -> Identity | None:
        """The newest client certificate of an office, or None; no vault is made only to find it empty."""
        from kaigo_certs import Vault

        if self._vault is None and not await asyncio.to_thread(Vault.exists, self._settings.vault.folder):
            return None
        vault = await self.open()
        return await asyncio.to_thread(vault.identity, office_number)

    async def seal_key(self) -> tuple[str, Ed25519PrivateKey]:
        """The key that signs seals, with its id (the first 16 digits of its public key's SHA-256)."""
        vault = await self.open()
        key = await asyncio.to_thread(vault.signing_key, SEAL_KEY)
        return key_id_of(key.public_key()), key

    async def public_keys(self) -> dict[str, Any]:
        """Public keys by id, for verification; needs no passphrase."""
        from kaigo_certs import Vault

        key = await asyncio.to_thread(Vault.verify_key_in, self._settings.vault.folder, SEAL_KEY)
        return {} if key is None else {key_id_of(key): key}


def key_id_of(key: Any) -> str:
    """Short id of a public key."""
    import hashlib

    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
