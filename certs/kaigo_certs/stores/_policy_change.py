"""Set, remove, roll back and recover a selection policy, announced in the journal like any installation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kaigo_certs.stores._journal import Entry, Journal
from kaigo_certs.stores._lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kaigo_certs.stores._backend import Checkpoint
    from kaigo_certs.stores._policy import PolicyPlace


class PolicyInstaller:
    """Changes one browser's policies; a change that a crash cut off is taken back at the next use."""

    def __init__(
        self, place: PolicyPlace, journal_folder: Path, checkpoint: Checkpoint = lambda _step: None
    ) -> None:
        self.place = place
        self.journal = Journal(journal_folder)
        self._store = f"policy:{place.name}"
        self._checkpoint = checkpoint

    def set(self, entry: str, sha256: str) -> dict[str, Any]:
        """Merge ``entry`` in; the plan that was carried out (``present``: nothing had to be done)."""
        with self._alone():
            plan = self.place.plan(entry)
            if not plan["present"]:
                self._set(plan, sha256)
        return plan

    def remove(self, origin: str) -> bool:
        """Take out the entries of an origin; one atomic change, so there is nothing to recover."""
        with self._alone():
            return self.place.remove(origin)

    def rollback(self) -> str | None:
        """Take back the last change; the SHA-256 that it was for, or None when there is none."""
        with self._alone():
            finished = self.journal.entries(self._store, "done")
            if not finished:
                return None
            self._undo(finished[-1])
        return finished[-1].sha256

    def recover(self) -> int:
        """Take back what a crash left half done; the number of changes that were."""
        with self._alone() as recovered:
            return recovered

    @contextmanager
    def _alone(self) -> Iterator[int]:
        with exclusive(self.journal.folder, self._store):
            begun = self.journal.entries(self._store, "begun")
            for entry in reversed(begun):
                self._undo(entry)
            yield len(begun)

    def _set(self, plan: dict[str, Any], sha256: str) -> None:
        self._checkpoint("journal")
        begun = self.journal.begin(self._store, "policy", sha256, plan)
        try:
            self._checkpoint("policy-write")
            self.place.set(plan)
        except Exception:
            self._undo(begun)
            raise
        self._checkpoint("done")
        self.journal.done(begun)

    def _undo(self, entry: Entry) -> None:
        self._checkpoint("undo")
        self.place.undo(entry.plan)
        self._checkpoint("forget")
        self.journal.forget(entry)
