"""Requirements as data, compared with the facts of an office. No amount is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.reading import read_toml
from pydantic import Field, StrictBool, StrictInt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

SCHEMA: Final = "kaigo-gateway/related/1"
GROUP: Final = "service_group"
GROUPS: Final = ("visiting", "facility", "both")
"""訪問・通所等; 施設・居住・多機能・短期入所等; an office that gives services of both kinds."""

Fact = StrictBool | StrictInt | str


class Note(Model):
    """Something to know: a figure, a limit, a day."""

    text: str
    text_en: str
    ref: str
    status: Literal["confirmed", "unconfirmed"] = "confirmed"


class Requirement(Note):
    """One condition: the fact ``key`` must equal, be at least, or be one of a value.

    ``group`` is the kind of services it is for: such a condition says nothing about an office of the other
    kind, and cannot be told to be met before the fact ``service_group`` is known.
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    equals: Fact | None = None
    at_least: int | None = None
    one_of: tuple[str, ...] = ()
    only_if: str | None = Field(default=None, description="fact that must be true for this to be asked")
    group: Literal["visiting", "facility"] | None = None

    def met(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether the facts meet it; None where they do not say."""
        if self.key not in facts:
            return None
        value = facts[self.key]
        if self.at_least is not None:
            met = bool(value >= self.at_least)
        else:
            met = value in self.one_of if self.one_of else bool(value == self.equals)
        return None if met and self.group and GROUP not in facts else met


class Programme(Model):
    """A related programme: ``all_of`` must be met, and one of each group in ``any_of``.

    ``additions`` raise what is paid and decide nothing; ``until`` is the last day of application, if known.
    """

    id: str
    title: str
    title_en: str
    dated: date = Field(description="day of the newest text this was taken from")
    until: date | None = None
    all_of: tuple[Requirement, ...] = ()
    any_of: tuple[tuple[Requirement, ...], ...] = ()
    additions: tuple[Requirement, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What holds for one office: each requirement with met, not met (False) or unknown (None)."""

    programme: Programme
    requirements: tuple[tuple[Requirement, bool | None], ...]
    additions: tuple[tuple[Requirement, bool | None], ...]
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
            "title_en": self.programme.title_en,
            "dated": self.programme.dated.isoformat(),
            "until": self.programme.until.isoformat() if self.programme.until else None,
            "verdict": self.verdict,
            "requirements": [_told(*one) for one in self.requirements],
            "additions": [_told(*one) for one in self.additions],
            "notes": [note.model_dump(mode="json") for note in self.programme.notes],
        }


def document_of(found: Iterable[Statement], today: date) -> dict[str, Any]:
    """All statements as JSON, with the lines that a file of facts may have."""
    return {
        "schema": SCHEMA,
        "today": today.isoformat(),
        "facts": [example_of(key) for key in known_facts()],
        "programmes": [statement.document() for statement in found],
    }


def _told(requirement: Requirement, met: bool | None) -> dict[str, Any]:
    names = ("key", "text", "text_en", "ref", "status", "group")
    return {**{name: getattr(requirement, name) for name in names}, "met": met}


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
    results = [r.met(facts) for r in asked]
    results += [_any([r.met(facts) for r in part]) for group in groups for part in _parts(group, facts)]
    verdict: Literal["met", "not_met", "unknown"] = "met"
    if False in results:
        verdict = "not_met"
    elif None in results:
        verdict = "unknown"
    everything = [*asked, *(r for group in groups for r in group)]
    return Statement(
        programme,
        tuple((r, r.met(facts)) for r in everything),
        tuple((r, r.met(facts)) for r in programme.additions),
        verdict,
    )


def _parts(group: list[Requirement], facts: Mapping[str, Any]) -> list[list[Requirement]]:
    """An office that gives services of both kinds must meet what is asked for each of them."""
    if facts.get(GROUP) != "both" or all(r.group is None for r in group):
        return [group]
    return [[r for r in group if r.group in {None, kind}] for kind in GROUPS[:2]]


def _asked(requirement: Requirement, facts: Mapping[str, Any]) -> bool:
    fits = requirement.group is None or facts.get(GROUP, requirement.group) in {requirement.group, "both"}
    return fits and (requirement.only_if is None or facts.get(requirement.only_if, True) is True)


def _any(found: list[bool | None]) -> bool | None:
    if True in found:
        return True
    return None if None in found else False


def read_facts(path: Path) -> dict[str, Any]:
    """Facts of an office from a TOML file. Raises :class:`InputError` for a key that nobody asks."""
    return facts_from(read_toml(path), str(path))


def facts_from(facts: dict[str, Any], name: str) -> dict[str, Any]:
    """Facts from plain data; ``name`` stands in the message. Raises :class:`InputError`."""
    known = known_facts()
    for key, value in facts.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise _wrong_fact(name, key, N_("this key is not known"), near or list(known))
        if not known[key](value):
            raise _wrong_fact(name, key, N_("the value is none that is expected"), [example_of(key)])
    return facts


def _wrong_fact(name: str, key: str, what: str, expected: list[str]) -> InputError:
    return InputError(
        N_("{path} is wrong at {key}: {what}."),
        N_("Expected: {expected}."),
        domain="kaigo_subsidy",
        path=name,
        key=key,
        what=what,
        expected=expected,
    )


def known_facts() -> dict[str, Callable[[Any], bool]]:
    """Every fact that is asked for, and whether a value can be one."""
    known: dict[str, Callable[[Any], bool]] = {GROUP: GROUPS.__contains__}
    for requirement in _every():
        known[requirement.key] = partial(_fits, requirement)
        if requirement.only_if:
            known.setdefault(requirement.only_if, lambda value: isinstance(value, bool))
    return known


def example_of(key: str) -> str:
    """A line of a file of facts."""
    if key == GROUP:
        return f'{GROUP} = "{GROUPS[0]}"  # {", ".join(GROUPS)}'
    found = next((r for r in _every() if r.key == key), None)
    if found is None or isinstance(found.equals, bool):
        return f"{key} = true"
    return f"{key} = {found.at_least}" if found.at_least else f'{key} = "{found.one_of[0]}"  # "no"'


def _every() -> Iterator[Requirement]:
    for programme in programmes():
        yield from (
            *programme.all_of,
            *(r for group in programme.any_of for r in group),
            *programme.additions,
        )


def _fits(requirement: Requirement, value: Any) -> bool:
    if requirement.at_least is not None:
        return isinstance(value, int) and not isinstance(value, bool)
    if requirement.one_of:
        return value == "no" or value in requirement.one_of
    return isinstance(value, type(requirement.equals))
