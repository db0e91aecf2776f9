"""The browser's selection policy (AutoSelectCertificateForUrls) for exactly one origin.

Chromium reads every file of its managed folder, whatever its name (``x.json~`` and hidden ones too: seen with
156), but no folder inside; for one policy the last file by name wins as a whole, so our entry is merged into
that file's list and no other entry is touched.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kaigo_certs._errors import StoreError, VaultError
from kaigo_certs._i18n import N_
from kaigo_certs.vault._files import sync_folder, write_bytes

if TYPE_CHECKING:
    from cryptography import x509

POLICY: Final = "AutoSelectCertificateForUrls"
OWN_FILE: Final = "kaigo-gateway.json"
MANAGED_FOLDERS: Final = {
    "chromium": Path("/etc/chromium/policies/managed"),
    "chrome": Path("/etc/opt/chrome/policies/managed"),
    "edge": Path("/etc/opt/edge/policies/managed"),
}
"""Folders of the browsers on Linux (Chromium seen, the others by their documentation)."""

_ASIDE: Final = ".kaigo-"
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def check_origin(origin: str) -> str:
    """The pattern of exactly one site (``https://host[:port]``); :class:`StoreError` for anything wider."""
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise StoreError("POLICY_ORIGIN", origin=origin) from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme != "https" or extra or not _HOST.fullmatch(host):
        raise StoreError("POLICY_ORIGIN", origin=origin)
    return f"https://{host}" + (f":{port}" if port else "")


def entry_for(origin: str, leaf: x509.Certificate) -> str:
    """The policy entry: this origin, this issuer, this subject (never an empty filter)."""
    names = {"ISSUER": _common_names(leaf.issuer), "SUBJECT": _common_names(leaf.subject)}
    chosen = {kind: attributes for kind, attributes in names.items() if attributes}
    if not chosen:
        raise StoreError("POLICY_ORIGIN", origin=origin)
    return json.dumps({"pattern": check_origin(origin), "filter": chosen}, ensure_ascii=False, sort_keys=True)


def _common_names(name: x509.Name) -> dict[str, str]:
    """What the filter can compare: CN, O and OU (L and ST are not offered by the policy)."""
    found: dict[str, str] = {}
    for attribute in name:
        kind = attribute.rfc4514_attribute_name
        if kind in {"CN", "O", "OU"} and isinstance(attribute.value, str):
            found.setdefault(kind, attribute.value)
    return found


class PolicyPlace(ABC):
    """Where one browser keeps its policies: a folder of JSON files, or the Windows registry."""

    name: str

    @abstractmethod
    def entries(self) -> list[str]:
        """The entries in force."""

    @abstractmethod
    def target(self) -> str:
        """The file or key that decides, and that a change goes to."""

    @abstractmethod
    def write(self, target: str, entries: list[str]) -> None:
        """Replace the list of entries there, whole or not at all; nothing else is touched."""

    def plan(self, entry: str) -> dict[str, Any]:
        """What :meth:`set` will do, enough to take it back; other entries of the same origin are replaced."""
        present = self.entries()
        replaced = [old for old in present if old != entry and pattern_of(old) == pattern_of(entry)]
        done = entry in present and not replaced
        return {"path": self.target(), "entry": entry, "replaced": replaced, "present": done}

    def set(self, plan: dict[str, Any]) -> bool:
        """Merge the entry in; False when it was there already."""
        if plan["present"]:
            return False
        self._merge(plan["path"], remove=plan["replaced"], add=[plan["entry"]])
        return True

    def undo(self, plan: dict[str, Any]) -> None:
        """Take the entry out and put back what it replaced; done or not done, the result is the same."""
        if not plan["present"]:
            self._merge(plan["path"], remove=[plan["entry"]], add=plan["replaced"])

    def remove(self, origin: str) -> bool:
        """Take out the entries of an origin; False when there was none."""
        wanted, done = check_origin(origin), False
        while mine := [entry for entry in self.entries() if pattern_of(entry) == wanted]:
            self._merge(self.target(), remove=mine, add=[])
            done = True  # with our own file gone, an earlier file may decide now
        return done

    def listed(self, target: str) -> list[str]:
        """The entries in ``target``, which need no longer be the one that decides."""
        del target
        return self.entries()

    def _merge(self, target: str, *, remove: list[str], add: list[str]) -> None:
        """Nothing is written where nothing changes: what was refused is then taken back without rights."""
        before = self.listed(target)
        kept = [entry for entry in before if entry not in remove]
        after = kept + [entry for entry in add if entry not in kept]
        if after != before:
            self.write(target, after)


class PolicyFolder(PolicyPlace):
    """The managed policies of one browser in one folder (Linux)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.name = str(self.folder)

    def target(self) -> str:
        """The file that decides: the last one that has the policy, else the file we would make."""
        deciding = [path for path in self._files() if POLICY in _read(path)]
        return str(deciding[-1] if deciding else self.folder / OWN_FILE)

    def _files(self) -> list[Path]:
        """The files that the browser reads, in its order; what is not JSON and not called so is not one."""
        present = sorted(path for path in self.folder.glob("*") if path.is_file())
        return [path for path in present if path.suffix == ".json" or _is_json(path)]

    def entries(self) -> list[str]:
        """The entries in force."""
        return self.listed(self.target())

    def listed(self, target: str) -> list[str]:
        """The entries of one file."""
        return list(_read(Path(target)).get(POLICY, []))

    def write(self, target: str, entries: list[str]) -> None:
        """Replace the list in that file; our own file goes when nothing is left in it.

        Another's file keeps an empty list: without it an earlier file would decide.
        """
        path = Path(target)
        others = {key: value for key, value in _read(path).items() if key != POLICY}
        ours = path.name == OWN_FILE or not path.exists()
        content = {**others, POLICY: entries} if entries or not ours else others
        if content:
            _write(path, content)
        else:
            _unlink(path)


def pattern_of(entry: Any) -> str:
    """The site that an entry speaks of; an empty text for an entry that nobody can read."""
    try:
        return str(json.loads(entry)["pattern"]).rstrip("/")
    except (ValueError, KeyError, TypeError):
        return ""


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise StoreError("POLICY_FILE", path=str(path), why=type(error).__name__) from None
    if not isinstance(content, dict) or not isinstance(content.get(POLICY, []), list):
        raise StoreError("POLICY_FILE", path=str(path), why=N_("not a policy file"))
    return content


def _is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _write(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, readable for everyone: browsers run as other users.

    The new file is made in a folder of its own, into which the browser does not look.
    """
    data = (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=path.parent) as aside:
            made = Path(aside) / path.name
            write_bytes(made, data)
            made.chmod(0o644)
            made.replace(path)
        sync_folder(path.parent)
    except (OSError, VaultError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "values", {}).get("why", "")
        raise StoreError("POLICY_FILE", path=str(path), why=why) from None


def _sweep(folder: Path) -> None:
    """What a process that was ended while writing left behind, once it is an hour old."""
    for left in folder.glob(f"{_ASIDE}*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - 3600:
                shutil.rmtree(left, ignore_errors=True)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError("POLICY_FILE", path=str(path), why=error.strerror or "") from None
