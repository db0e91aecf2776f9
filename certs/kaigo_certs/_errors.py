"""Typed errors: each has a code of :mod:`kaigo_certs.texts` and values without secrets."""

from __future__ import annotations

from typing import Any

from kaigo_certs import texts
from kaigo_certs._i18n import render


class CertificateError(Exception):
    """Base of all errors of this package.

    ``code`` is a stable reason code, ``values`` fill its text. Neither ever holds a password or a key.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(render(texts.text(code).message, values))
        self.code, self.values = code, values

    def text(self, language: str = "en") -> str:
        """The sentence and the remedy in ``language`` (``en`` or ``ja``)."""
        text = texts.text(self.code)
        parts = (render(part, self.values, language) for part in (text.message, *text.steps))
        return " ".join(parts).replace("。 ", "。")


class UnreadableFile(CertificateError):
    """The file given is not a usable certificate file."""


class WrongPassword(UnreadableFile):
    """The password does not open the file, nor does any usual slip of the keyboard."""


class VaultError(CertificateError):
    """The vault cannot be opened, read or written."""


class WrongPassphrase(VaultError):
    """The vault's passphrase is not the one it was made with."""


class StoreError(CertificateError):
    """A certificate store refused, or is not available on this machine."""


class ProofError(CertificateError):
    """A proof (browser, revocation) could not be carried out."""
