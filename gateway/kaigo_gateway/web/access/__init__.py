"""Who may do what: roles, tokens in a private file, sessions after the one-time link."""

from __future__ import annotations

from kaigo_gateway.web.access._gate import Access, TokenAccess
from kaigo_gateway.web.access._roles import Principal, Role, needs, public, role_of
from kaigo_gateway.web.access._sessions import Sessions
from kaigo_gateway.web.access._tokens import read_tokens

__all__ = [
    "Access", "Principal", "Role", "Sessions", "TokenAccess", "needs", "public", "read_tokens", "role_of",
]  # fmt: skip
