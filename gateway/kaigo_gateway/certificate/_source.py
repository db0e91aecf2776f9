"""Where a Setup's client certificate comes from: the file the site names, else the vault."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kaigo_certs import SIZE_LIMIT, Bundle, UnreadableFile, choose_for, kind_patterns, read_identity_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from kaigo_certs import KindPattern, Vault

    from kaigo_gateway.model.secrets import SecretRef
    from kaigo_gateway.model.site import Site

OpenVault = "Callable[[], Awaitable[Vault]]"


class Source:
    """Reads the certificate once per run; the key is forgotten as soon as it lies in the vault."""

    def __init__(self, site: Site, open_vault: Callable[[], Awaitable[Vault]]) -> None:
        self.site, self.open_vault = site, open_vault
        self._bundle: Bundle | None = None
        self._lock = asyncio.Lock()

    async def bundle(self) -> Bundle:
        """The office's certificate. Raises :class:`kaigo_certs.CertificateError` with the reason why not."""
        async with self._lock:
            if self._bundle is None:
                self._bundle = await self._read()
            return self._bundle

    def forget(self) -> None:
        """Drop the key from memory."""
        self._bundle = None

    async def issuer_pem(self) -> bytes | None:
        """The issuer file's bytes, None where the site names none."""
        path = self.site.certificate.issuer_file
        return None if path is None else await asyncio.to_thread(read_file, self.site.path(path))

    async def _read(self) -> Bundle:
        source = self.site.certificate
        if source.file is None:
            return await self._from_vault()
        data = await asyncio.to_thread(read_file, self.site.path(source.file))
        key = await asyncio.to_thread(read_file, self.site.path(source.key_file)) if source.key_file else None
        bundle = await read_identity_async(data, read_password(source.password, self.site.base), key_data=key)
        return choose_for(bundle, self.site.office.number)

    async def _from_vault(self) -> Bundle:
        vault = await self.open_vault()
        identity = await asyncio.to_thread(vault.identity, self.site.office.number)
        if identity is None:
            raise UnreadableFile("CERT_FILE_NOT_GIVEN")
        return identity.bundle()


def read_file(path: Path) -> bytes:
    """A file's bytes. Raises :class:`UnreadableFile`, also for more than 1 MiB: never a certificate."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
            if len(data) > SIZE_LIMIT:
                size = max(path.stat().st_size, len(data))
                raise UnreadableFile("CERT_FILE_TOO_LARGE", size=size, limit=SIZE_LIMIT)
            return data
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreadableFile("CERT_FILE_MISSING", path=str(path), why=why) from None


def read_kinds(site: Site) -> tuple[KindPattern, ...] | None:
    """The site's own patterns of certificate kinds, None for the built-in ones.

    Raises :class:`UnreadableFile` (``CERT_KINDS_FILE``).
    """
    import yaml

    path = site.certificate.kinds_file
    if path is None:
        return None
    try:
        return kind_patterns(yaml.safe_load(read_file(site.path(path))))
    except (ValueError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0]
        raise UnreadableFile("CERT_KINDS_FILE", path=str(path), why=why) from None


def read_password(reference: SecretRef | None, base: Path) -> bytes | str | None:
    """The password as the site refers to it; a file's bytes may be UTF-8 or Shift_JIS.

    Raises :class:`UnreadableFile` when the variable or the file is missing.
    """
    from kaigo_gateway.errors import InputError

    if reference is None:
        return None
    if reference.file is not None:
        return read_file(base / reference.file).removesuffix(b"\n").removesuffix(b"\r")
    try:
        return reference.resolve(base).get_secret_value()
    except InputError:
        raise UnreadableFile("CERT_PASSWORD_VARIABLE", name=reference.env) from None
