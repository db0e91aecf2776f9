"""What a check gives back: status, reason code, what was seen, remedy and who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from kaigo_gateway.model._base import Model

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Status(StrEnum):
    """The five words of every result; ``fail`` is the site's trouble, ``error`` ours or a plugin's."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"


_GRAVITY: Final = {Status.OK: 0, Status.SKIP: 0, Status.WARN: 1, Status.FAIL: 2, Status.ERROR: 3}


def overall(statuses: Sequence[Status]) -> Status:
    """The gravest of several results: ``ok``, ``warn``, ``fail`` or ``error`` (skips do not count)."""
    gravest = max(statuses, key=_GRAVITY.__getitem__, default=Status.OK)
    return Status.OK if gravest is Status.SKIP else gravest


class Actor(StrEnum):
    """Who has to act on a result."""

    OFFICE = "office"
    SUPPORTER = "supporter"
    NETWORK = "network"
    CARE_SOFTWARE_VENDOR = "care_software_vendor"
    OPERATOR = "operator"


class Stage(StrEnum):
    """The stages of a Setup, in their order; ``plugins`` only holds the troubles of plugins themselves."""

    PLUGINS = "plugins"
    CERTIFICATE = "certificate"
    READER = "reader"
    PLATFORM = "platform"
    CAREPLAN = "careplan"
    EXPENSE = "expense"


STAGES: Final = tuple(Stage)


class Phase(Model):
    """One timed phase of a check, for example ``resolve`` or ``tls``."""

    name: str
    ms: float = Field(ge=0, description="milliseconds")
    status: Status = Status.OK


class Finding(Model):
    """One language-free result of a check.

    ``seen`` holds the values that the reason's text names; ``evidence`` only keys that the check declared
    beforehand. Neither may hold a secret or personal data. Make findings with
    :meth:`kaigo_gateway.model.reasons.ReasonBook.finding`, which fills status and actor from the book.
    """

    status: Status
    reason_code: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")
    actor: Actor | None = None
    subject: str | None = Field(default=None, description="which of several, e.g. the reader's name")
    seen: Mapping[str, Any] = Field(default_factory=dict)
    evidence: Mapping[str, Any] = Field(default_factory=dict)
    phases: tuple[Phase, ...] = ()
