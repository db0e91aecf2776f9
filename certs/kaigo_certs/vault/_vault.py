"""The vault: a folder with sealed private keys, several offices and generations side by side."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from kaigo_certs._errors import VaultError, WrongPassphrase
from kaigo_certs._model import Bundle, KeyPair, fingerprint
from kaigo_certs._quiet import MALFORMED, quietly
from kaigo_certs.vault._files import make_folder, read_json, remove_file, tighten, write_json
from kaigo_certs.vault._identity import Identity, StoredIdentity
from kaigo_certs.vault._seal import Cost, Sealer, new_header, open_header, rewrap
from kaigo_certs.vault._signing import SigningKeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_VERSION: Final = 1
_MINIMUM: Final = 8
_OFFICE: Final = re.compile(r"[0-9A-Z]{10}")


class Secret(Protocol):
    """Anything that hides a text, such as ``pydantic.SecretStr``."""

    def get_secret_value(self) -> str:
        """The text."""
        ...


class Vault:
    """An opened vault: ``vault.json``, ``identities/<office>/<sha256>.json``, ``signing/<name>.json``.

    Safe to use from several processes: every file is written whole under its own name. Private keys are
    never exported; :meth:`identity` gives objects that load them into a TLS context.
    """

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self.folder = folder
        self._sealer = sealer
        self._signing = SigningKeys(folder / "signing", sealer)

    @classmethod
    def open(cls, folder: Path, passphrase: str | Secret, *, cost: Cost | None = None) -> Vault:
        """Open the vault in ``folder``, created when missing (then with ``cost``).

        Takes some 0.3 s by design. Raises :class:`WrongPassphrase`, or :class:`VaultError` for a damaged or
        newer vault, an empty or short passphrase, and a folder that cannot be used.
        """
        text = passphrase if isinstance(passphrase, str) else passphrase.get_secret_value()
        if not text:
            raise VaultError("VAULT_PASSPHRASE_MISSING")
        header_path = folder / "vault.json"
        if not header_path.exists():
            _create(header_path, text, cost or Cost())
        return cls(folder, _unlock(header_path, text))

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether a vault has been made in ``folder``."""
        return (folder / "vault.json").exists()

    def put(self, bundle: Bundle, office_number: str) -> StoredIdentity:
        """Keep the chosen identity of ``bundle`` for an office; the very same certificate is kept once only.

        A chain that has become more complete is taken over.
        ``.new`` of the answer says whether it was stored now. Safe to repeat after a crash.
        """
        path = self._path(office_number, bundle.sha256)
        content = self._entry(bundle.pair, bundle.chain, office_number)
        make_folder(path.parent)
        if not path.exists() or not self._whole(path):
            write_json(path, content)
            return self._stored(path, new=True)
        if len(bundle.chain) > len(self._stored(path, new=False).chain):
            write_json(path, {**read_json(path), "chain": content["chain"]})
        return self._stored(path, new=False)

    def identities(self, office_number: str | None = None) -> list[StoredIdentity]:
        """All kept identities (of one office), the newest generation of each office first."""
        found = [self._stored(path, new=False) for path in self._files(office_number)]
        newest_first = sorted(found, key=lambda i: i.rank, reverse=True)
        return sorted(newest_first, key=lambda i: i.office_number)

    def identity(self, office_number: str, sha256: str | None = None) -> Identity | None:
        """The office's newest valid generation with its key open (or the one named), None when there is none.

        "Newest" is the one valid today that ends last (see :attr:`StoredIdentity.rank`); where none is valid,
        the one that ends last.
        """
        chosen = self.in_use(office_number, sha256)
        return None if chosen is None else self._opened(self._path(office_number, chosen.sha256))

    def in_use(self, office_number: str, sha256: str | None = None) -> StoredIdentity | None:
        """What :meth:`identity` opens, without opening it."""
        kept = [i for i in self.identities(office_number) if sha256 in {None, i.sha256}]
        now = datetime.now(UTC)
        current = [i for i in kept if i.not_before <= now <= i.not_after] or kept
        return current[0] if current else None

    def remove(self, office_number: str, sha256: str) -> bool:
        """Delete one kept identity for good; False when it was not there."""
        return remove_file(self._path(office_number, sha256))

    def signing_key(self, name: str) -> Ed25519PrivateKey:
        """The Ed25519 key called ``name`` (made on first use), for sealing records. Keep it out of files."""
        return self._signing.private(name)

    def verify_key(self, name: str) -> Ed25519PublicKey | None:
        """The public half of :meth:`signing_key`, None before its first use."""
        return SigningKeys.public(self.folder, name)

    @staticmethod
    def verify_key_in(folder: Path, name: str) -> Ed25519PublicKey | None:
        """:meth:`verify_key` without opening the vault: no passphrase is needed to check a seal."""
        return SigningKeys.public(folder, name)

    def rekey(self, passphrase: str | Secret, *, cost: Cost | None = None) -> None:
        """Change the passphrase; the identities stay as they are."""
        text = passphrase if isinstance(passphrase, str) else passphrase.get_secret_value()
        _refuse_short(text)
        write_json(self.folder / "vault.json", rewrap(self._sealer, text, cost or Cost()))

    def _entry(self, pair: KeyPair, chain: Sequence[x509.Certificate], office_number: str) -> dict[str, Any]:
        der = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return {
            "version": _VERSION,
            "office_number": office_number,
            "sha256": pair.sha256,
            "kept_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "certificate": pair.leaf.public_bytes(Encoding.PEM).decode(),
            "chain": [c.public_bytes(Encoding.PEM).decode() for c in chain],
            "key": self._sealer.seal(der, _context(office_number, pair.sha256)),
        }

    def _whole(self, path: Path) -> bool:
        """Whether the kept entry still opens; a damaged one is replaced by ``put``."""
        try:
            self._opened(path)
        except VaultError:
            return False
        return True

    def _path(self, office_number: str, sha256: str) -> Path:
        if not _OFFICE.fullmatch(office_number) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError("not an office number or a SHA-256")
        return self.folder / "identities" / office_number / f"{sha256}.json"

    def _files(self, office_number: str | None) -> Iterator[Path]:
        root = self.folder / "identities"
        offices = [office_number] if office_number else sorted(p.name for p in root.glob("*") if p.is_dir())
        for office in offices:
            yield from sorted((root / office).glob("[0-9a-f]*.json"))

    def _stored(self, path: Path, *, new: bool) -> StoredIdentity:
        leaf, chain, content = _read_entry(path)
        return StoredIdentity(path.parent.name, leaf, chain, path.stem, str(content.get("kept_at", "")), new)

    def _opened(self, path: Path) -> Identity:
        leaf, chain, content = _read_entry(path)
        try:
            der = self._sealer.open(content["key"], _context(path.parent.name, path.stem))
            key = load_der_private_key(
                der, None, unsafe_skip_rsa_key_validation=True
            )  # AES-GCM vouches for it
        except (ValueError, KeyError):
            raise VaultError("VAULT_DAMAGED", path=str(path)) from None
        pair = KeyPair(leaf, key)  # type: ignore[arg-type] # only such keys are put in
        return Identity(path.parent.name, leaf, chain, path.stem, str(content.get("kept_at", "")), pair=pair)


def _context(office_number: str, sha256: str) -> str:
    return f"identity:{office_number}:{sha256}"


def _read_entry(path: Path) -> tuple[x509.Certificate, tuple[x509.Certificate, ...], dict[str, Any]]:
    content = read_json(path)
    try:
        with quietly():
            leaf = x509.load_pem_x509_certificate(content["certificate"].encode())
            chain = tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in content["chain"])
    except (KeyError, AttributeError, TypeError, *MALFORMED):
        raise VaultError("VAULT_DAMAGED", path=str(path)) from None
    if fingerprint(leaf) != path.stem or content.get("office_number") != path.parent.name:
        raise VaultError("VAULT_DAMAGED", path=str(path))
    return leaf, chain, content


def _refuse_short(passphrase: str) -> None:
    if len(passphrase) < _MINIMUM:
        raise VaultError("VAULT_PASSPHRASE_SHORT", minimum=_MINIMUM)


def _create(header_path: Path, passphrase: str, cost: Cost) -> None:
    _refuse_short(passphrase)
    for folder in (header_path.parent, header_path.parent / "identities", header_path.parent / "signing"):
        make_folder(folder)
    header, _ = new_header(passphrase, cost)
    write_json(header_path, header, replace=False)


def _unlock(header_path: Path, passphrase: str) -> Sealer:
    header = read_json(header_path)
    if header.get("version") != _VERSION:
        newer = isinstance(header.get("version"), int)
        code = "VAULT_NEWER" if newer else "VAULT_DAMAGED"
        raise VaultError(code, folder=str(header_path.parent), path=str(header_path))
    for path in (header_path.parent, header_path):
        tighten(path)
    try:
        sealer = open_header(header, passphrase)
    except (ValueError, KeyError, TypeError):
        raise VaultError("VAULT_DAMAGED", path=str(header_path)) from None
    if sealer is None:
        raise WrongPassphrase("VAULT_PASSPHRASE_WRONG", folder=str(header_path.parent))
    return sealer
