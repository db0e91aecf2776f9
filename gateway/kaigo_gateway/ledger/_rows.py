"""A Setup's row, and the small facts around claims: who we are, what time it is."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.ledger._tables import setup

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE: Final = 30.0
"""Seconds that a claim lasts without a sign of life."""


def now() -> str:
    """This moment, UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def this_owner() -> str:
    """This process, as written into a claim."""
    return f"{platform.node()}/{os.getpid()}"


def is_dead(owner: str | None) -> bool:
    """Whether a claim's owner was a process of this machine that is gone (POSIX only)."""
    host, _, pid = (owner or "").rpartition("/")
    if os.name != "posix" or host != platform.node() or not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class SetupHead:
    """What a Setup begins with. ``document`` is what the run needs: the site without secrets, its folder."""

    office_number: str
    office_name: str
    simulated: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetupRow:
    """A Setup as the ledger keeps it. ``document`` is the site without secrets."""

    id: str
    created_at: str
    office_number: str
    office_name: str
    simulated: bool
    document: Mapping[str, Any]
    state: str
    epoch: int
    owner: str | None
    lease_until: float
    error: str | None
    overall: str | None
    record_count: int
    head_hash: str

    @property
    def cursor(self) -> str:
        """This row's place in the list of Setups, for the page behind it."""
        return f"{self.created_at}~{self.id}"


COLUMNS = [setup.c[name] for name in SetupRow.__slots__]
