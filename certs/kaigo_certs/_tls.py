"""Give an ``ssl.SSLContext`` a key that lies in memory; nothing readable touches the disk."""

from __future__ import annotations

import os
import secrets
import ssl
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from kaigo_certs._errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509

    from kaigo_certs._model import KeyPair


def load_into(context: ssl.SSLContext, pair: KeyPair, chain: tuple[x509.Certificate, ...] = ()) -> None:
    """Load key, leaf and chain (without a self-signed root) into ``context``.

    Raises :class:`CertificateError` (``CERT_CONTEXT_REFUSED``) when OpenSSL refuses them, for example for a
    weak signature or key.
    """
    password = secrets.token_hex(32)
    try:
        with _hidden_file(_pem(pair, chain, password.encode())) as path:
            context.load_cert_chain(path, password=password)
    except ssl.SSLError as error:
        raise CertificateError("CERT_CONTEXT_REFUSED", why=error.reason or type(error).__name__) from None


def _pem(pair: KeyPair, chain: tuple[x509.Certificate, ...], password: bytes) -> bytes:
    # The password has 256 random bits, so the 2 048 rounds of this encryption are enough.
    key = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    certificates = (pair.leaf, *(c for c in chain if c.issuer != c.subject))
    return key + b"".join(c.public_bytes(Encoding.PEM) for c in certificates)


@contextmanager
def _hidden_file(content: bytes) -> Iterator[str]:
    """A path that shows ``content``: an anonymous memory file on Linux, else a 0600 file, deleted at once."""
    if sys.platform == "linux" and hasattr(os, "memfd_create"):
        handle = os.memfd_create("kaigo", os.MFD_CLOEXEC)
        try:
            os.write(handle, content)
            yield f"/proc/self/fd/{handle}"
        finally:
            os.close(handle)
        return
    with _temporary_file(content) as path:
        yield path


@contextmanager
def _temporary_file(content: bytes) -> Iterator[str]:
    handle, path = tempfile.mkstemp(prefix="kaigo-", suffix=".pem")  # mode 0600 where modes exist
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)  # noqa: PTH108 - the path is a string here
