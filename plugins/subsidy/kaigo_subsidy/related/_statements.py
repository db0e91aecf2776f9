"""Requirements as data, compared with the facts of an office. No amount is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import yaml
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.reading import read_toml
from pydantic import Field, StrictBool, StrictInt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Fact = StrictBool | StrictInt | str


class Note(Model):
    """Something to know: a figure, a limit, a day."""

    text: str
    text_en: str
    ref: str
    status: Literal["confirmed", "unconfirmed"] = "confirmed"


class Requirement(Note):
    """One condition: the fact ``key`` must equal, be at least, or be one of a value."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    equals: Fact | None = None
    at_least: int | None = None
    one_of: tuple[str, ...] = ()
    only_if: str | None = Field(default=None, description="fact that must be true for this to be asked")

    def met(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether the facts meet it; None where they do not say."""
        if self.key not in facts:
            return None
        value = facts[self.key]
        if self.at_least is not None:
            return bool(value >= self.at_least)
        return value in self.one_of if self.one_of else bool(value == self.equals)


class Programme(Model):
    """A related programme: ``all_of`` must be met, and one of each group in ``any_of``."""

    id: str
    title: str
    title_en: str
    all_of: tuple[Requirement, ...] = ()
    any_of: tuple[tuple[Requirement, ...], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What holds for one office: each requirement with met, not met (False) or unknown (None)."""

    programme: Programme
    requirements: tuple[tuple[Requirement, bool | None], ...]
    verdict: Literal["met", "not_met", "unknown"]

    @property
    def verdict_text(self) -> str:
        """The verdict as a message id."""
        texts = {
            "met": N_("the requirements known here are met"),
            "not_met": N_("not met"),
            "unknown": N_("not decided: facts are missing"),
        }
        return texts[self.verdict]

    def document(self) -> dict[str, Any]:
        """The statement as JSON."""
        return {
            "id": self.programme.id,
            "title": self.programme.title,
            "verdict": self.verdict,
            "requirements": [
                {"key": r.key, "text": r.text, "ref": r.ref, "status": r.status, "met": met}
                for r, met in self.requirements
            ],
            "notes": [note.model_dump(mode="json") for note in self.programme.notes],
        }


@lru_cache(maxsize=1)
def programmes() -> tuple[Programme, ...]:
    """The related programmes of the bundled file."""
    text = (files("kaigo_subsidy.related") / "data" / "related-2026.yaml").read_text(encoding="utf-8")
    return tuple(Programme.model_validate(one) for one in yaml.safe_load(text)["programmes"])


def statements(facts: Mapping[str, Any]) -> list[Statement]:
    """One statement for each programme."""
    return [_state(programme, facts) for programme in programmes()]


def _state(programme: Programme, facts: Mapping[str, Any]) -> Statement:
    asked = [r for r in programme.all_of if _asked(r, facts)]
    groups = [[r for r in group if _asked(r, facts)] for group in programme.any_of]
    results = [r.met(facts) for r in asked] + [_any([r.met(facts) for r in group]) for group in groups]
    verdict: Literal["met", "not_met", "unknown"] = "met"
    if False in results:
        verdict = "not_met"
    elif None in results:
        verdict = "unknown"
    everything = [*asked, *(r for group in groups for r in group)]
    return Statement(programme, tuple((r, r.met(facts)) for r in everything), verdict)


def _asked(requirement: Requirement, facts: Mapping[str, Any]) -> bool:
    return requirement.only_if is None or facts.get(requirement.only_if, True) is True


def _any(found: list[bool | None]) -> bool | None:
    if True in found:
        return True
    return None if None in found else False


def read_facts(path: Path) -> dict[str, Any]:
    """Facts of an office from a TOML file. Raises :class:`InputError` for a key that nobody asks."""
    return facts_from(read_toml(path), str(path))


def facts_from(facts: dict[str, Any], name: str) -> dict[str, Any]:
    """Facts from plain data; ``name`` stands in the message. Raises :class:`InputError`."""
    asked = {r.key: r for p in programmes() for r in (*p.all_of, *(r for group in p.any_of for r in group))}
    known = {*asked, *(r.only_if for r in asked.values() if r.only_if)}
    unknown = sorted(set(facts) - known)
    wrong = [key for key, value in facts.items() if key in asked and not _fits(asked[key], value)]
    if unknown or wrong:
        raise InputError(
            N_("{path} holds keys that are not known or have the wrong kind of value: {keys}."),
            N_("Known keys: {known}."),
            domain="kaigo_subsidy",
            path=name,
            keys=[*unknown, *wrong],
            known=sorted(known),
        )
    return facts


def _fits(requirement: Requirement, value: Any) -> bool:
    if requirement.at_least is not None:
        return isinstance(value, int) and not isinstance(value, bool)
    if requirement.one_of:
        return isinstance(value, str)
    return isinstance(value, type(requirement.equals))
