"""Facts about the My Number card that a check may use: names of files, nothing personal.

Gathered from independent open-source clients that agree (OpenSC card-jpki/pkcs15-jpki, jpki/myna, AokiApp
jsapdu, siketyan/jpki-rs); the JPKI specification itself is not public. What they disagree about (住基, 共通)
is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

JPKI: Final = bytes.fromhex("D392F000260100000001")
"""公的個人認証 application."""
TEXT: Final = bytes.fromhex("D3921000310001010408")
"""券面事項入力補助 application."""

TOKEN: Final = 0x0006
AUTH_CERTIFICATE: Final = 0x000A


class PinName(StrEnum):
    """The PINs whose remaining tries can be asked for at no cost."""

    AUTH = "auth"
    """利用者証明用 (4 digits)."""
    SIGN = "sign"
    """署名用 (6 to 16 characters)."""
    TEXT = "text"
    """券面事項入力補助用 (4 digits)."""


@dataclass(frozen=True, slots=True)
class PinObject:
    """Where a PIN lives: application, file and the tries of a fresh PIN."""

    name: PinName
    application: bytes
    file: int
    tries: int


PINS: Final = (
    PinObject(PinName.AUTH, JPKI, 0x0018, 3),
    PinObject(PinName.SIGN, JPKI, 0x001B, 5),
    PinObject(PinName.TEXT, TEXT, 0x0011, 3),
)


class Token(StrEnum):
    """What answers as JPKI."""

    CARD = "my_number_card"
    OLD_CARD = "juki_card"
    PHONE = "smartphone"
    OTHER = "other"


TOKENS: Final = {
    b"JPKIAPICCTOKEN2": Token.CARD,
    b"JPKIAPICCTOKEN": Token.OLD_CARD,
    b"JPKIAPGPSETOKEN": Token.PHONE,
}
