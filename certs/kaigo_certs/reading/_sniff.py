"""Look at the first bytes before any parser does, to name the kind of file this really is."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from kaigo_certs._errors import UnreadableFile

SIZE_LIMIT: Final = 1_048_576
"""Bytes. A PKCS#12 with a long chain has some 10 kB; nothing sane reaches a megabyte."""

_HTML = re.compile(rb"\s*(<!doctype|<html|<head|<\?xml|<body|<script|<!--)", re.IGNORECASE)
_JKS: Final = {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{64,}={0,2}\s*\Z")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def sniff(data: bytes) -> str:
    """``pkcs12``, ``base64`` or ``pem``; every other kind raises :class:`UnreadableFile` with its reason."""
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFile("CERT_FILE_EMPTY")
    if len(data) > SIZE_LIMIT:
        raise UnreadableFile("CERT_FILE_TOO_LARGE", size=len(data), limit=SIZE_LIMIT)
    _refuse_other_formats(data)
    if _PEM.search(data):
        return "pem"
    if _looks_like_base64(data):
        return "base64"
    if data[:1] != b"\x30":
        raise UnreadableFile("CERT_FILE_NOT_PKCS12")
    return "pkcs12"


def pem_labels(data: bytes) -> list[str]:
    """The labels of the PEM blocks, in their order."""
    return [label.decode("ascii") for label in _PEM.findall(data)]


def _refuse_other_formats(data: bytes) -> None:
    text = next((data[len(bom) :] for bom in _BOMS if data.startswith(bom)), data)
    if _HTML.match(text.replace(b"\0", b"")[:512]):
        raise UnreadableFile("CERT_FILE_HTML")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise UnreadableFile("CERT_FILE_ZIP")
    kind = _JKS.get(data[:4])
    if kind:
        raise UnreadableFile("CERT_FILE_JKS", kind=kind)


def _looks_like_base64(data: bytes) -> bool:
    return data.lstrip()[:1] == b"M" and bool(_BASE64.match(data))


def decode_base64(data: bytes) -> bytes:
    """The bytes behind base64 text; :class:`UnreadableFile` when it is none after all."""
    try:
        decoded = base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableFile("CERT_FILE_NOT_PKCS12") from None
    if decoded[:1] != b"\x30":
        raise UnreadableFile("CERT_FILE_NOT_PKCS12")
    return decoded


def check_length(data: bytes) -> int:
    """Compare the outer DER length with the file's; bytes that follow it (0 where the length is indefinite).

    Raises :class:`UnreadableFile` when the file ends early.
    """
    if len(data) < 2 or data[1] == 0x80:  # noqa: PLR2004 - indefinite length: BER
        return 0
    length, header = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, header = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        if count > 4:  # noqa: PLR2004 - a length over 4 GiB is no certificate
            raise UnreadableFile("CERT_FILE_NOT_PKCS12")
    expected = header + length
    if expected > len(data):
        raise UnreadableFile("CERT_FILE_TRUNCATED", size=len(data), expected=expected)
    return len(data) - expected
