"""Which encoding a file is in: MS932 by the standard, others recognised and said."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaigo_careplan_link.files._blocks import Readable

_JAPANESE = range(0x3000, 0x10000)
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097)))
_NARROW_KANA = frozenset(map(chr, range(0xFF61, 0xFFA0)))


def _decodes(data: bytes, encoding: str) -> str | None:
    """The text, a character cut off at the end allowed; None if it is not this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def recognise(data: bytes) -> str:
    """The encoding of ``data``, which is not pure ASCII (or begins with a byte order mark).

    Half-width kana in MS932 can look like UTF-8: only text with full-width Japanese counts as UTF-8.
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x1b$" in data:
        return "iso2022_jp"
    as_utf8 = _decodes(data, "utf-8")
    if as_utf8 is not None and (any(ord(c) in _JAPANESE for c in as_utf8) or _decodes(data, "cp932") is None):
        return "utf-8"
    return "euc_jp" if _is_euc(data) else "cp932"


def _is_euc(data: bytes) -> bool:
    """EUC-JP read as MS932 is mostly half-width kana, and Japanese text has hiragana."""
    as_euc, as_ms932 = _decodes(data, "euc_jp"), _decodes(data, "cp932")
    if as_euc is None or as_ms932 is None:
        return as_euc is not None
    foreign = [char for char in as_ms932 if not char.isascii()]
    narrow = sum(char in _NARROW_KANA for char in foreign)
    return narrow * 2 > len(foreign) and any(char in _HIRAGANA for char in as_euc)


class Decoded:
    """A stream of bytes in MS932 or UTF-8; what is in another encoding is turned into UTF-8 on the way.

    ``found`` is the encoding of the file (``cp932`` while only ASCII was seen), ``values`` the one that
    :meth:`read` answers in.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._known = False
        self.found = "cp932"
        self.offset = 0

    @property
    def values(self) -> str:
        """``cp932`` or ``utf-8``."""
        return "cp932" if self.found == "cp932" else "utf-8"

    def read(self, size: int = -1, /) -> bytes:
        """About ``size`` bytes; empty at the end of the file."""
        data = self._stream.read(size)
        if not self._known and (not data.isascii() or b"\x1b$" in data):
            self._known = True
            self.found = recognise(data)
            if self.found == "utf-8-sig":
                self.offset = len(codecs.BOM_UTF8)
                data = data[self.offset :]
            elif self.found not in {"cp932", "utf-8"}:
                self._decoder = codecs.getincrementaldecoder(self.found)("replace")
        if self._decoder is None:
            return data
        return self._decoder.decode(data, final=not data).encode("utf-8", "replace")
