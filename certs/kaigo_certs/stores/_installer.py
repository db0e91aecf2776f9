"""Install, verify, remove, roll back and recover: the same order for every store."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from kaigo_certs._errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kaigo_certs.stores._backend import Backend, Checkpoint
    from kaigo_certs.stores._journal import Entry
    from kaigo_certs.vault._identity import Identity

from kaigo_certs.stores._journal import Journal
from kaigo_certs.stores._lock import exclusive

_log = structlog.get_logger(__name__)


@contextmanager
def refusals_of(store: str) -> Iterator[None]:
    """What the operating system refuses (a folder that is a file, no rights ...) as a :class:`StoreError`."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StoreError("STORE_REFUSED", store=store, why=why) from None


def _pass(_step: str) -> None:
    """The checkpoint of normal work."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an installation did. ``new`` is False when the very same certificate was there already."""

    store: str
    sha256: str
    new: bool
    recovered: int = 0


class Installer:
    """Changes one store, each change announced in the journal first.

    A crash at any point is put right by :meth:`recover`, which every other method calls first: a begun
    installation is taken back unless it turns out to be complete; a begun removal is finished.
    """

    def __init__(self, backend: Backend, journal_folder: Path, checkpoint: Checkpoint = _pass) -> None:
        self.backend = backend
        self.journal = Journal(journal_folder)
        self._checkpoint = checkpoint

    def install(self, identity: Identity) -> Outcome:
        """Install ``identity`` beside whatever is there; idempotent by the certificate's SHA-256.

        Raises :class:`kaigo_certs.StoreError`; the store is then as it was.
        """
        with self._alone() as recovered:
            new = not self.backend.verify(identity.sha256)
            if new:
                self._install(identity)
            elif self.backend.incomplete(identity):
                self._checkpoint("journal")
                entry = self.journal.begin(self.backend.name, "complete", identity.sha256, {})
                self.backend.complete(identity)
                self._checkpoint("forget")
                self.journal.forget(entry)
        return Outcome(self.backend.name, identity.sha256, new=new, recovered=recovered)

    def verify(self, sha256: str) -> bool:
        """Whether the store holds this certificate with its key, by reading it back."""
        with self._alone():
            return self.backend.verify(sha256)

    def remove(self, sha256: str) -> bool:
        """Remove certificate and key; False when they were not there. Raises :class:`StoreError`."""
        with self._alone():
            if not self.backend.verify(sha256):
                return False
            self._checkpoint("journal")
            self._finish_removal(self.journal.begin(self.backend.name, "remove", sha256, {}))
            for old in self.journal.entries(self.backend.name, "done"):
                if old.sha256 == sha256:
                    self.journal.forget(old)
        return True

    def rollback(self) -> str | None:
        """Take back the last completed installation; its SHA-256, or None when there is none."""
        with self._alone():
            finished = [e for e in self.journal.entries(self.backend.name, "done") if e.action == "install"]
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
        """Nobody else changes this store meanwhile; what was left half done is put right first."""
        with refusals_of(self.backend.name):
            self.backend.prepare()
            with exclusive(self.journal.folder, self.backend.name):
                yield self._recover()

    def _install(self, identity: Identity) -> None:
        plan = self.backend.plan(identity)
        self._checkpoint("journal")
        entry = self.journal.begin(self.backend.name, "install", identity.sha256, plan)
        try:
            self.backend.install(identity, plan, self._checkpoint)
            self._checkpoint("verify")
            if not self.backend.verify(identity.sha256):
                raise StoreError("STORE_NOT_VERIFIED", store=self.backend.name)  # noqa: TRY301 - undone below
        except Exception:
            self._undo(entry)
            raise
        self._checkpoint("done")
        self.journal.done(entry)
        _log.info("certificate_installed", store=self.backend.name, sha256=identity.sha256)

    def _recover(self) -> int:
        begun = self.journal.entries(self.backend.name, "begun")
        for entry in reversed(begun):
            _log.warning("store_recovered", store=entry.store, action=entry.action, sha256=entry.sha256)
            if entry.action == "remove":
                self._finish_removal(entry)
            elif entry.action == "complete":  # each certificate was added whole or not at all
                self.journal.forget(entry)
            elif self.backend.verify(entry.sha256):
                self.journal.done(entry)
            else:
                self._undo(entry)
        return len(begun)

    def _undo(self, entry: Entry) -> None:
        self._checkpoint("undo")
        self.backend.undo(entry.plan)
        self._checkpoint("forget")
        self.journal.forget(entry)

    def _finish_removal(self, entry: Entry) -> None:
        self.backend.remove(entry.sha256, self._checkpoint)
        if self.backend.verify(entry.sha256):
            raise StoreError("STORE_NOT_REMOVED", store=self.backend.name)
        self._checkpoint("forget")
        self.journal.forget(entry)
