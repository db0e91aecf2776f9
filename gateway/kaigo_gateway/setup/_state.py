"""What a Setup's chain of records says, folded into its present state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.results import Finding, Stage, Status, overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_gateway.ledger import Record

JAPAN: Final = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True, slots=True)
class StepResult:
    """The last result of one check. ``seq`` is its record's number; ``at`` UTC, ISO 8601."""

    check_id: str
    stage: Stage
    title: str
    title_domain: str
    order: int
    attempt: int
    plugin: str
    version: str
    findings: tuple[Finding, ...]
    duration_ms: float
    seq: int
    at: str

    @property
    def status(self) -> Status:
        """The gravest status of the check's findings."""
        return overall([finding.status for finding in self.findings])

    @property
    def passed(self) -> bool:
        """Whether checks that need this one may run: something was seen, and nothing failed."""
        statuses = {finding.status for finding in self.findings}
        return bool(statuses & {Status.OK, Status.WARN}) and not statuses & {Status.FAIL, Status.ERROR}


@dataclass(slots=True)
class SetupState:
    """The present state of a Setup, read from its records alone."""

    site: Mapping[str, Any] = field(default_factory=dict)
    opened_at: str = ""
    results: dict[str, StepResult] = field(default_factory=dict)
    history: dict[str, list[StepResult]] = field(default_factory=dict)
    lines: dict[str, ExpenseLine] = field(default_factory=dict)
    line_entries: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    confirmed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sealed_at: int = 0
    seals: int = 0
    reruns: int = 0
    last_seq: int = 0

    @property
    def sealed(self) -> bool:
        """Whether the last record is a seal: nothing has been added since."""
        return bool(self.sealed_at) and self.sealed_at == self.last_seq

    @property
    def today(self) -> date:
        """The day in Japan on which the Setup was opened."""
        return datetime.fromisoformat(self.opened_at).astimezone(JAPAN).date()

    @property
    def findings(self) -> dict[str, tuple[Finding, ...]]:
        """Findings by check id."""
        return {check_id: result.findings for check_id, result in self.results.items()}

    def overall(self) -> Status:
        """The gravest status of all present results."""
        return overall([result.status for result in self.results.values()])

    def adopt(self, records: Iterable[Record]) -> None:
        """Fold further records in."""
        for record in records:
            self.last_seq = record.seq
            fold = _FOLDS.get(record.kind)
            if fold is not None:
                fold(self, record)

    def attempts(self, check_id: str) -> int:
        """How often a check has run so far."""
        return len(self.history.get(check_id, ()))


def read_state(records: Iterable[Record]) -> SetupState:
    """Fold the records of one Setup, in order."""
    state = SetupState()
    state.adopt(records)
    return state


def _opened(state: SetupState, record: Record) -> None:
    state.site = record.document["site"]
    state.opened_at = record.at


def _result(state: SetupState, record: Record) -> None:
    body = record.document
    result = StepResult(
        check_id=body["check_id"],
        stage=Stage(body["stage"]),
        title=body["title"],
        title_domain=body["title_domain"],
        order=body["order"],
        attempt=body["attempt"],
        plugin=body["plugin"]["name"],
        version=body["plugin"]["version"],
        findings=tuple(Finding.model_validate(each) for each in body["findings"]),
        duration_ms=body["duration_ms"],
        seq=record.seq,
        at=record.at,
    )
    state.results[result.check_id] = result
    state.history.setdefault(result.check_id, []).append(result)


def _rerun(state: SetupState, record: Record) -> None:
    state.reruns += 1
    for check_id in record.document["checks"]:
        state.results.pop(check_id, None)


def _line(state: SetupState, record: Record) -> None:
    body = record.document
    line = ExpenseLine.model_validate(body["line"])
    state.line_entries[line.key] = state.line_entries.get(line.key, 0) + 1
    if body["entry"] == "red":
        state.lines.pop(line.key, None)
    else:
        state.lines[line.key] = line


def _question(state: SetupState, record: Record) -> None:
    state.questions[record.key] = record.document


def _confirmed(state: SetupState, record: Record) -> None:
    state.confirmed[record.key] = record.document


def _sealed(state: SetupState, record: Record) -> None:
    state.sealed_at = record.seq
    state.seals += 1


_FOLDS: Final = {
    "setup.opened": _opened,
    "check.result": _result,
    "checks.reopened": _rerun,
    "expense.line": _line,
    "question.asked": _question,
    "question.answered": _confirmed,
    "setup.sealed": _sealed,
}
