"""From the records of a Setup to a report in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import translate
from kaigo_gateway.model.results import STAGES, Finding, Stage
from kaigo_gateway.report.model import Report, Result, SetupRef, make_report, result_from_finding
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.model.reasons import ReasonBook
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.plugins import PluginHost
    from kaigo_gateway.setup import SetupState, StepResult

ASSESSMENT = "expense.assessment"


def books_of(host: PluginHost) -> list[ReasonBook]:
    """All reason books: the core's, the certificates', the probe's and the plugins'."""
    from kaigo_gateway.certificate import CERTIFICATE_REASONS
    from kaigo_gateway.probe import REASONS as PROBE_REASONS

    return [CORE_REASONS, CERTIFICATE_REASONS, PROBE_REASONS, *host.books()]


def results_of(steps: Iterable[StepResult], books: list[ReasonBook], language: str | None) -> list[Result]:
    """Every finding of every step, rendered; a check's time stands at its first finding."""
    results = []
    steps = list(steps)
    titles = {
        step.check_id: translate(step.title, step.title_domain, language) if step.title_domain else step.title
        for step in steps
    }
    for step in steps:
        for number, finding in enumerate(step.findings):
            result = result_from_finding(
                finding,
                check_id=step.check_id,
                stage=step.stage,
                title=titles[step.check_id],
                plugin=step.plugin,
                version=step.version,
                duration_ms=0.0 if number else step.duration_ms,
                books=books,
                language=language,
                titles=titles,
            )
            results.append(result)
    return results


def report_of(row: SetupRow, state: SetupState, host: PluginHost, language: str | None) -> Report:
    """The report of a Setup, its expense lines and its assessment."""
    order = {stage: number for number, stage in enumerate(STAGES)}
    steps = sorted(state.results.values(), key=lambda step: (order[step.stage], step.order, step.check_id))
    results = results_of(steps, books_of(host), language)
    return make_report(
        results,
        simulated=row.simulated,
        setup=SetupRef(id=row.id, sealed=state.sealed, head_hash=row.head_hash),
        office={"number": row.office_number, "name": row.office_name},
        expenses=tuple(line.model_dump(mode="json") for line in state.lines.values()),
        assessment=assessment_in(state.findings),
        papers=(),
    )


def assessment_in(findings: Mapping[str, tuple[Finding, ...]]) -> Mapping[str, Any] | None:
    """The assessment that the check of the last stage left as evidence."""
    for finding in findings.get(ASSESSMENT, ()):
        if "assessment" in finding.evidence:
            found: Mapping[str, Any] = finding.evidence["assessment"]
            return found
    return None


def stage_report(
    site: Site,
    steps: Iterable[StepResult],
    problems: Iterable[Finding],
    host: PluginHost,
    language: str | None,
) -> Report:
    """The report of one stage that ran without a Setup."""
    books = books_of(host)
    troubles = [
        result_from_finding(
            finding,
            check_id=f"plugins.{finding.subject}",
            stage=Stage.PLUGINS,
            plugin=str(finding.seen["plugin"]),
            version=str(finding.seen["version"]),
            books=books,
            language=language,
        )
        for finding in problems
    ]
    results = [*troubles, *results_of(steps, books, language)]
    return make_report(results, simulated=site.simulated)
