"""A Setup as the page and the REST API show it."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from kaigo_gateway.i18n import translate
from kaigo_gateway.model.results import Status
from kaigo_gateway.web.api.models import (
    OfficeRef,
    Question,
    SetupDetail,
    SetupStateWord,
    SetupSummary,
    Trouble,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.setup import SetupState, StepResult


def state_word(row: SetupRow) -> SetupStateWord:
    """The state of a Setup in a word; a claimed one is running."""
    if row.state == "ready" and row.lease_until > time.time():
        return SetupStateWord.RUNNING
    return SetupStateWord(row.state)


def _common(row: SetupRow, overall: Status | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "created_at": row.created_at,
        "office": OfficeRef(number=row.office_number, name=row.office_name),
        "simulated": row.simulated,
        "state": state_word(row),
        "overall": overall,
        "head_hash": row.head_hash,
        "record_count": row.record_count,
    }


def summary_of(row: SetupRow) -> SetupSummary:
    """A Setup in a list, from its row alone."""
    return SetupSummary(**_common(row, None if row.overall is None else Status(row.overall)))


def open_questions(state: SetupState, language: str) -> tuple[Question, ...]:
    """What people still have to confirm, in the reader's language."""
    return tuple(
        Question(key=key, check_id=asked.get("check_id", ""), question=_question(asked, language) or key)
        for key, asked in state.questions.items()
        if key not in state.confirmed
    )


def _question(asked: Mapping[str, Any], language: str) -> str:
    return translate(asked.get("question", ""), asked.get("domain") or "kaigo_gateway", language)


def shown_status(result: StepResult) -> Status:
    """The gravest status of a check, but "not done" where nothing of it was done."""
    skipped = all(finding.status is Status.SKIP for finding in result.findings)
    return Status.SKIP if skipped else result.status


def detail_of(gateway: Gateway, row: SetupRow, state: SetupState, language: str) -> SetupDetail:
    """A Setup in full."""
    error = gateway.engine.troubles.get(row.id)
    trouble = None if error is None else Trouble(code=error.code, message=error.text(language))
    counts = Counter(shown_status(result).value for result in state.results.values())
    return SetupDetail(
        **_common(row, state.overall() if state.results else None),
        sealed=state.sealed,
        counts=dict(counts),
        questions=open_questions(state, language),
        trouble=trouble,
    )
