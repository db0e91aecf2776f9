"""The check ``expense.assessment``: what the recorded expenses of a Setup would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import BundleEvaluation, Verdict
from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import Stage, Status

from kaigo_subsidy._calendar import fiscal_year
from kaigo_subsidy._site_rules import sets_of
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.intake import setup_claim
from kaigo_subsidy.reasons import REASONS, grouped
from kaigo_subsidy.settings import SubsidySettings
from kaigo_subsidy.vendors import offered_programmes, vendor_assessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.claims import Assessment, Claim
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.model.site import Site

    from kaigo_subsidy.rules import RuleSet

RECORDS: Final = "expense.records"
BUNDLE: Final = "careplan.bundle"
_CODES: Final = {
    Verdict.ELIGIBLE: "GRANT_ELIGIBLE",
    Verdict.PARTLY: "GRANT_PARTLY",
    Verdict.INELIGIBLE: "GRANT_INELIGIBLE",
}


def expense_checks(site: Site) -> Sequence[Check]:
    """The assessment; the pre-check of attachments only where the site file names some."""
    assessment = Check(
        id="expense.assessment",
        stage=Stage.EXPENSE,
        title=N_("Assess the expenses by the grant's rules"),
        run=assess_setup,
        needs=(RECORDS,),
        order=200,
        time_limit=30.0,
        evidence=("assessment",),
    )
    attachments = Check(
        id="expense.attachments",
        stage=Stage.EXPENSE,
        title=N_("Pre-check of the attachments"),
        run=precheck_setup,
        needs=(RECORDS,),
        order=210,
        time_limit=60.0,
    )
    named = site.plugins.get("subsidy", {}).get("attachments")
    return [assessment, attachments] if named else [assessment]


def assess_setup(context: CheckContext) -> Finding:
    """Assess the recorded lines; ok, warn or fail by the verdict, the assessment as evidence."""
    settings = context.settings or SubsidySettings()
    lines = recorded_lines(context)
    if not lines:
        return REASONS.finding("GRANT_NO_EXPENSES")
    year = settings.fiscal_year or fiscal_year(context.today)
    try:
        claim = claim_of(context, settings, year, lines)
        ruleset = _rules(context, settings, year)
        if ruleset is None:
            other = vendor_assessment(claim, offered_programmes(context.offered))
            return finding_of(other) if other else _unknown(context, year)
        assessment = assess(
            claim,
            ruleset,
            settings.readings,
            bundle=bundle_verdict(context),
            present=_present(ruleset, settings),
        )
    except InputError as error:
        return REASONS.finding("GRANT_SETTINGS_WRONG", seen={"why": error.text()})
    return finding_of(assessment.model_copy(update={"bundle": bundle_evaluation(context)}))


def precheck_setup(context: CheckContext) -> list[Finding]:
    """Look at the attachments that the site file names, against the recorded lines."""
    from kaigo_subsidy.precheck import check_attachments

    settings = context.settings or SubsidySettings()
    year = settings.fiscal_year or fiscal_year(context.today)
    try:
        ruleset = _rules(context, settings, year)
        if ruleset is None:
            return [_unknown(context, year)]
        claim = claim_of(context, settings, year, recorded_lines(context))
        files = {code: [context.site.path(p) for p in paths] for code, paths in settings.attachments.items()}
        found = check_attachments(claim, ruleset, files)
    except InputError as error:
        return [REASONS.finding("GRANT_SETTINGS_WRONG", seen={"why": error.text()})]
    return [
        finding.model_copy(update={"subject": code})
        for code, findings in found.findings.items()
        for finding in findings
    ]


def _rules(context: CheckContext, settings: SubsidySettings, year: int) -> RuleSet | None:
    sets = sets_of(context.site, settings, context.rules_folder)
    return sets.get(f"{context.site.programme}/{year}")


def _unknown(context: CheckContext, year: int) -> Finding:
    return REASONS.finding(
        "GRANT_PROGRAMME_UNKNOWN", seen={"programme": context.site.programme, "year": year}
    )


def _present(ruleset: RuleSet, settings: SubsidySettings) -> dict[str, bool]:
    """Which documents the site file names; empty (not looked at) where it names none."""
    if not settings.attachments:
        return {}
    return {d.code: bool(settings.attachments.get(d.code)) for d in ruleset.rules.documents}


def recorded_lines(context: CheckContext) -> list[dict[str, Any]]:
    """The expense lines that the core collected from all plugins."""
    found = context.results.get(RECORDS, ())
    return [dict(line) for finding in found for line in finding.evidence.get("lines", ())]


def bundle_verdict(context: CheckContext) -> bool | None:
    """Whether the Setup proved one engagement; None where nobody evaluated it."""
    found = context.results.get(BUNDLE, ())
    if not found:
        return None
    return all(finding.status in {Status.OK, Status.WARN} for finding in found)


def bundle_evaluation(context: CheckContext) -> BundleEvaluation | None:
    """The evaluation itself, as its check entered it in the record; None where nobody evaluated it."""
    verdict, found = bundle_verdict(context), context.results.get(BUNDLE, ())
    if verdict is None or "inputs" not in found[0].evidence:
        return None
    evidence = found[0].evidence
    return BundleEvaluation(
        bundled=verdict,
        reason_codes=tuple(finding.reason_code for finding in found),
        rule=evidence.get("rule", ""),
        rule_version=evidence.get("rule_version", ""),
        inputs=evidence["inputs"],
        certificate_sha256=evidence.get("certificate_sha256"),
    )


def claim_of(
    context: CheckContext, settings: SubsidySettings, year: int, lines: list[dict[str, Any]]
) -> Claim:
    """The claim that this Setup would make today. Raises :class:`InputError`."""
    return setup_claim(context.site, settings, year, context.today, lines)


def finding_of(assessment: Assessment) -> Finding:
    """The assessment as a result of the Setup."""
    codes = {code for line in assessment.lines for code in line.reason_codes}
    codes |= {
        n.code for n in assessment.notices if n.code in REASONS and REASONS[n.code].status is Status.FAIL
    }
    seen = {
        "grant": assessment.grant,
        "cap": assessment.cap,
        "total_cost": assessment.total_cost,
        "rule": assessment.rule.id,
        "codes": sorted(codes),
    }
    return REASONS.finding(
        _CODES[assessment.verdict], seen=grouped(seen), evidence={"assessment": assessment.document()}
    )
