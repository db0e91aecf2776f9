"""Sessions of browsers and the one-time links that begin them; both end with the process."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_gateway.web.access._roles import Role

_MOST: Final = 1000


def _key(secret: str) -> str:
    """What is kept in memory instead of the secret itself."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


@dataclass(slots=True)
class _Store:
    """Secrets by hash with a role and an end; the oldest goes when there are too many."""

    seconds: float
    clock: Callable[[], float]
    held: dict[str, tuple[Role, float]] = field(default_factory=dict)

    def issue(self, role: Role) -> str:
        while len(self.held) >= _MOST:
            del self.held[next(iter(self.held))]
        secret = secrets.token_urlsafe(32)
        self.held[_key(secret)] = (role, self.clock() + self.seconds)
        return secret

    def role(self, secret: str) -> Role | None:
        role, end = self.held.get(_key(secret), (None, 0.0))
        if role is not None and self.clock() > end:
            del self.held[_key(secret)]
            return None
        return role

    def drop(self, secret: str) -> None:
        self.held.pop(_key(secret), None)


class Sessions:
    """Issues and redeems one-time links, and knows the sessions that came from them."""

    def __init__(
        self, session_seconds: float, link_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = _Store(session_seconds, clock)
        self._links = _Store(link_seconds, clock)

    def new_link(self, role: Role) -> str:
        """A secret for ``/login/<secret>`` that works once."""
        return self._links.issue(role)

    def redeem(self, secret: str) -> str | None:
        """A session for a link's secret, or None when it was used, is too old or unknown."""
        role = self._links.role(secret)
        if role is None:
            return None
        self._links.drop(secret)
        return self.open(role)

    def open(self, role: Role) -> str:
        """A new session; its secret goes into the cookie."""
        return self._sessions.issue(role)

    def role(self, secret: str) -> Role | None:
        """The role of a session, or None."""
        return self._sessions.role(secret)

    def close(self, secret: str) -> None:
        """End a session."""
        self._sessions.drop(secret)
