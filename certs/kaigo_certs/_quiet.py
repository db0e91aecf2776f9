"""Load certificates that break small rules without warnings on any screen; the judge names what matters."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

if TYPE_CHECKING:
    from collections.abc import Iterator


MALFORMED: Final = (
    ValueError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for a certificate, or a part of it, that breaks the rules: not only ValueError."""

UNREADABLE: Final = (x509.ExtensionNotFound, *MALFORMED)
"""The same for an extension: whether it is missing or broken, it says nothing."""


def readable(certificate: x509.Certificate) -> bool:
    """Whether its names and dates can be read: the library parses them only when they are asked for."""
    try:
        with quietly():
            read = (certificate.subject, certificate.issuer, certificate.not_valid_before_utc,
                    certificate.not_valid_after_utc, certificate.serial_number)  # fmt: skip
    except MALFORMED:
        return False
    return len(read) > 0


@contextmanager
def quietly() -> Iterator[None]:
    """Hide the library's warnings, for example about a serial number that is not positive."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield
