"""A Setup as its page shows it: stages, checks with last and present run, questions, what comes next."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kaigo_gateway._reports import books_of, results_of
from kaigo_gateway._version import __version__
from kaigo_gateway.i18n import translate
from kaigo_gateway.model.results import STAGES, Stage, Status
from kaigo_gateway.setup._runner import load_site
from kaigo_gateway.web._next import next_step
from kaigo_gateway.web._setups import detail_of

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.model.results import Actor
    from kaigo_gateway.report.model import Result
    from kaigo_gateway.setup import SetupState, StepResult
    from kaigo_gateway.web.api.models import Question, SetupDetail


@dataclass(slots=True)
class CheckView:
    """One check. ``word`` is a status, or ``pending``, ``running`` or ``waiting``."""

    id: str
    title: str
    word: str
    results: list[Result] = field(default_factory=list)
    previous: StepResult | None = None
    attempt: int = 0
    duration_ms: float = 0.0
    line: str = ""
    question: Question | None = None

    @property
    def actors(self) -> list[Actor]:
        """Who acts on what is not in order, each once."""
        found = (each.remedy.actor for each in self.results if each.status in {Status.FAIL, Status.ERROR})
        return list(dict.fromkeys(actor for actor in found if actor))

    @property
    def in_short(self) -> list[Result]:
        """For one printed page: what is to be noted; where nothing is, the first finding."""
        return [each for each in self.results if each.status is not Status.OK] or self.results[:1]

    @property
    def shown(self) -> str:
        """What the check looks like, as a short hash: the page replaces it only when this changes."""
        parts = (self.word, self.attempt, self.line, self.question and self.question.key)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(slots=True)
class StageView:
    """A stage with its checks; ``word`` is the gravest of them."""

    stage: Stage
    checks: list[CheckView]

    @property
    def size(self) -> int:
        """The number of checks."""
        return len(self.checks)

    @property
    def word(self) -> str:
        """One word for the stage."""
        words = {check.word for check in self.checks}
        order = ("running", "error", "fail", "waiting", "pending", "warn", "ok", "skip")
        return next(word for word in order if word in words)


@dataclass(slots=True)
class SetupPageView:
    """Everything that the page of one Setup shows."""

    setup: SetupDetail
    stages: list[StageView]
    next_step: str
    engineer: str = ""

    @property
    def troubles(self) -> list[CheckView]:
        """The checks that someone has to put right, in the order of the page."""
        return [each for stage in self.stages for each in stage.checks if each.word in {"fail", "error"}]

    @property
    def questions(self) -> list[CheckView]:
        """The steps that only a person can confirm."""
        return [each for stage in self.stages for each in stage.checks if each.question]

    @property
    def enquiry(self) -> str:
        """Plain text for an enquiry: codes and versions; no name, number or address of anyone."""
        verdict = self.setup.overall.value if self.setup.overall else self.setup.state.value
        lines = [
            f"kaigo-gateway {__version__}",
            f"Setup {self.setup.id} {verdict} sha256:{self.setup.head_hash[:16]}",
            f"{platform.system()} {platform.release()} Python {platform.python_version()}",
        ]
        if self.setup.trouble is not None:
            lines.append(f"trouble {self.setup.trouble.code}")
        lines += [
            f"{check.id} {result.status.value} {result.reason_code}"
            f" ({result.plugin.name} {result.plugin.version})"
            for stage in self.stages
            for check in stage.checks
            for result in check.results
            if result.status is not Status.OK
        ]
        return "\n".join(lines)

    @property
    def word(self) -> str:
        """The verdict's sign: a status, or the state while there is no verdict yet."""
        state = self.setup.state.value
        if state in {"running", "waiting"}:
            return state
        if self.setup.overall is None:
            return "pending"
        return self.setup.overall.value


async def planned(gateway: Gateway, row: SetupRow) -> list[tuple[str, Stage, str, str]]:
    """The checks that the present plugins plan: id, stage, title, catalogue."""
    plan = await gateway.runner.plan(load_site(row.document))
    return [(step.check.id, step.check.stage, step.check.title, step.domain) for step in plan.in_order()]


def view_of(  # noqa: PLR0913, PLR0917 - everything a page is made from, by name
    gateway: Gateway,
    row: SetupRow,
    state: SetupState,
    plan: list[tuple[str, Stage, str, str]],
    running: dict[str, str],
    language: str,
) -> SetupPageView:
    """Put a Setup's page together."""
    detail = detail_of(gateway, row, state, language)
    asked = {question.check_id: question for question in detail.questions}
    books = books_of(gateway.host)
    rendered: dict[str, list[Result]] = {}
    for result in results_of(state.results.values(), books, language):
        rendered.setdefault(result.check_id, []).append(result)
    checks: dict[str, tuple[Stage, CheckView]] = {}
    for check_id, stage, title, domain in _with_recorded(plan, state):
        shown = translate(title, domain, language) if domain else title
        checks[check_id] = (stage, _check(check_id, shown, state, rendered, running, asked))
    stages = [
        StageView(stage, mine)
        for stage in STAGES
        if (mine := [check for where, check in checks.values() if where is stage])
    ]
    engineer = load_site(row.document).supporter.engineer
    return SetupPageView(detail, stages, next_step(detail), engineer)


def _with_recorded(
    plan: list[tuple[str, Stage, str, str]], state: SetupState
) -> list[tuple[str, Stage, str, str]]:
    """The plan, and what is recorded of checks that are no longer planned."""
    known = {check_id for check_id, *_ in plan}
    extra = [
        (result.check_id, result.stage, result.title, result.title_domain)
        for result in state.results.values()
        if result.check_id not in known
    ]
    return [*plan, *extra]


def _check(  # noqa: PLR0913, PLR0917 - one check's whole situation
    check_id: str,
    title: str,
    state: SetupState,
    rendered: dict[str, list[Result]],
    running: dict[str, str],
    asked: dict[str, Question],
) -> CheckView:
    history = state.history.get(check_id, [])
    present = state.results.get(check_id)
    view = CheckView(check_id, title, "pending", rendered.get(check_id, []))
    if present is not None:
        view.word, view.attempt, view.duration_ms = present.status.value, present.attempt, present.duration_ms
        if all(finding.status is Status.SKIP for finding in present.findings):
            view.word = "skip"
        history = history[:-1]
    if history:
        view.previous = history[-1]
    if check_id in running:
        view.word, view.line = "running", running[check_id]
    elif check_id in asked and present is None:
        view.word = "waiting"
        view.question = asked[check_id]
    return view
