"""Rows of Setups and what was made of them, kept until the ledger changes.

SQLite counts commits of other connections (``PRAGMA data_version``); asking costs some microseconds and takes
no lock, so a repeated read needs no trip through the database driver's thread. Where there is no such number
(PostgreSQL, a busy file) every read goes to the ledger.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kaigo_gateway.ledger import seen

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kaigo_gateway.ledger import Ledger, SetupRow, Version

_MOST: Final = 200
_VARIANTS: Final = 8
"""Documents kept of one Setup: languages, times the troubles it had."""


class Counter:
    """The number of the ledger's present version; None where it cannot be told."""

    def __init__(self, ledger: Ledger) -> None:
        url = ledger.engine.url
        is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        self._file = Path(str(url.database)) if is_file else None
        self._connection: sqlite3.Connection | None = None

    def now(self) -> int | None:
        """Differs from an earlier number when anything was committed in between."""
        if self._file is None:
            return None
        try:
            if self._connection is None:
                address = f"{self._file.resolve().as_uri()}?mode=ro"
                self._connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)
            found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            self.close()
            return None
        return found

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(slots=True)
class Kept:
    """A row with its version in the ledger, and the documents made of it with their ETags.

    ``version`` is the number of the whole database's, see :class:`Counter`.
    """

    version: int | None
    row: SetupRow
    seen: Version
    documents: dict[Hashable, tuple[bytes, str]] = field(default_factory=dict)

    def keep(self, key: Hashable, document: tuple[bytes, str]) -> None:
        """Remember a document; the oldest makes room."""
        while len(self.documents) >= _VARIANTS:
            del self.documents[next(iter(self.documents))]
        self.documents[key] = document


class Fresh:
    """The rows of Setups as they are now."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._counter = ledger, Counter(ledger)
        self._known: OrderedDict[str, Kept] = OrderedDict()

    async def of(self, setup_id: str) -> Kept:
        """One Setup. Raises :class:`kaigo_gateway.ledger.UnknownSetup`."""
        version = self._counter.now()  # before reading: a commit in between only makes us read once more
        known = self._known.get(setup_id)
        if known is not None and version is not None and known.version == version:
            return known
        kept = Kept(version, *await seen(self._ledger, setup_id))
        if known is not None and (known.row, known.seen) == (kept.row, kept.seen):
            kept.documents = known.documents
        self._known[setup_id] = kept
        self._known.move_to_end(setup_id)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return kept

    def close(self) -> None:
        """Let go of the ledger's file."""
        self._counter.close()
