"""States of a claim and the moves between them, each with its day and its evidence; pure functions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from kaigo_gateway.model.site import OfficeNumber
from pydantic import Field

from kaigo_subsidy.casebook._readiness import Readiness, refuse_unready

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_subsidy.rules import Rules


class State(StrEnum):
    """Where a claim stands."""

    PREPARING = "preparing"
    READY = "ready"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECIDED = "decided"
    PAID = "paid"
    TAX_REPORTED = "tax-reported"
    CLOSED = "closed"


NEXT: Final = {
    State.PREPARING: (State.READY,),
    State.READY: (State.SUBMITTED, State.PREPARING),
    State.SUBMITTED: (State.DECIDED, State.RETURNED),
    State.RETURNED: (State.SUBMITTED, State.PREPARING),
    State.DECIDED: (State.PAID,),
    State.PAID: (State.TAX_REPORTED,),
    State.TAX_REPORTED: (State.CLOSED,),
    State.CLOSED: (),
}
"""After 不備 the claim is corrected and submitted again; it stays the same claim."""

EVIDENCE: Final = {
    State.SUBMITTED: N_("the reception number (受付番号)"),
    State.RETURNED: N_("the reason given"),
    State.DECIDED: N_("the number or date of the decision notice"),
    State.PAID: N_("the date or page of the bank statement"),
    State.TAX_REPORTED: N_("the reception number of the report"),
}
AMOUNTS: Final = (State.DECIDED, State.PAID, State.TAX_REPORTED)
"""Moves that carry an amount in yen: granted, paid, and 仕入控除税額 (which may be 0)."""


class Event(Model):
    """One move: into which state, on which day, what proves it, and the amount where there is one.

    A move to ``ready`` carries what assessment and pre-check said, or the reason why it was overridden.
    """

    state: State
    on: date
    evidence: str = ""
    amount: Yen | None = None
    readiness: Readiness | None = None
    override: str = ""


class Case(Model):
    """One claim of one office. The present state is the last event's."""

    office_number: OfficeNumber
    programme: str
    fiscal_year: int
    events: tuple[Event, ...] = Field(min_length=1)

    @property
    def state(self) -> State:
        """Where the claim stands now."""
        return self.events[-1].state

    @property
    def id(self) -> str:
        """Office number, programme and year."""
        return f"{self.office_number}/{self.programme}/{self.fiscal_year}"


def open_case(known: Iterable[Case], office_number: str, rules: Rules, on: date) -> Case:
    """Begin a claim. Raises :class:`InputError` if the office number has claimed (要綱 第6条第3号)."""
    case = Case(
        office_number=office_number,
        programme=rules.programme,
        fiscal_year=rules.fiscal_year,
        events=(Event(state=State.PREPARING, on=on),),
    )
    for other in known:
        if other.id == case.id:
            raise InputError(
                N_("Office {number} already has a claim in this programme (state: {state})."),
                N_(
                    "One claim for each office number (要綱 第6条第3号): go on with that one, also after"
                    " 不備."
                ),
                domain="kaigo_subsidy",
                number=office_number,
                state=other.state,
            )
    return case


def move(case: Case, event: Event, rules: Rules) -> Case:
    """The case one move further. Raises :class:`InputError` that says why a move is refused."""
    _refuse_jump(case, event)
    if event.on < case.events[-1].on:
        raise InputError(
            N_("{day} lies before the last entry of the claim ({last})."),
            N_("Enter the day on which it happened; earlier entries are not changed."),
            domain="kaigo_subsidy",
            day=event.on,
            last=case.events[-1].on,
        )
    _refuse_without_evidence(event)
    if event.state is State.READY:
        refuse_unready(event.readiness, event.override)
    if event.state is State.SUBMITTED:
        _refuse_outside_window(event.on, rules)
    return case.model_copy(update={"events": (*case.events, event)})


def _refuse_jump(case: Case, event: Event) -> None:
    if event.state in NEXT[case.state]:
        return
    raise InputError(
        N_("A claim that is {state} cannot become {wanted}."),
        N_("From here it can become: {options}."),
        domain="kaigo_subsidy",
        state=case.state,
        wanted=event.state,
        options=[str(state) for state in NEXT[case.state]] or ["-"],
    )


def _refuse_without_evidence(event: Event) -> None:
    if event.state in EVIDENCE and not event.evidence.strip():
        from kaigo_gateway.i18n import translate

        raise InputError(
            N_("The move to {state} needs its evidence: {what}."),
            N_("Enter it with --evidence."),
            domain="kaigo_subsidy",
            state=event.state,
            what=translate(EVIDENCE[event.state], "kaigo_subsidy"),
        )
    if event.state in AMOUNTS and event.amount is None:
        raise InputError(
            N_("The move to {state} needs its amount in yen."),
            N_("Enter it with --amount; a report of 0 yen is needed, too (要綱 第10条)."),
            domain="kaigo_subsidy",
            state=event.state,
        )


def _refuse_outside_window(day: date, rules: Rules) -> None:
    opens, closes = rules.window.opens.value, rules.window.closes.value
    if not opens <= day <= closes:
        raise InputError(
            N_("Claims are taken from {opens} to {closes}, not on {day}."),
            N_("Enter the day of the reception; after the window look for a later programme."),
            domain="kaigo_subsidy",
            opens=opens,
            closes=closes,
            day=day,
        )
