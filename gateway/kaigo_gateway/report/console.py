"""A report as plain lines: words before glyphs, nothing that a Japanese Windows console cannot show."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.results import STAGES, Stage, Status, overall
from kaigo_gateway.report.wording import ACTORS, PHASES, STAGE_TITLES, STATUS_WORDS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kaigo_gateway.report.model import Report, Result


def word(status: Status, language: str | None = None) -> str:
    """The bracketed word of a status, such as ``[正常]`` or ``[WARN]``."""
    return f"[{translate(STATUS_WORDS[status], language=language)}]"


def result_lines(result: Result, language: str | None = None, *, inner: bool = False) -> Iterator[str]:
    """One result: the word and the sentence; below it the phases, code, remedy and who acts.

    ``inner`` is for one of several results of a check: indented, without the check's title.
    """
    indent = "      " if inner else "  "
    title = "" if inner else f"{result.title or result.check_id}: "
    subject = f"{result.subject}: " if result.subject else ""
    yield f"{indent}{word(result.status, language)} {title}{subject}{result.message}"
    below = indent + "       "
    if len(result.phases) > 1:
        yield f"{below}{phase_line(result, language)}"
    if result.status is Status.OK or not (result.remedy.steps or result.remedy.actor):
        return
    code = translate(N_("Code"), language=language)
    who = translate(ACTORS[result.remedy.actor], language=language) if result.remedy.actor else "-"
    yield f"{below}{code}: {result.reason_code}   {translate(N_('Who acts'), language=language)}: {who}"
    for number, step in enumerate(result.remedy.steps, 1):
        yield f"{below}{number}. {step}"


def phase_line(result: Result, language: str | None = None) -> str:
    """How far it came and how long each phase took; the one that failed carries its word."""
    shown = []
    for phase in result.phases:
        name = translate(PHASES.get(phase.name, phase.name), language=language)
        failed = "" if phase.status is Status.OK else f" {word(phase.status, language)}"
        shown.append(f"{name} {phase.ms:.0f} ms{failed}")
    return f"{translate(N_('Phases'), language=language)}: {' > '.join(shown)}"


def check_lines(results: Sequence[Result], language: str | None = None) -> Iterator[str]:
    """All results of one check: a single one on its line, several under the check's title."""
    if len(results) == 1:
        yield from result_lines(results[0], language)
        return
    gravest = overall([result.status for result in results])
    yield f"  {word(gravest, language)} {results[0].title or results[0].check_id}"
    for result in results:
        yield from result_lines(result, language, inner=True)


def stage_lines(stage: Stage, report: Report, language: str | None = None) -> Iterator[str]:
    """The results of one stage under its title; nothing for a stage without results."""
    results = [result for result in report.results if result.stage is stage]
    if not results:
        return
    yield ""
    yield translate(STAGE_TITLES[stage], language=language)
    for left, group in groupby(results, key=_left_to_a_setup):
        if left:
            yield from _left_lines([*group], language)
            continue
        for _, one in groupby(group, key=lambda result: result.check_id):
            yield from check_lines(list(one), language)


def _left_to_a_setup(result: Result) -> bool:
    """Whether this is a question to a person, which a check alone does not ask."""
    return result.reason_code == "QUESTION_OPEN"


def _left_lines(results: Sequence[Result], language: str | None) -> Iterator[str]:
    """What a person confirms in a Setup: its titles together, since nothing was found out about it."""
    text = N_("{count} confirmed by a person in a Setup, not asked here: {titles}")
    titles = translate(N_(", "), language=language).join(
        result.title or result.check_id for result in results
    )
    told = fill(translate(text, language=language), {"count": len(results), "titles": titles})
    yield f"  {word(Status.SKIP, language)} {told}"


def verdict_line(report: Report, language: str | None = None) -> str:
    """The one-glance verdict with counts."""
    counts = {status: sum(r.status is status for r in report.results) for status in Status}
    shown = " ".join(
        f"{translate(STATUS_WORDS[status], language=language).strip()} {count}"
        for status, count in counts.items()
        if count
    )
    verdict = translate(VERDICTS[report.overall], language=language)
    counted = fill(
        translate(N_("{verdict} ({counts})"), language=language), {"verdict": verdict, "counts": shown}
    )
    return f"{word(report.overall, language)} {counted}"


def report_lines(report: Report, language: str | None = None) -> Iterator[str]:
    """The whole report for a terminal."""
    if report.simulated:
        yield translate(SIMULATED, language=language)
    for stage in STAGES:
        yield from stage_lines(stage, report, language)
    yield from _money_lines(report, language)
    yield ""
    yield verdict_line(report, language)
    yield from _record_lines(report, language)


SIMULATED: Final = N_(
    "SIMULATED: every counterpart is a simulation on this machine. This is no evidence of a real site."
)


def _money_lines(report: Report, language: str | None) -> Iterator[str]:
    if not report.assessment:
        return
    yield ""
    yield translate(N_("Grant"), language=language)
    for key, label in AMOUNTS.items():
        if key in report.assessment:
            shown = fill(
                translate(N_("{amount} yen"), language=language), {"amount": f"{report.assessment[key]:,}"}
            )
            yield f"  {translate(label, language=language)}: {shown}"


def _record_lines(report: Report, language: str | None) -> Iterator[str]:
    if report.setup:
        text = (
            N_("Record {id}: sealed, head {head}") if report.setup.sealed else N_("Record {id}: not sealed")
        )
        values = {"id": report.setup.id, "head": report.setup.head_hash}
        yield fill(translate(text, language=language), values)
    if report.papers:
        yield translate(N_("Papers:"), language=language)
        yield from (f"  {path}" for path in report.papers)


AMOUNTS: Final = {
    "total_cost": N_("Total cost"),
    "eligible_cost": N_("Eligible cost"),
    "cap": N_("Upper limit"),
    "grant": N_("Grant amount"),
    "self_paid": N_("Paid by the office"),
}
