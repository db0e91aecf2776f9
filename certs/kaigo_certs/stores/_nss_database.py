"""Look into, and delete exactly one certificate from, an NSS database (``cert9.db``).

``certutil`` finds certificates by nickname, and NSS gives all certificates of one subject the same nickname:
``certutil -F -n`` after a renewal may delete the new generation instead of the old one (seen with 3.87). So
certificates are told apart by their DER here. Columns are named by PKCS#11 attribute in hex (NSS ``sdb.c``):
``a0`` class, ``a11`` value, ``a102`` id, which joins a certificate to its key.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kaigo_certs._errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_CERTIFICATE: Final = b"\x00\x00\x00\x01"
_PUBLIC_KEY: Final = b"\x00\x00\x00\x02"
_BUSY_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate in the database; ``key_id`` (hex) is that of its key, whether that is there or not."""

    sha256: str
    key_id: str
    der: bytes


def certificates(folder: Path) -> list[Held]:
    """Every certificate of the database."""
    path = folder / "cert9.db"
    try:
        with closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        ) as database:
            rows = database.execute(
                "SELECT a11, a102 FROM nssPublic WHERE a0 = ?", (_CERTIFICATE,)
            ).fetchall()
    except sqlite3.Error as error:
        raise StoreError("STORE_REFUSED", store=f"nss:{folder}", why=type(error).__name__) from None
    return [
        Held(hashlib.sha256(der).hexdigest(), (key_id or b"").hex(), der)
        for der, key_id in rows
        if isinstance(der, bytes)
    ]


def delete(folder: Path, held: Held) -> None:
    """Delete this very certificate, and its public key unless another certificate has the same."""
    shared = any(other.key_id == held.key_id and other.der != held.der for other in certificates(folder))
    try:
        with closing(sqlite3.connect(folder / "cert9.db", timeout=_BUSY_SECONDS)) as database, database:
            database.execute("DELETE FROM nssPublic WHERE a0 = ? AND a11 = ?", (_CERTIFICATE, held.der))
            if not shared:
                key_id = bytes.fromhex(held.key_id)
                database.execute("DELETE FROM nssPublic WHERE a0 = ? AND a102 = ?", (_PUBLIC_KEY, key_id))
    except sqlite3.Error as error:
        raise StoreError("STORE_REFUSED", store=f"nss:{folder}", why=type(error).__name__) from None
