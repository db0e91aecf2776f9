"""Let one Firefox profile choose client certificates by itself (``user.js``), merged and taken back.

Firefox has no policy for one site: ``security.default_personal_cert`` (default "Ask Every Time") speaks for
every site that asks for a certificate. So this is written only where someone wants it, and a profile of its
own for this work is advised. ``user.js`` is read at each start and its values are copied into ``prefs.js``
when Firefox ends, so taking back means both files (seen with Firefox ESR 153 on Linux).
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import StoreError, VaultError
from kaigo_certs._i18n import N_
from kaigo_certs.stores._policy import PolicyPlace
from kaigo_certs.vault._files import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

SELECT_AUTOMATICALLY: Final = 'user_pref("security.default_personal_cert", "Select Automatically");'

_OURS: Final = re.compile(r"""\s*user_pref\(\s*["']security\.default_personal_cert["']\s*,""")
_SIGNS: Final = ("prefs.js", "times.json", "user.js", "compatibility.ini")


def is_firefox_profile(folder: Path) -> bool:
    """Whether the folder is a profile of Firefox, and not any NSS database."""
    return any((folder / sign).exists() for sign in _SIGNS)


class FirefoxProfile(PolicyPlace):
    """The preference of one profile. Entries are the lines of ``user.js`` that set it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.name = f"firefox:{self.folder}"
        self._prefs = self.folder / "prefs.js"

    def entries(self) -> list[str]:
        """The lines in force, the last one wins."""
        return _entries(self.folder / "user.js")

    def target(self) -> str:
        """``user.js`` of the profile."""
        return str(self.folder / "user.js")

    def plan(self, entry: str = SELECT_AUTOMATICALLY) -> dict[str, Any]:
        """As for any policy, and what ``prefs.js`` said before."""
        if not is_firefox_profile(self.folder) and not (self.folder / "cert9.db").exists():
            raise StoreError("POLICY_FILE", path=str(self.folder), why=N_("not a Firefox profile"))
        return {**super().plan(entry), "remembered": _entries(self._prefs)}

    def set(self, plan: dict[str, Any]) -> bool:
        """Write the line; a profile in use is refused, as Firefox would not notice and then overwrite."""
        self._refuse_in_use()
        return super().set(plan)

    def undo(self, plan: dict[str, Any]) -> None:
        """Put both files back to what they said about this preference."""
        self._refuse_in_use()
        self._forget(plan["remembered"])
        super().undo(plan)

    def remove(self, origin: str = "") -> bool:
        """Take our line out of both files; what someone else wrote stays. There is no origin to name."""
        del origin
        if SELECT_AUTOMATICALLY not in self.entries():
            return False
        self._refuse_in_use()
        self._forget([])
        self._merge(self.target(), remove=[SELECT_AUTOMATICALLY], add=[])
        return True

    def write(self, target: str, entries: list[str]) -> None:
        """Replace the lines of this preference where the first of them stood; other lines stay."""
        del target
        _write(self.folder / "user.js", entries)

    def _forget(self, remembered: list[str]) -> None:
        """What Firefox copied from our line; first, so that a crash between the files leaves ``user.js``."""
        if SELECT_AUTOMATICALLY in _entries(self._prefs):
            _write(self._prefs, remembered)

    def _refuse_in_use(self) -> None:
        if _locked(self.folder / ".parentlock"):
            raise StoreError("STORE_REFUSED", store=self.name, why=N_("Firefox is running with this profile"))


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
    except OSError as error:
        raise StoreError("POLICY_FILE", path=str(path), why=error.strerror or "") from None
    return text.splitlines(keepends=True) if text else []


def _entries(path: Path) -> list[str]:
    return [line.strip() for line in _lines(path) if _OURS.match(line)]


def _write(path: Path, entries: list[str]) -> None:
    """Whole or not at all, with the profile's owner; a file in which nothing is left goes."""
    lines = _lines(path)
    place = next((i for i, line in enumerate(lines) if _OURS.match(line)), len(lines))
    rest = [line for line in lines if not _OURS.match(line)]
    if rest and place >= len(rest) and not rest[-1].endswith(("\n", "\r")):
        rest[-1] += "\n"
    text = "".join([*rest[:place], *(f"{entry}\n" for entry in entries), *rest[place:]])
    try:
        if not text:
            path.unlink(missing_ok=True)
            return
        write_bytes(path, text.encode("utf-8", "surrogateescape"))
        _give_to_owner(path)
    except (OSError, VaultError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "values", {}).get("why", "")
        raise StoreError("POLICY_FILE", path=str(path), why=why) from None


def _give_to_owner(path: Path) -> None:
    """An administrator may write for a user, whose Firefox has to read it."""
    if sys.platform != "win32":
        owner = path.parent.stat()
        if owner.st_uid != os.geteuid():
            os.chown(path, owner.st_uid, owner.st_gid)


if sys.platform == "win32":  # not run on Windows

    def _locked(path: Path) -> bool:
        """Firefox keeps ``parent.lock`` open there and Windows refuses to delete it."""
        try:
            path.with_name("parent.lock").unlink(missing_ok=True)
        except OSError:
            return True
        return False

else:
    import fcntl

    def _locked(path: Path) -> bool:
        """Firefox holds a record lock on ``.parentlock`` while it runs."""
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False
