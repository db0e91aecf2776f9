"""The answer to reset, as a hint and nothing more.

Readers mix random card identifiers into it and other cards share its beginning, so no decision is ever made
by it. Sources: OpenSC card-jpki.c, pcsc-tools smartcard_list.txt.
"""

from __future__ import annotations

from typing import Final

_CONTACT: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "3BDA13FF8131FB468012392F31C173C601C03B",
        "3BC5FF8131FB458073C6010000",
        "3BF59100FF918171FE400042000100D1D6",
        "3BF59100FF918171FE4000420001B3A115",
    )
)
_CONTACTLESS_LISTED: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "3B888001000005E0B381A1007F",
        "3B888001000041E0B381A1003B",
        "3B88800100004B51FF0081D100BC",
        "3B88800100004B51FFB381D1000F",
    )
)
_OLD_CARD: Final = bytes.fromhex("3BE000FF8131FE4514")
_CONTACTLESS: Final = bytes.fromhex("3B888001")


def is_known(atr: bytes) -> bool:
    """Whether this is one of the listed answers, the same for all cards of a kind."""
    return atr in _CONTACT or atr in _CONTACTLESS_LISTED or atr == _OLD_CARD


def describe(atr: bytes) -> str | None:
    """``contact``, ``contactless``, ``juki_card`` or ``unknown``; None without an answer. A hint only."""
    if not atr:
        return None
    if atr in _CONTACT:
        return "contact"
    if atr == _OLD_CARD:
        return "juki_card"
    return "contactless" if atr.startswith(_CONTACTLESS) else "unknown"
