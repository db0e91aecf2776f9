"""What kind of file an attachment is, by its content, and whether it can be read."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

KINDS: Final = {".pdf": "PDF", ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_PNG_HEAD: Final = 24


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was found: ``kind`` None is unknown; ``text`` None means that there is nothing to read."""

    kind: str | None
    readable: bool
    encrypted: bool = False
    text: str | None = None


def kind_of(data: bytes) -> str | None:
    """``PDF``, ``JPEG`` or ``PNG`` by the first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "PDF" if b"%PDF-" in data[:1024] else None


def look_at(path: Path) -> tuple[bytes, Look]:
    """The bytes of a file and what they are. ``OSError`` where it cannot be read."""
    data = path.read_bytes()
    kind = kind_of(data)
    if kind == "PDF":
        return data, _pdf(data)
    readable = {"PNG": _png, "JPEG": _jpeg}.get(kind or "", bool)(data)
    return data, Look(kind, readable)


def _png(data: bytes) -> bool:
    """A picture with a size that ends as it should."""
    if len(data) < _PNG_HEAD or data[12:16] != b"IHDR":
        return False
    width, height = struct.unpack(">II", data[16:24])
    return bool(width and height) and b"IEND" in data[-16:]


def _jpeg(data: bytes) -> bool:
    """Start and end of image; cameras append a little after the end."""
    return b"\xff\xd9" in data[-4096:]


def _pdf(data: bytes) -> Look:
    """Pages and text of a PDF, as far as pypdf is installed and the file has any."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        return Look("PDF", b"%%EOF" in data[-2048:])
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            return Look("PDF", readable=True, encrypted=True)
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Look("PDF", readable=False)  # what pypdf raises on damaged files is not all its own
    text = plain("\n".join(pages))
    return Look("PDF", bool(pages), text=text if text.strip() else None)


def plain(text: str) -> str:
    """Full width and half width made one, so that ５５，０００ is 55,000."""
    return unicodedata.normalize("NFKC", text)
