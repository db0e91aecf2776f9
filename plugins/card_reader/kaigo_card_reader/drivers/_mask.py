"""What of a command or an answer may be written down."""

from __future__ import annotations

from typing import Final

PIN_INSTRUCTIONS: Final = frozenset({0x20, 0x24, 0x2C})
"""VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: what follows their length byte is a PIN."""
_HEADER: Final = 4
_SELECT: Final = 0xA4


def mask(apdu: bytes) -> str:
    """A command as hexadecimal text; only SELECT shows its data (names of files), a PIN never shows."""
    shown = apdu[:_HEADER].hex().upper()
    rest = apdu[_HEADER:]
    if len(rest) <= 1:  # nothing, or only the wanted length
        return shown + rest.hex().upper()
    if apdu[1] == _SELECT:
        return shown + rest.hex().upper()
    return f"{shown}{rest[:1].hex().upper()}{'**' if apdu[1] in PIN_INSTRUCTIONS else '..'}"
