"""An attachment as it was found: its kind, whether it opens, and the text in it."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from kaigo_subsidy.precheck._kinds import kind_of
from kaigo_subsidy.precheck._text import plain, readable

if TYPE_CHECKING:
    from pathlib import Path

    from pypdf import PdfReader

KINDS: Final = {".pdf": "PDF", ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_PNG_HEAD: Final = 24
_MOST_PAGES: Final = 40
logging.getLogger("pypdf").addHandler(logging.NullHandler())  # or its remarks on bad files reach the console


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was found: ``kind`` None is unknown; ``text`` None means that there is nothing to read.

    ``encrypted`` needs a password to be opened, ``restricted`` only to be changed or printed; ``garbled`` has
    a text that no program can read.
    """

    kind: str | None
    readable: bool
    encrypted: bool = False
    restricted: bool = False
    garbled: bool = False
    text: str | None = None


def look_at(path: Path) -> tuple[bytes, Look]:
    """The bytes of a file and what they are. ``OSError`` where it cannot be read."""
    data = path.read_bytes()
    kind = kind_of(data)
    if kind == "PDF":
        return data, _pdf(data)
    return data, Look(kind, {"PNG": _png, "JPEG": _jpeg}.get(kind or "", bool)(data))


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
        restricted = reader.is_encrypted
        if restricted and not reader.decrypt(""):
            return Look("PDF", readable=True, encrypted=True)
        return _text_of(reader, restricted=restricted)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Look("PDF", readable=False)  # what pypdf raises on damaged files is not all its own


def _text_of(reader: PdfReader, *, restricted: bool) -> Look:
    pages = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
    found = "\n".join(pages)
    if not found.strip():
        return Look("PDF", bool(pages), restricted=restricted)
    text = readable(found)
    return Look(
        "PDF",
        readable=True,
        restricted=restricted,
        garbled=text is None,
        text=None if text is None else plain(text),
    )
