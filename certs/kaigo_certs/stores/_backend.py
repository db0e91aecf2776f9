"""What a store must be able to do. The order, the journal and the recovery are the installer's work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_certs.vault._identity import Identity

Checkpoint = Callable[[str], None]
"""Called with a name right before each change; tests end the process there."""


class Backend(ABC):
    """One certificate store. Every method but :meth:`install` may be repeated without harm.

    All raise :class:`kaigo_certs.StoreError` with a reason code. ``run_here`` says whether this backend has
    been run on its own system by our tests.
    """

    name: str
    run_here: bool = True

    @abstractmethod
    def prepare(self) -> None:
        """Check tools, rights and locks; change nothing."""

    @abstractmethod
    def installed(self) -> list[str]:
        """SHA-256 of every certificate in the store that has its private key there."""

    @abstractmethod
    def plan(self, identity: Identity) -> dict[str, Any]:
        """What :meth:`install` will change, as JSON: enough for :meth:`undo` after a crash."""

    @abstractmethod
    def install(self, identity: Identity, plan: dict[str, Any], checkpoint: Checkpoint) -> None:
        """Carry out ``plan``, calling ``checkpoint`` before each change."""

    @abstractmethod
    def undo(self, plan: dict[str, Any]) -> None:
        """Take back whatever of ``plan`` has happened, be it all or nothing."""

    @abstractmethod
    def remove(self, sha256: str, checkpoint: Checkpoint) -> None:
        """Remove certificate and key; nothing happens when they are not there."""

    def incomplete(self, identity: Identity) -> bool:  # noqa: ARG002 - for stores that can tell
        """Whether the store holds the identity but lacks certificates of its chain."""
        return False

    def complete(self, identity: Identity) -> None:  # noqa: B027 - only where :meth:`incomplete` may say so
        """Add what is missing of the chain; no key is touched, and repeating does no harm."""

    def verify(self, sha256: str) -> bool:
        """Whether the store holds this certificate together with its key."""
        return sha256 in self.installed()
