"""What the commands are given: files, passwords, and the vault with its passphrase."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_certs import CertificateError, Vault, all_texts, keyring_passphrase

from kaigo_gateway.certificate._source import read_file
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import gettext

if TYPE_CHECKING:
    from pydantic import SecretStr


def as_input_error(error: CertificateError) -> InputError:
    """A typed error of the library as the sentences with which a command ends (exit code 2)."""
    text = all_texts()[error.code]
    first, *further = text.steps or ("",)
    refused = InputError(text.message, first, domain="kaigo_certs", **error.values)
    refused.further = tuple(further)
    return refused


def read_given(path: Path) -> bytes:
    """A file named on the command line. Raises :class:`InputError` when it cannot be read."""
    try:
        return read_file(path)
    except CertificateError as error:
        raise as_input_error(error) from None


def read_certificate_file(path: Path) -> bytes:
    """The file to be judged: one that is far too large is a finding about it, not wrong use.

    Raises :class:`InputError`, or ``CertificateError`` for the finding.
    """
    try:
        return read_file(path)
    except CertificateError as error:
        if error.code == "CERT_FILE_TOO_LARGE":
            raise
        raise as_input_error(error) from None


def read_optional(path: Path | None) -> bytes | None:
    """The same for an option that may be missing."""
    return None if path is None else read_given(path)


def read_password_file(path: Path | None) -> bytes | None:
    """The password file's bytes without its line end; ``-`` is standard input; asked for on a terminal."""
    if path is None:
        return None
    raw = sys.stdin.buffer.read() if str(path) == "-" else read_given(path)
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def ask_password() -> str | None:
    """Ask on the terminal without echo; None where nobody sits at one."""
    import click

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    prompt = gettext("Password of the certificate file")
    answer: str = click.prompt(prompt, hide_input=True, err=True, default="", show_default=False)
    return answer


async def open_vault(
    folder: Path | None, passphrase_file: Path | None, *, create: bool = False, keyring: bool = False
) -> Vault:
    """The vault of the settings, or the one named. Raises :class:`InputError` when it does not open.

    Without ``create`` a vault that does not exist is not made: there is nothing to see in it.
    """
    from kaigo_gateway.settings import load_settings

    settings = load_settings()
    where = folder or settings.vault.folder
    if not create and not Vault.exists(where):
        raise as_input_error(CertificateError("VAULT_NONE", folder=str(where)))
    try:
        passphrase = keyring_passphrase(where, create=create) if keyring else _passphrase(passphrase_file)
        return await asyncio.to_thread(Vault.open, where, passphrase)
    except CertificateError as error:
        raise as_input_error(error) from None


def _passphrase(file: Path | None) -> SecretStr | str:
    from kaigo_gateway.model.secrets import SecretRef

    if file is not None:
        return SecretRef.model_validate({"$file": file.absolute()}).resolve(Path())
    from kaigo_gateway._vault import passphrase_from
    from kaigo_gateway.settings import load_settings

    settings = load_settings()
    if settings.vault.passphrase is None and sys.stdin.isatty():
        import click

        answer: str = click.prompt(gettext("Passphrase of the vault"), hide_input=True, err=True)
        return answer
    return passphrase_from(settings)
