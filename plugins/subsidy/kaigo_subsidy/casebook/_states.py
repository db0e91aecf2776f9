"""States of a claim and the moves between them, each with its day and its evidence; pure functions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.cases import CaseMove, MoveRefused, the_move
from kaigo_gateway.model.shown import Named

from kaigo_subsidy.casebook._readiness import refuse_unready

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kaigo_gateway.model.cases import Case, CaseEntry

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


STATES: Final[Mapping[str, str]] = {
    State.PREPARING: N_("in preparation"),
    State.READY: N_("ready to be handed in"),
    State.SUBMITTED: N_("handed in"),
    State.RETURNED: N_("sent back (不備)"),
    State.DECIDED: N_("decision received"),
    State.PAID: N_("payment received"),
    State.TAX_REPORTED: N_("consumption tax reported"),
    State.CLOSED: N_("closed, records kept"),
}

_BACK: Final = CaseMove(State.PREPARING, N_("Prepare it once more"))
_HANDED_IN: Final = N_("the reception number (受付番号)")
MOVES: Final[Mapping[str, Sequence[CaseMove]]] = {
    State.PREPARING: (CaseMove(State.READY, N_("Say that it is ready"), examined=True),),
    State.READY: (CaseMove(State.SUBMITTED, N_("Enter that it was handed in"), _HANDED_IN), _BACK),
    State.SUBMITTED: (
        CaseMove(
            State.DECIDED,
            N_("Enter the decision"),
            N_("the number or date of the decision notice"),
            N_("yen granted"),
        ),
        CaseMove(State.RETURNED, N_("Enter that it was sent back"), N_("the reason why it was sent back")),
    ),
    State.RETURNED: (
        CaseMove(State.SUBMITTED, N_("Enter that it was handed in again"), _HANDED_IN, examined=True),
        _BACK,
    ),
    State.DECIDED: (
        CaseMove(
            State.PAID, N_("Enter the payment"), N_("the date or page of the bank statement"), N_("yen paid")
        ),
    ),
    State.PAID: (
        CaseMove(
            State.TAX_REPORTED,
            N_("Enter the report of consumption tax"),
            N_("the reception number of the report"),
            N_("yen of deductible tax (仕入控除税額; 0 is an amount, too)"),
        ),
    ),
    State.TAX_REPORTED: (CaseMove(State.CLOSED, N_("Close the claim")),),
    State.CLOSED: (),
}
"""After 不備 the claim is corrected, looked at and handed in again; it stays the same claim."""


def _named(state: str) -> Named:
    return Named(state, STATES.get(state, state), "kaigo_subsidy")


def begin(entry: CaseEntry, known: Sequence[Case], rules: Rules) -> CaseEntry:
    """The first entry of a claim. Raises :class:`MoveRefused` if the office number claimed in another year.

    要綱 第6条第3号 says "once for each 介護事業所番号"; whether a claim under another year's 要綱 counts is
    not confirmed, so a person decides and the reason is recorded.
    """
    earlier = [case for case in known if case.fiscal_year != rules.fiscal_year]
    if not earlier or entry.override.strip():
        return entry
    raise MoveRefused(
        N_("Office {number} already claimed in this programme in fiscal year {year} (state: {state})."),
        N_(
            "An office number claims once (要綱 第6条第3号). Whether another year's claim counts is not"
            " confirmed: ask the portal, then open it with the answer as reason; it is recorded."
        ),
        domain="kaigo_subsidy",
        number=earlier[-1].office_number,
        year=earlier[-1].fiscal_year,
        state=_named(earlier[-1].state),
    )


def judge(case: Case, entry: CaseEntry, rules: Rules) -> CaseEntry:
    """The entry one move further. Raises :class:`MoveRefused` that says why a move is refused."""
    found = the_move(MOVES, case.state, entry.state, _named)
    if entry.on < case.entries[-1].on:
        raise MoveRefused(
            N_("{day} lies before the last entry of the claim ({last})."),
            N_("Enter the day on which it happened; earlier entries are not changed."),
            domain="kaigo_subsidy",
            day=entry.on,
            last=case.entries[-1].on,
        )
    _refuse_without_evidence(found, entry)
    if found.examined:
        refuse_unready(entry, case.office_number)
    if entry.state == State.SUBMITTED:
        _refuse_outside_window(entry.on, rules)
    return entry


def _refuse_without_evidence(move: CaseMove, entry: CaseEntry) -> None:
    for wanted, given in ((move.evidence, entry.evidence.strip()), (move.amount, entry.amount is not None)):
        if wanted and not given:
            raise MoveRefused(
                N_("To become {state}, the claim needs: {what}."),
                N_("Enter it. A report of 0 yen is needed, too (要綱 第10条).")
                if wanted == move.amount
                else N_("Enter it as evidence."),
                domain="kaigo_subsidy",
                state=_named(entry.state),
                what=wanted,
            )


def _refuse_outside_window(day: date, rules: Rules) -> None:
    opens, closes = rules.window.opens.value, rules.window.closes.value
    if not opens <= day <= closes:
        raise MoveRefused(
            N_("Claims are taken from {opens} to {closes}, not on {day}."),
            N_("Enter the day of the reception; after the window look for a later programme."),
            domain="kaigo_subsidy",
            opens=opens,
            closes=closes,
            day=day,
        )
