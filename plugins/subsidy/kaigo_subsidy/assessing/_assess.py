"""From claim to assessment. No clock, no network, no file: the same input gives the same output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaigo_gateway.model.claims import (
    AssessedLine,
    Assessment,
    ClaimDates,
    Document,
    Notice,
    RuleReference,
    Verdict,
)
from kaigo_gateway.model.results import Status

from kaigo_subsidy.assessing._dates import claim_dates, keep_until, latest_notice
from kaigo_subsidy.assessing._medical import assess_medical
from kaigo_subsidy.assessing._office import assess_office
from kaigo_subsidy.assessing._readings import alternatives, chosen_readings
from kaigo_subsidy.reasons import REASONS, message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.assessing._outcome import Outcome
    from kaigo_subsidy.rules import RuleSet


def core_outcome(
    claim: Claim, ruleset: RuleSet, readings: Mapping[str, str], bundle: bool | None = None
) -> Outcome:
    """The amounts under exactly these readings, without alternatives and texts."""
    assessor = assess_office if ruleset.rules.office else assess_medical
    return assessor(claim, ruleset, readings, bundle)


def assess(
    claim: Claim,
    ruleset: RuleSet,
    readings: Mapping[str, str] | None = None,
    *,
    bundle: bool | None = None,
    present: Mapping[str, bool] | None = None,
) -> Assessment:
    """Assess a claim. Amounts in yen; texts in the current language.

    ``readings`` overrule the rule file's reading of open questions; ``bundle`` is a Setup's verdict on
    whether CarePlan and platform support were one engagement (None: judge by the claim's supporters);
    ``present`` says which attachments a pre-check found. Raises :class:`InputError` for a claim that
    cannot be assessed at all (an unknown option, a hospital without beds).
    """
    chosen = chosen_readings(ruleset.rules, readings)
    outcome = core_outcome(claim, ruleset, chosen, bundle)
    dates = claim_dates(claim, ruleset.rules)
    notices = list(_notices(claim, ruleset, chosen, bundle, outcome, dates))
    total = sum(line.amount for line in claim.expenses)
    return Assessment(
        programme=claim.programme,
        fiscal_year=claim.fiscal_year,
        rule=_reference(ruleset, chosen),
        verdict=_verdict(outcome),
        cap=outcome.cap,
        reader_limit=outcome.reader_limit,
        total_cost=total,
        eligible_cost=outcome.eligible_cost,
        grant=outcome.grant,
        self_paid=max(0, total - outcome.grant),
        lines=tuple(
            AssessedLine(index=j.index, eligible_amount=j.amount, reason_codes=tuple(j.codes))
            for j in outcome.lines
        ),
        notices=tuple(Notice(code=c, message=message(c, v), values=v) for c, v in notices),
        documents=tuple(_documents(ruleset, present or {})),
        dates=dates,
    )


def _verdict(outcome: Outcome) -> Verdict:
    """``partly`` where a line carries a reason that shuts it out; what is only remarked stays eligible."""
    if not outcome.grant:
        return Verdict.INELIGIBLE
    shut_out = any(REASONS[code].status is Status.FAIL for judged in outcome.lines for code in judged.codes)
    return Verdict.PARTLY if shut_out else Verdict.ELIGIBLE


def _reference(ruleset: RuleSet, chosen: Mapping[str, str]) -> RuleReference:
    rules = ruleset.rules
    return RuleReference(
        id=rules.id,
        version=rules.version,
        hash=ruleset.hash,
        references=tuple(f"{s.id}: {s.title}" for s in rules.sources),
        readings=dict(chosen),
    )


def _notices(  # noqa: PLR0913, PLR0917 - what an assessment is made of
    claim: Claim,
    ruleset: RuleSet,
    chosen: Mapping[str, str],
    bundle: bool | None,
    outcome: Outcome,
    dates: ClaimDates,
) -> Iterator[tuple[str, dict[str, Any]]]:
    rules = ruleset.rules
    if not claim.expenses:
        yield "NOTHING_CLAIMED", {}
    yield from outcome.notices
    yield from alternatives(rules, chosen, outcome, lambda other: core_outcome(claim, ruleset, other, bundle))
    if rules.timetable.decision_months.status == "unconfirmed":
        days = {"decision_by": dates.decision_by.isoformat(), "payment_by": dates.payment_by.isoformat()}
        latest = latest_notice(claim.applied_on, rules)
        yield "DATES_FROM_GUIDE", {**days, "latest": latest.isoformat()}
        keep = keep_until(latest, rules)
        if keep > dates.keep_until:
            yield "KEEP_A_YEAR_LONGER", {"latest": latest.isoformat(), "keep_until": keep.isoformat()}
    if rules.overall_status == "unconfirmed":
        notes = {"note_en": rules.overall_note_en, "note_ja": rules.overall_note}
        yield "RULES_UNCONFIRMED", {"rule": rules.id, **notes}


def _documents(ruleset: RuleSet, present: Mapping[str, bool]) -> Iterator[Document]:
    for document in ruleset.rules.documents:
        yield Document(
            code=document.code, title=document.title, needed=True, present=present.get(document.code)
        )
