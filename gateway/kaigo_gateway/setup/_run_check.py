"""Running one check: under its time limit, in isolation, its evidence cut to the declared keys."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import GatewayError, NotInstalled
from kaigo_gateway.ledger import canonical
from kaigo_gateway.model.descriptors import CheckContext, Waiting
from kaigo_gateway.model.results import Finding
from kaigo_gateway.plugins._isolation import Exited, TookTooLong, guarded
from kaigo_gateway.plugins._loader import describe
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.redaction import Redactor
    from kaigo_gateway.setup._plan import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check gave: findings, or the question it waits for."""

    findings: tuple[Finding, ...]
    duration_ms: float
    waiting: Waiting | None = None


async def run_check(step: Step, context: CheckContext, redactor: Redactor) -> Outcome:
    """Run ``step``; whatever it does becomes an outcome. Only a cancellation passes through."""
    begin = time.perf_counter()
    waiting: Waiting | None = None
    findings: Sequence[Finding] = ()
    try:
        given = await guarded(partial(step.check.run, context), step.check.time_limit)
        findings = _as_findings(given)
    except Waiting as asked:
        waiting = asked
        if not asked.key or asked.key in context.answered:
            waiting, findings = None, [_explain(TypeError("waits for what was answered already"), step)]
    except Exception as error:  # noqa: BLE001 - a check may raise anything
        findings = [_explain(error, step)]
    elapsed = (time.perf_counter() - begin) * 1000
    return Outcome(_recordable(findings, step, redactor), round(elapsed, 1), waiting)


def _as_findings(given: Any) -> list[Finding]:
    findings = [given] if isinstance(given, Finding) else list(given or ())
    if not findings or not all(isinstance(each, Finding) for each in findings):
        raise TypeError(f"{type(given).__name__} instead of findings")
    return findings


def _explain(error: Exception, step: Step) -> Finding:
    who = {"plugin": step.plugin, "version": step.version}
    if isinstance(error, NotInstalled):
        return CORE_REASONS.finding("NOT_INSTALLED", seen={"what": error.what, "how": error.how})
    if isinstance(error, GatewayError):
        return CORE_REASONS.finding("CHECK_COULD_NOT_RUN", seen={"detail": error.text("en")})
    if isinstance(error, TookTooLong):
        return CORE_REASONS.finding("CHECK_TIMED_OUT", seen={**who, "seconds": step.check.time_limit})
    code = {Exited: "CHECK_EXITED", TypeError: "CHECK_WRONG_RESULT"}.get(type(error), "CHECK_CRASHED")
    return CORE_REASONS.finding(code, seen={**who, "detail": describe(error)})


def _recordable(findings: Sequence[Finding], step: Step, redactor: Redactor) -> tuple[Finding, ...]:
    """The findings as they may be recorded; values that JSON cannot hold make the result a wrong one."""
    try:
        cut = tuple(_clean(finding, step, redactor) for finding in findings)
        canonical([finding.model_dump(mode="json") for finding in cut])
    except (ValueError, RecursionError) as error:
        seen = {"plugin": step.plugin, "version": step.version, "detail": describe(error)}
        return (CORE_REASONS.finding("CHECK_WRONG_RESULT", seen=redactor.clean(seen)),)
    return cut


def _clean(finding: Finding, step: Step, redactor: Redactor) -> Finding:
    """Keep declared evidence only, and no secret by value anywhere."""
    allowed = {key: value for key, value in finding.evidence.items() if key in step.check.evidence}
    return finding.model_copy(
        update={"seen": redactor.clean(dict(finding.seen)), "evidence": redactor.clean(allowed)}
    )


def with_results(context: CheckContext, results: Any) -> CheckContext:
    """The context with the results known so far."""
    return replace(context, results=results)
