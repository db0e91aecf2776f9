"""What kind of file an attachment is, by its first bytes; a name is only a name."""

from __future__ import annotations

from typing import Final

_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\x03\x04", "ZIP, Word, Excel"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word, Excel (97-2003)"),
    (b"{\\rtf", "RTF"),
)
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"qt  ", b"isom", b"mp42"), "video"),
}
"""Major brands of ISO 14496-12 files (``ftyp``): what phones save beside JPEG."""

ACCEPTED: Final = frozenset({"PDF", "PNG", "JPEG"})


def kind_of(data: bytes) -> str | None:
    """The kind by content, ``PDF``, ``HEIC`` …; None for what is not known."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if b"%PDF-" in data[:1024]:
        return "PDF"
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return "HTML" if head.startswith((b"<!doctype html", b"<html")) else None
