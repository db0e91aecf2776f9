"""From a request to who calls: bearer token, session cookie, or what the embedding product says."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, Protocol

from kaigo_gateway.web.access._roles import Principal, Role
from kaigo_gateway.web.access._sessions import Sessions
from kaigo_gateway.web.access._tokens import read_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aiohttp import web

COOKIE: Final = "kaigo_gateway_session"


class Access(Protocol):
    """Decides who calls. An embedding product with its own login gives its own."""

    def principal(self, request: web.BaseRequest) -> Principal | None:
        """Who calls, or None for nobody known."""
        ...


class TokenAccess:
    """Bearer tokens of a private file, and browser sessions begun by a one-time link or a token."""

    def __init__(self, tokens: Mapping[Role, str], sessions: Sessions) -> None:
        self.tokens, self.sessions = dict(tokens), sessions
        self._known = [
            (token.encode(), Principal(role, "token", _short(token))) for role, token in tokens.items()
        ]

    @classmethod
    def from_file(cls, file: Path, *, session_seconds: float, link_seconds: float) -> TokenAccess:
        """Read (or make) the token file. Raises :class:`kaigo_gateway.errors.CouldNotRun`."""
        return cls(read_tokens(file), Sessions(session_seconds, link_seconds))

    def principal(self, request: web.BaseRequest) -> Principal | None:
        """Who calls; a bearer token stands before a cookie."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.by_token(token.strip())
        session = request.cookies.get(COOKIE, "")
        role = self.sessions.role(session) if session else None
        return None if role is None else Principal(role, "session", _short(session))

    def by_token(self, token: str) -> Principal | None:
        """Who holds ``token``; every comparison takes the same time."""
        given, found = token.encode(errors="replace"), None
        for known, principal in self._known:
            if hmac.compare_digest(given, known):
                found = principal
        return found


def _short(secret: str) -> str:
    """A name for a secret that does not give it away."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()[:16]
