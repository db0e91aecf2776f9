"""Virtual cards of invented people: certificates made on the spot, never a real name, number or key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from kaigo_card_reader.card._facts import JPKI, TEXT
from kaigo_card_reader.sandbox._virtual_card import Application, File, Pin, VirtualCard

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Name

ATR_CONTACT: Final = bytes.fromhex("3BDA13FF8131FB468012392F31C173C601C03B")
ATR_CONTACTLESS: Final = bytes.fromhex("3B888001000005E0B381A1007F")
ATR_OLD_CARD: Final = bytes.fromhex("3BE000FF8131FE4514")
AUTH_PIN: Final = b"0000"
SIGN_PIN: Final = b"DEMO00"
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its certificate and its issuer's, both DER."""

    key: RSAPrivateKey
    certificate: bytes
    issuer: bytes


@cache
def _key(label: str) -> RSAPrivateKey:
    """One key per use and process: making them is what costs time."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    del label
    return rsa.generate_private_key(65537, 2048)


def _name(common: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SIMULATED JPKI"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@cache
def _issued(kind: str, not_after: dt.datetime) -> Pair:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    def certificate(subject: Name, key: RSAPrivateKey, years: int, *, ca: bool) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_after - years * 365 * _DAY)
            .not_valid_after(not_after + (3650 * _DAY if ca else 0 * _DAY))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        return builder.sign(_key("issuer"), hashes.SHA256()).public_bytes(Encoding.DER)

    issuer = _name(f"SIMULATED {kind} CA")
    leaf = certificate(_name(f"SIMULATED {kind} HOLDER"), _key(kind), 5, ca=False)
    return Pair(_key(kind), leaf, certificate(issuer, _key("issuer"), 10, ca=True))


def _years_ahead(years: int) -> dt.datetime:
    today = dt.datetime.now(dt.UTC).replace(hour=14, minute=59, second=59, microsecond=0)
    return today + years * 365 * _DAY  # 23:59:59 in Japan, as JPKI certificates end


def long_ago() -> dt.datetime:
    """An end of validity whose grace period is over as well."""
    return _years_ahead(-1)


def _jpki(auth: Pair, sign: Pair, token: bytes, *, phone: bool) -> Application:
    return {
        0x0006: File(token.ljust(0x20, b"\0")),
        0x000A: File(auth.certificate, needs=0x0018 if phone else None),
        0x000B: File(auth.issuer),
        0x0017: File(key=auth.key, needs=0x0018),
        0x0018: File(pin=Pin(AUTH_PIN, 3, 3)),
        0x0001: File(sign.certificate, needs=0x001B),
        0x0002: File(sign.issuer),
        0x001A: File(key=sign.key, needs=0x001B),
        0x001B: File(pin=Pin(SIGN_PIN, 5, 5)),
    }


def my_number_card(
    *,
    not_after: dt.datetime | None = None,
    atr: bytes = ATR_CONTACT,
    token: bytes = b"JPKIAPICCTOKEN2",
) -> VirtualCard:
    """A healthy card; ``not_after`` of its authentication certificate is three years ahead unless given."""
    auth = _issued("auth", not_after or _years_ahead(3))
    sign = _issued("sign", _years_ahead(3))
    text: Application = {
        0x0001: File(b"\xff\x10\x0c000000000000\xff\xff", needs=0x0011),
        0x0002: File(b"\xff\x20\x00", needs=0x0011),
        0x0011: File(pin=Pin(AUTH_PIN, 3, 3)),
    }
    phone = token == b"JPKIAPGPSETOKEN"
    return VirtualCard({JPKI: _jpki(auth, sign, token, phone=phone), TEXT: text}, atr)


def other_card() -> VirtualCard:
    """A contactless card that is no My Number card (a licence answers the reset in the same way)."""
    return VirtualCard({}, ATR_CONTACTLESS)


def pin_of(card: VirtualCard, application: bytes, file: int) -> Pin:
    """A PIN object of a virtual card, to set what is left of it."""
    pin = card.applications[application][file].pin
    assert pin is not None
    return pin
