"""Ed25519 keys with which records are sealed: private half sealed, public half readable."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kaigo_certs._errors import VaultError
from kaigo_certs.vault._files import make_folder, read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_certs.vault._seal import Sealer

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class SigningKeys:
    """The signing keys of one vault, by name (``[a-z0-9_-]``)."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder, self._sealer = folder, sealer

    def private(self, name: str) -> Ed25519PrivateKey:
        """The key, made on first use; of two processes that make it at once, the first one's stays."""
        path = _path(self._folder, name)
        if not path.exists():
            make_folder(self._folder)
            write_json(path, self._entry(name), replace=False)
        content = read_json(path)
        try:
            raw = self._sealer.open(content["key"], f"signing:{name}")
            key = Ed25519PrivateKey.from_private_bytes(raw)
        except (ValueError, KeyError):
            raise VaultError("VAULT_DAMAGED", path=str(path)) from None
        if key.public_key().public_bytes_raw() != _public(content, path).public_bytes_raw():
            raise VaultError("VAULT_DAMAGED", path=str(path))
        return key

    @staticmethod
    def public(vault_folder: Path, name: str) -> Ed25519PublicKey | None:
        """The public half, readable without the passphrase; None before the key's first use."""
        path = _path(vault_folder / "signing", name)
        return _public(read_json(path), path) if path.exists() else None

    def _entry(self, name: str) -> dict[str, str]:
        key = Ed25519PrivateKey.generate()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        return {"public": public, "key": self._sealer.seal(key.private_bytes_raw(), f"signing:{name}")}


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a key name: {name!r}")
    return folder / f"{name}.json"


def _public(content: dict[str, object], path: Path) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(str(content["public"]), validate=True))
    except (ValueError, KeyError):
        raise VaultError("VAULT_DAMAGED", path=str(path)) from None
