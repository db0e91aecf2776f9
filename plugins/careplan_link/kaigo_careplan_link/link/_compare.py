"""Sent and returned, byte for byte, after the differences that carry no meaning are taken out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOM: Final = b"\xef\xbb\xbf"


def normalised(data: bytes) -> bytes:
    """One line end (CRLF), one at the end, MS932.

    The standard states neither line ends nor a last newline. UTF-8 with a byte-order mark is turned back into
    MS932, because exchanges were seen to convert; what MS932 cannot hold stays as it came and so differs.
    """
    if data.startswith(_BOM):
        try:
            data = data[len(_BOM) :].decode("utf-8").encode("cp932")
        except UnicodeError:
            return data
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    return lines.replace(b"\n", b"\r\n") + b"\r\n"


def differences(sent: Mapping[str, bytes], returned: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Names of files that changed (or are missing, or are new), and of those equal only after normalising."""
    changed, restyled = [], []
    for name in sorted({*sent, *returned}):
        before, after = sent.get(name), returned.get(name)
        if before == after:
            continue
        if (
            before is not None
            and after is not None
            and _text(name)
            and normalised(before) == normalised(after)
        ):
            restyled.append(name)
        else:
            changed.append(name)
    return changed, restyled


def _text(name: str) -> bool:
    return name.upper().endswith(".CSV")


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
