"""Settings of this plugin: ``[plugins.card_reader]`` of a site file."""

from __future__ import annotations

from fnmatch import fnmatchcase
from glob import escape

from pydantic import BaseModel, ConfigDict, Field


class CardReaderSettings(BaseModel):
    """Which readers belong to the site and how patiently they are exercised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: tuple[str, ...] = Field(
        default=(),
        description="names (or patterns with * and ?) of the site's readers; empty: all that are listed",
    )
    call_limit: float = Field(default=5.0, gt=0, le=60, description="seconds for one call to a reader")
    wait_for_card: float = Field(
        default=0.0, ge=0, le=600, description="seconds to wait for a card on each reader that has none"
    )
    ask_for_card: bool = Field(
        default=False, description="let a Setup wait for a person's word while a reader has no card"
    )
    grace_months: int = Field(
        default=3,
        ge=0,
        le=12,
        description="months in which an expired certificate still serves as health insurance card",
    )
    virtual: bool = Field(default=False, description="set by the sandbox only: the readers are simulated")

    def wants(self, reader: str) -> bool:
        """Whether a listed reader belongs to the site."""
        return not self.readers or any(_matches(reader, pattern) for pattern in self.readers)

    def missing(self, listed: list[str]) -> list[str]:
        """Names and patterns that no listed reader answers to."""
        return [pattern for pattern in self.readers if not any(_matches(name, pattern) for name in listed)]


def by_part(name: str) -> str:
    """The pattern for a reader's name or a part of it, as given on a command line."""
    return f"*{escape(name)}*"


def _matches(reader: str, pattern: str) -> bool:
    return reader == pattern or fnmatchcase(reader.casefold(), pattern.casefold())
