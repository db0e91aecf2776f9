"""The usual slips of typing a password, in the order in which they are tried."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kaigo_certs._errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AS_GIVEN: Final = "as_given"

VARIANTS: Final = ("trimmed", "half_width", "nfc", "nfd", "full_width", "empty", "cp932", "cp932_raw")
"""Names of the corrections; each has a reason code ``CERT_PASSWORD_<NAME>``."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of the password. ``raw``: these bytes go to the key derivation as they are."""

    variant: str
    password: bytes = field(repr=False)
    raw: bool = False


def to_text(password: bytes | str | None) -> str | None:
    """The password as text (bytes: UTF-16 with its mark, UTF-8, else Shift_JIS).

    Raises :class:`UnreadableFile` for a NUL (the loader below must never see one) and for other encodings.
    """
    if password is None:
        return None
    if isinstance(password, bytes):
        password = _decode(password)
    if "\0" in password:
        raise UnreadableFile("CERT_PASSWORD_NUL")
    return password


def _decode(password: bytes) -> str:
    if password.startswith((b"\xff\xfe", b"\xfe\xff")):  # what "Unicode" in Notepad and PowerShell's > write
        return _utf_16(password)
    if b"\0" in password:
        raise UnreadableFile("CERT_PASSWORD_NUL")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return password.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("CERT_PASSWORD_ENCODING")


def _utf_16(password: bytes) -> str:
    try:
        return password.decode("utf-16").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UnreadableFile("CERT_PASSWORD_ENCODING") from None


def attempts(password: str | None) -> Iterator[Attempt]:
    """All readings, the likeliest first, none twice."""
    given = password or ""
    seen: set[tuple[bytes, bool]] = set()
    for attempt in _all(given):
        key = (attempt.password, attempt.raw)
        if key not in seen:
            seen.add(key)
            yield attempt


def _all(given: str) -> Iterator[Attempt]:
    yield Attempt(AS_GIVEN, _utf8(given))
    trimmed = given.strip(" \t\r\n\u3000\ufeff")
    for name, change in _CHANGES:
        yield Attempt(name, _utf8(change(trimmed)))
    yield Attempt("empty", b"")
    for text in dict.fromkeys((given, trimmed, _full_width(trimmed), unicodedata.normalize("NFKC", trimmed))):
        shift_jis = _shift_jis(text)
        if shift_jis:
            yield Attempt("cp932", shift_jis.decode("latin-1").encode())
            yield Attempt("cp932_raw", shift_jis, raw=True)


def _full_width(text: str) -> str:
    """ASCII as a Japanese input method writes it in full-width mode."""
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_CHANGES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("trimmed", str),
    ("half_width", lambda text: unicodedata.normalize("NFKC", text)),
    ("nfc", lambda text: unicodedata.normalize("NFC", text)),
    ("nfd", lambda text: unicodedata.normalize("NFD", text)),
    ("full_width", _full_width),
)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _shift_jis(text: str) -> bytes:
    """Its Shift_JIS bytes where they differ from ASCII, else nothing."""
    try:
        encoded = text.encode("cp932")
    except UnicodeEncodeError:
        return b""
    return b"" if encoded.isascii() else encoded
