"""Claims as page and REST API show them: texts of the programme in the reader's language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import translate
from kaigo_gateway.model.claims import Claim
from kaigo_gateway.web._etags import etag_of
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.api._claim_models import (
    AttachmentInfo,
    ClaimDetail,
    ClaimEvent,
    ClaimSummary,
    DayInfo,
    MoveInfo,
)
from kaigo_gateway.web.api._operation import validated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.claims import ClaimProgramme
    from kaigo_gateway.ledger import CaseRow
    from kaigo_gateway.model.cases import Case, CaseEntry, Examination
    from kaigo_gateway.web._uploads import Form


def claim_summary(row: CaseRow) -> ClaimSummary:
    """A row as a line of a list."""
    shown = {name: getattr(row, name) for name in ClaimSummary.model_fields}
    return ClaimSummary(**{**shown, "simulated": bool(row.simulated)})


async def claim_detail(gateway: Gateway, case: Case, language: str) -> ClaimDetail:
    """A claim in full; without its plugin it has neither titles nor moves."""
    try:
        programme = await gateway.claims.programme(case.programme, case.fiscal_year)
    except InputError:
        return _detail(case, None, (), str)
    days = await gateway.claims.days(case)

    def told(text: str) -> str:
        return translate(text, programme.domain, language) if text else ""

    shown = tuple(
        DayInfo(code=each.code, title=told(each.title), day=each.day, open_day=each.open_day) for each in days
    )
    return _detail(case, programme, shown, told)


def _detail(
    case: Case, programme: ClaimProgramme | None, days: tuple[DayInfo, ...], told: Callable[[str], str]
) -> ClaimDetail:
    states = programme.life.states if programme else {}
    moves = programme.moves(case) if programme else ()
    papers = programme.life.attachments if programme else ()
    return ClaimDetail(
        **case.model_dump(exclude={"entries"}),
        programme_title=told(programme.programme.title) if programme else case.programme,
        state=case.state,
        state_title=told(states.get(case.state, case.state)),
        history=tuple(_event(each, told(states.get(each.state, each.state))) for each in case.entries),
        moves=tuple(
            MoveInfo(
                state=str(each.state),
                title=told(each.title),
                evidence=told(each.evidence),
                amount=told(each.amount),
                examined=each.examined,
            )
            for each in moves
        ),
        days=days,
        attachments=tuple(
            AttachmentInfo(code=each.code, title=told(each.title), max_files=each.max_files)
            for each in papers
        ),
    )


def _event(entry: CaseEntry, title: str) -> ClaimEvent:
    return ClaimEvent(state_title=title, **{name: getattr(entry, name) for name in _KEPT})


_KEPT = tuple(name for name in ClaimEvent.model_fields if name != "state_title")


def claim_tag(detail: ClaimDetail) -> str:
    """An ETag whose beginning is the last entry's hash: ``If-Match`` compares that part alone."""
    return f"{detail.history[-1].hash}-{etag_of(detail.model_dump_json().encode())[:12]}"


def files_by_code(form: Form) -> dict[str, list[Path]]:
    """The files of a form by the code of their attachment."""
    found: dict[str, list[Path]] = {}
    for each in form.files:
        found.setdefault(each.field, []).append(each.path)
    return found


async def examined(gateway: Gateway, form: Form) -> tuple[Claim, Examination]:
    """The claim that a form names (``claim``, ``setup_id`` or ``claim_id``), and what was found about it.

    Raises problem 422 where it names none, and whatever the programme says of it.
    """
    desk, fields = gateway.claims, {name: text for name, text in form.fields.items() if text.strip()}
    setup_id, claim = fields.get("setup_id"), None
    if "claim_id" in fields:
        case = await desk.case(fields["claim_id"])
        setup_id, claim = case.setup_id, await desk.claim_of(case)
    elif setup_id is not None:
        _, claim = await desk.of_setup(setup_id)
    if "claim" in fields:
        try:
            claim = validated(Claim, json.loads(fields["claim"]))
        except (ValueError, RecursionError):
            raise problem("NOT_JSON", detail="claim") from None
    if claim is None:
        raise problem("CLAIM_NEEDED")
    return claim, await desk.examine(claim, files_by_code(form), setup_id)
