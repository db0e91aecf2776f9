"""Set, remove, roll back and recover a selection policy, announced in the journal like any installation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from kaigo_certs.stores._installer import refusals_of
from kaigo_certs.stores._journal import Entry, Journal
from kaigo_certs.stores._lock import exclusive
from kaigo_certs.stores._policy import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kaigo_certs.stores._backend import Checkpoint
    from kaigo_certs.stores._policy import PolicyPlace


_log = structlog.get_logger(__name__)


class PolicyInstaller:
    """Changes one browser's policies.

    What a crash cut off is put right at the next use: a begun entry is taken back, a removal finished.
    """

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
        """Take out the entries of an origin; False when there was none."""
        with self._alone():
            self._checkpoint("journal")
            begun = self.journal.begin(self._store, "policy-remove", "", {"origin": origin})
            try:
                return self._finish_removal(begun)
            except Exception:  # refused as a whole: nothing has to be finished later
                self.journal.forget(begun)
                raise

    def rollback(self) -> str | None:
        """Take back the last change; the SHA-256 that it was for, or None when there is none."""
        with self._alone():
            finished = self.journal.entries(self._store, "done")
            if not finished:
                return None
            self._undo(finished[-1])
        return finished[-1].sha256

    def recover(self) -> int:
        """Put right what a crash left half done; the number of changes that were."""
        with self._alone() as recovered:
            return recovered

    @contextmanager
    def _alone(self) -> Iterator[int]:
        with refusals_of(self.place.name), exclusive(self.journal.folder, self._store):
            begun = self.journal.entries(self._store, "begun")
            for entry in reversed(begun):
                _log.warning("policy_recovered", place=self.place.name, action=entry.action)
                if entry.action == "policy-remove":
                    self._finish_removal(entry)
                else:
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

    def _finish_removal(self, entry: Entry) -> bool:
        """Remove, and forget what a rollback would bring back."""
        origin = entry.plan["origin"]
        self._checkpoint("policy-remove")
        removed = self.place.remove(origin)
        for old in self.journal.entries(self._store, "done"):
            if pattern_of(old.plan["entry"]) == origin.rstrip("/"):
                self.journal.forget(old)
        self._checkpoint("forget")
        self.journal.forget(entry)
        return removed

    def _undo(self, entry: Entry) -> None:
        self._checkpoint("undo")
        self.place.undo(entry.plan)
        self._checkpoint("forget")
        self.journal.forget(entry)
