"""The browser's selection policy (AutoSelectCertificateForUrls) for exactly one origin.

Chromium reads every ``*.json`` of its managed folder; for one policy the last file by name wins as a
whole, so our entry is merged into that file's list and no other entry is touched.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kaigo_certs._errors import StoreError, VaultError
from kaigo_certs.vault._files import write_bytes

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


class PolicyFolder:
    """The managed policies of one browser in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def target(self) -> Path:
        """The file that decides: the last one that has the policy, else the file we would make."""
        deciding = [path for path in self._files() if POLICY in _read(path)]
        return deciding[-1] if deciding else self.folder / OWN_FILE

    def entries(self) -> list[str]:
        """The entries in force."""
        return list(_read(self.target()).get(POLICY, []))

    def plan(self, entry: str) -> dict[str, Any]:
        """What :meth:`set` will do, enough to take it back; other entries of the same origin are replaced."""
        target = self.target()
        present = list(_read(target).get(POLICY, []))
        replaced = [old for old in present if old != entry and _pattern(old) == _pattern(entry)]
        return {"path": str(target), "entry": entry, "replaced": replaced, "create": not target.exists(),
                "present": entry in present and not replaced}  # fmt: skip

    def set(self, plan: dict[str, Any]) -> bool:
        """Merge the entry in; False when it was there already."""
        if plan["present"]:
            return False
        self._change(Path(plan["path"]), remove=plan["replaced"], add=[plan["entry"]])
        return True

    def undo(self, plan: dict[str, Any]) -> None:
        """Take the entry out and put back what it replaced; a file made by us goes when it is empty."""
        if plan["present"]:
            return
        path = Path(plan["path"])
        if path.exists():
            self._change(path, remove=[plan["entry"]], add=plan["replaced"])
        if plan["create"] and path.exists() and _read(path) == {}:
            _unlink(path)

    def remove(self, origin: str, entry: str | None = None) -> bool:
        """Take out the entries of an origin (or one of them); False when there was none."""
        wanted = check_origin(origin)
        target = self.target()
        mine = [e for e in self.entries() if _pattern(e) == wanted and entry in {None, e}]
        if not mine:
            return False
        self._change(target, remove=mine, add=[])
        if target.name == OWN_FILE and _read(target) == {}:
            _unlink(target)
        return True

    def _change(self, path: Path, *, remove: list[str], add: list[str]) -> None:
        content = _read(path)
        kept = [entry for entry in content.get(POLICY, []) if entry not in remove]
        merged = kept + [entry for entry in add if entry not in kept]
        content = {**content, POLICY: merged} if merged else {k: v for k, v in content.items() if k != POLICY}
        _write(path, content)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))


def _pattern(entry: Any) -> str:
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
        raise StoreError("POLICY_FILE", path=str(path), why="not a policy file")
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, readable for everyone: browsers run as other users."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
        path.chmod(0o644)
    except (OSError, VaultError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "values", {}).get("why", "")
        raise StoreError("POLICY_FILE", path=str(path), why=why) from None


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError("POLICY_FILE", path=str(path), why=error.strerror or "") from None
