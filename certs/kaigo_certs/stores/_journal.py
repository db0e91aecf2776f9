"""The journal: what is about to change is written down first, so that a crash can be put right."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from kaigo_certs._errors import VaultError
from kaigo_certs.vault._files import make_folder, read_json, remove_file, write_json

if TYPE_CHECKING:
    from pathlib import Path

State = Literal["begun", "done"]
_STAMP: Final = re.compile(r"\d{8}T\d{12}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one store. ``plan`` is what the store needs to take it back."""

    id: str
    store: str
    action: str
    sha256: str
    plan: dict[str, Any] = field(default_factory=dict)
    state: State = "begun"


class Journal:
    """Entries as files of a folder, each written whole before the change that it announces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, store: str, action: str, sha256: str, plan: dict[str, Any]) -> Entry:
        """Announce a change."""
        make_folder(self.folder)
        entry = Entry(self._next_id(), store, action, sha256, plan)
        self._write(entry)
        return entry

    def _next_id(self) -> str:
        """By the time, and behind every other entry even where the clock was set back meanwhile."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        last = max((match[0] for path in self._paths() if (match := _STAMP.match(path.stem))), default="")
        if stamp <= last:
            stamp = f"{last[:9]}{int(last[9:]) + 1:012}"
        return f"{stamp}-{secrets.token_hex(4)}"

    def done(self, entry: Entry) -> None:
        """The change is complete; it can still be rolled back."""
        self._write(Entry(entry.id, entry.store, entry.action, entry.sha256, entry.plan, "done"))

    def forget(self, entry: Entry) -> None:
        """The change has been taken back, or can no longer be."""
        remove_file(self._path(entry.id))

    def entries(self, store: str, state: State) -> list[Entry]:
        """The entries of a store in a state, oldest first."""
        found = [self._read(path) for path in self._paths()]
        return [entry for entry in found if entry.store == store and entry.state == state]

    def unfinished(self) -> list[str]:
        """Names of the stores in which a change was begun and neither finished nor taken back."""
        begun = [entry.store for path in self._paths() if (entry := self._read(path)).state == "begun"]
        return list(dict.fromkeys(begun))

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.json"))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, entry: Entry) -> None:
        content = {slot: getattr(entry, slot) for slot in Entry.__slots__}
        write_json(self._path(entry.id), content)

    def _read(self, path: Path) -> Entry:
        content = read_json(path)
        try:
            return Entry(**{slot: content[slot] for slot in Entry.__slots__})
        except KeyError:
            raise VaultError("VAULT_DAMAGED", path=str(path)) from None
