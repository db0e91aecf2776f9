"""Roles, and which role a handler needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

_ROLE: Final = "kaigo_role"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """``viewer`` reads; ``supporter`` also does the work; ``administrator`` also changes the service."""

    VIEWER = "viewer"
    SUPPORTER = "supporter"
    ADMINISTRATOR = "administrator"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what ``other`` may do."""
        return _ORDER[self] >= _ORDER[other]


_ORDER: Final = {role: number for number, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a role, and how it was proved (``token``, ``session`` or the embedding product's word)."""

    role: Role
    by: str
    key: str = ""


def needs(role: Role) -> Callable[[F], F]:
    """Say which role a handler needs."""

    def mark(handler: F) -> F:
        setattr(handler, _ROLE, role)
        return handler

    return mark


def public(handler: F) -> F:
    """Let a handler answer without a login: it must show nothing of any Setup."""
    setattr(handler, _ROLE, None)
    return handler


def role_of(handler: Any, method: str) -> Role | None:
    """The role a handler needs, None for a public one.

    A handler that says nothing (a plugin's route) needs ``viewer`` for reading and ``supporter`` otherwise.
    """
    default = Role.VIEWER if method in _READING else Role.SUPPORTER
    found: Role | None = getattr(handler, _ROLE, default)
    return found
