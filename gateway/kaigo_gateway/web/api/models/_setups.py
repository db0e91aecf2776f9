"""Setups: in a list, in full, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.results import Status

CheckId = Annotated[str, Field(min_length=1, max_length=200)]


class SetupStateWord(StrEnum):
    """``ready``: due; ``running``: being worked on; ``waiting``: for a person; ``done``; ``failed``."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class OfficeRef(Model):
    """The office of a Setup."""

    number: str
    name: str


class Question(Model):
    """Something that a person has to confirm before a check can go on."""

    key: str
    check_id: str
    question: str = Field(default="", description="in the reader's language")


class Trouble(Model):
    """Why a Setup could not be advanced (for example: the vault has no passphrase)."""

    code: str
    message: str


class SetupSummary(Model):
    """A Setup in a list."""

    id: str
    created_at: str = Field(description="UTC, ISO 8601")
    office: OfficeRef
    simulated: bool
    state: SetupStateWord
    overall: Status | None = Field(description="gravest status of the present results; null before the first")
    head_hash: str
    record_count: int = Field(ge=0)


class SetupDetail(SetupSummary):
    """A Setup with what a person wants to know first."""

    sealed: bool
    counts: Mapping[str, int] = Field(description="number of checks by status")
    questions: tuple[Question, ...]
    trouble: Trouble | None


class SetupPage(Model):
    """A page of Setups, newest first; ``next`` is the address of the next page."""

    items: tuple[SetupSummary, ...]
    next: str | None


class Recheck(Model):
    """Checks to run once more; what depends on them runs again too."""

    checks: tuple[CheckId, ...] = Field(min_length=1, max_length=200)


class Rechecked(Model):
    """All checks that will run again."""

    checks: tuple[str, ...]


class Confirmation(Model):
    """A person's answer to a question of the visit; the first answer to a key stands."""

    key: str = Field(min_length=1, max_length=200)
    answer: Mapping[str, Any] = Field(max_length=50)
