"""The life of a claim after it was assessed: what a programme brings for it, and what the ledger keeps.

The core keeps claims (one for each programme, year and office number) and shows them; which states there are,
which moves lead from one to the next and what each of them needs is the programme's: see :class:`LifeCycle`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import Field

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from kaigo_gateway.model.shown import Named
from kaigo_gateway.model.site import OfficeNumber

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.descriptors import SetupView


class MoveRefused(InputError):
    """A move that the claim cannot make now; says why and what would help. Exit code 2."""

    code = "MOVE_REFUSED"


class EvidenceFile(Model):
    """A file that proves a move. Only this enters the ledger, never the file."""

    name: str = Field(max_length=255)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class CaseEntry(Model):
    """One thing that happened to a claim: what it became, on which day, and what proves it.

    ``facts`` are what the programme itself found out (such as its pre-check), as plain JSON. ``at`` (UTC) and
    ``hash`` are the ledger's; they are empty before the entry is kept.
    """

    state: str = Field(min_length=1, max_length=40)
    on: date
    evidence: str = Field(default="", max_length=500)
    amount: Yen | None = None
    override: str = Field(default="", max_length=500)
    file: EvidenceFile | None = None
    by: str = Field(default="", max_length=100)
    facts: Mapping[str, Any] = Field(default_factory=dict)
    at: str = ""
    hash: str = ""

    def body(self) -> dict[str, Any]:
        """What the ledger keeps of it."""
        return self.model_dump(mode="json", exclude={"at", "hash"})


class Case(Model):
    """One claim of one office with everything that happened to it, oldest first."""

    id: str
    programme: str
    fiscal_year: int
    office_number: OfficeNumber
    simulated: bool = False
    setup_id: str | None = None
    entries: tuple[CaseEntry, ...] = Field(min_length=1)

    @property
    def state(self) -> str:
        """Where the claim stands now."""
        return self.entries[-1].state

    def last(self, state: str) -> CaseEntry | None:
        """The latest entry that led to ``state``."""
        return next((entry for entry in reversed(self.entries) if entry.state == state), None)


@dataclass(frozen=True, slots=True)
class CaseMove:
    """A move out of a state. Texts are message ids of the plugin's catalogue.

    ``title`` says what is entered. ``evidence`` names what has to be written as evidence, ``amount`` the
    amount in yen that it carries; an empty one is not asked for. ``examined`` moves look at the claim and its
    attachments first (:attr:`LifeCycle.examine`) or take a reason why not.
    """

    state: str
    title: str
    evidence: str = ""
    amount: str = ""
    examined: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper that the application wants, and how many files of it are taken."""

    code: str
    title: str
    max_files: int = 1


@dataclass(frozen=True, slots=True)
class CaseDay:
    """A day that follows from where a claim stands; ``open_day`` is the last business day up to it.

    ``code`` is stable, such as ``payment_by``; ``title`` a message id.
    """

    code: str
    title: str
    day: date
    open_day: date


@dataclass(frozen=True, slots=True)
class Examination:
    """What assessment and pre-check of a claim said.

    ``facts`` go into the ledger with the move; ``document`` is for people and programs, texts in the current
    language, with at least ``overall`` and ``documents`` (each with ``code``, ``title``, ``files``,
    ``findings``).
    """

    facts: Mapping[str, Any]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """How the claims of a programme live. Functions are synchronous and run in a thread.

    ``states`` are all states with their titles in the order of a life; a claim begins in the first.
    ``moves`` holds, by state, the moves out of it. ``begin(entry, known)`` gives the entry to keep for a new
    claim; ``known`` are the claims of that office number in the programme, of any year. ``judge(case,
    entry)`` gives the entry to keep for a move. Both raise :class:`MoveRefused`. ``claim_of(view)`` is the
    claim that a Setup would make; ``examine(claim, files, view)`` looks at a claim and its attachments (by
    code); ``view`` is None for a claim that came from no Setup. ``days(case)`` are the days that follow from
    where it stands. ``domain`` is the catalogue of the titles.
    """

    states: Mapping[str, str]
    moves: Mapping[str, Sequence[CaseMove]]
    begin: Callable[[CaseEntry, Sequence[Case]], CaseEntry]
    judge: Callable[[Case, CaseEntry], CaseEntry]
    examine: Callable[[Claim, Mapping[str, Sequence[Path]], SetupView | None], Examination]
    claim_of: Callable[[SetupView], Claim]
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    days: Callable[[Case], Sequence[CaseDay]] = lambda _case: ()
    domain: str = "kaigo_gateway"

    @property
    def first(self) -> str:
        """The state in which a claim begins."""
        return next(iter(self.states))

    def move(self, state: str, wanted: str) -> CaseMove:
        """The move from ``state`` to ``wanted``. Raises :class:`MoveRefused` naming those that there are."""
        return the_move(self.moves, state, wanted, self.named)

    def named(self, state: str) -> Named:
        """A state as sentences show it: its title and its code."""
        return Named(state, self.states.get(state, state), self.domain)


def the_move(
    moves: Mapping[str, Sequence[CaseMove]], state: str, wanted: str, named: Callable[[str], object] = str
) -> CaseMove:
    """One of a table of moves. Raises :class:`MoveRefused` naming those that there are."""
    options = {each.state: each for each in moves.get(state, ())}
    if wanted in options:
        return options[wanted]
    raise MoveRefused(
        N_('A claim cannot go from "{state}" to "{wanted}".'),
        N_("From here it can become: {options}."),
        state=named(state),
        wanted=named(wanted),
        options=[named(each) for each in options] or "-",
    )
