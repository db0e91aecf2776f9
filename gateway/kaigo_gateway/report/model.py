"""The report contract ``kaigo-gateway/report/1``: language-free findings rendered for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ConfigDict, Field

from kaigo_gateway.i18n import translate
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.results import Actor, Finding, Phase, Stage, Status, overall

if TYPE_CHECKING:
    from kaigo_gateway.model.reasons import ReasonBook


class Remedy(Model):
    """What to do, step by step, and who does it."""

    steps: tuple[str, ...] = ()
    actor: Actor | None = None


class PluginRef(Model):
    """The plugin that a result comes from."""

    name: str
    version: str


class Result(Model):
    """One finding of one check, with its texts in one language."""

    check_id: str
    stage: Stage
    title: str = ""
    status: Status
    reason_code: str
    subject: str | None = None
    seen: Mapping[str, Any] = Field(default_factory=dict)
    message: str = ""
    remedy: Remedy = Remedy()
    phases: tuple[Phase, ...] = ()
    evidence: Mapping[str, Any] = Field(default_factory=dict)
    plugin: PluginRef
    duration_ms: float = 0.0


class SetupRef(Model):
    """Which Setup a report speaks of, and the head of its sealed record."""

    id: str
    sealed: bool = False
    head_hash: str = ""


class Report(Model):
    """A whole report. ``overall`` is the gravest status; the last four fields belong to a Setup's report."""

    model_config = ConfigDict(populate_by_name=True)

    schema_name: Literal["kaigo-gateway/report/1"] = Field(default="kaigo-gateway/report/1", alias="schema")
    overall: Status
    simulated: bool = False
    generated_at: str = ""
    version: str = ""
    results: tuple[Result, ...] = ()
    setup: SetupRef | None = None
    office: Mapping[str, Any] | None = None
    expenses: tuple[Mapping[str, Any], ...] | None = None
    assessment: Mapping[str, Any] | None = None
    papers: tuple[str, ...] | None = None
    timing: Mapping[str, float] | None = None

    def document(self) -> dict[str, Any]:
        """The JSON document of the contract; parts that do not apply are left out."""
        whole = self.model_dump(mode="json", by_alias=True)
        return {key: value for key, value in whole.items() if value is not None}


def _book_of(code: str, books: Iterable[ReasonBook]) -> ReasonBook | None:
    return next((book for book in books if code in book), None)


def _with_titles(seen: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """``seen`` with the titles of checks in the place of their ids."""
    return {
        key: [titles.get(item, item) for item in value]
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
        else value
        for key, value in seen.items()
    }


def result_from_finding(  # noqa: PLR0913 - every part of a result, by name
    finding: Finding,
    *,
    check_id: str,
    stage: Stage,
    title: str = "",
    plugin: str,
    version: str,
    duration_ms: float = 0.0,
    books: Iterable[ReasonBook] = (),
    language: str | None = None,
    titles: Mapping[str, str] | None = None,
) -> Result:
    """Render a finding; a code that no loaded book knows keeps its code and values.

    ``titles`` (check id → title) name other checks in the sentence, where a finding speaks of them.
    """
    book = _book_of(finding.reason_code, books)
    if book is not None:
        said = _with_titles(finding.seen, titles or {})
        message = book.message(finding.reason_code, said, language)
        steps = book.steps(finding.reason_code, said, language)
    else:
        message = translate("The plugin that explains this code is not loaded.", language=language)
        steps = []
    remedy = Remedy(steps=tuple(steps), actor=finding.actor)
    return Result(
        check_id=check_id,
        stage=stage,
        title=title,
        status=finding.status,
        reason_code=finding.reason_code,
        subject=finding.subject,
        seen=finding.seen,
        message=message,
        remedy=Remedy() if finding.status is Status.OK else remedy,
        phases=finding.phases,
        evidence=finding.evidence,
        plugin=PluginRef(name=plugin, version=version),
        duration_ms=round(duration_ms, 1),
    )


def make_report(results: Sequence[Result], **extra: Any) -> Report:
    """A report over ``results``; ``extra`` fills the optional parts."""
    from datetime import UTC, datetime

    from kaigo_gateway._version import __version__

    return Report(
        overall=overall([result.status for result in results]),
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        results=tuple(results),
        **extra,
    )
