"""What must have been looked at before a claim is handed in: the assessment and the pre-check (不備)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.cases import Examination, MoveRefused
from kaigo_gateway.model.claims import Verdict, Yen
from kaigo_gateway.model.results import Status
from pydantic import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.cases import CaseEntry
    from kaigo_gateway.model.claims import Assessment, Claim

    from kaigo_subsidy.precheck import Precheck
    from kaigo_subsidy.rules import RuleSet

FACT = "readiness"


class Readiness(Model):
    """What assessment and pre-check said on the day; ``rule_hash`` is the SHA-256 of the rule file.

    ``office`` is the office number of the claim that was looked at.
    """

    verdict: Verdict
    grant: Yen
    rule_hash: str
    precheck: Status
    office: str = ""

    @property
    def passed(self) -> bool:
        """Something would be granted, and no attachment would be sent back."""
        return self.verdict is not Verdict.INELIGIBLE and self.precheck in {Status.OK, Status.WARN}


def examine(
    claim: Claim,
    ruleset: RuleSet,
    files: Mapping[str, Sequence[Path]],
    readings: Mapping[str, str] | None = None,
    *,
    bundle: bool | None = None,
) -> Examination:
    """Assess a claim and look at its attachments; ``facts`` are what a move records.

    ``bundle`` is a Setup's own evaluation of 一体的. Raises :class:`InputError` for a claim of another
    programme, and for unreadable files.
    """
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.precheck import check_attachments

    given, wanted = f"{claim.programme}/{claim.fiscal_year}", ruleset.rules.id
    if given != wanted:
        raise InputError(
            N_("The claim file is of {given}, not of {wanted}."),
            N_("Name the claim file of this office, programme and fiscal year."),
            domain="kaigo_subsidy",
            given=given,
            wanted=wanted,
        )
    found = check_attachments(claim, ruleset, files)
    assessment = assess(claim, ruleset, readings, bundle=bundle, present=found.present)
    readiness = readiness_of(assessment, found, claim.office.number)
    return Examination({FACT: readiness.model_dump(mode="json")}, _document(found, assessment, readiness))


def readiness_of(assessment: Assessment, found: Precheck, office: str) -> Readiness:
    """The two results in short."""
    return Readiness(
        verdict=assessment.verdict,
        grant=assessment.grant,
        rule_hash=assessment.rule.hash,
        precheck=found.overall,
        office=office,
    )


def _document(found: Precheck, assessment: Assessment, readiness: Readiness) -> dict[str, object]:
    short = {"verdict": str(assessment.verdict), "grant": assessment.grant, "passed": readiness.passed}
    return {**found.document(), "assessment": short}


def refuse_unready(entry: CaseEntry, office: str) -> None:
    """Raise :class:`MoveRefused` unless the claim passed or a person overrides it with a reason."""
    readiness = _readiness_in(entry)
    if readiness is not None and readiness.office not in {"", office}:
        raise MoveRefused(
            N_("The claim file is of {given}, not of {wanted}."),
            N_("Name the claim file of this office, programme and fiscal year."),
            domain="kaigo_subsidy",
            given=readiness.office,
            wanted=office,
        )
    if entry.override.strip() or (readiness is not None and readiness.passed):
        return
    raise _unready(readiness)


def _readiness_in(entry: CaseEntry) -> Readiness | None:
    if FACT not in entry.facts:
        return None
    try:
        return Readiness.model_validate(entry.facts[FACT])
    except ValidationError:
        raise MoveRefused(
            N_("What is given as the result of the pre-check is none."),
            N_("Have the claim and its attachments looked at again."),
            domain="kaigo_subsidy",
        ) from None


def _unready(readiness: Readiness | None) -> MoveRefused:
    remedy = N_(
        "Mend the claim and try again, or give a reason why it is right all the same; it is recorded."
    )
    if readiness is None:
        return MoveRefused(
            N_("A claim is handed in only after its assessment and the pre-check of its attachments."),
            N_("Name the claim and its attachments, or give a reason why they are left out; it is recorded."),
            domain="kaigo_subsidy",
        )
    if readiness.verdict is Verdict.INELIGIBLE:
        return MoveRefused(
            N_("The claim is not ready: by the assessment nothing would be granted."),
            remedy,
            domain="kaigo_subsidy",
        )
    return MoveRefused(
        N_("The claim is not ready: the pre-check of its attachments found something to mend."),
        remedy,
        domain="kaigo_subsidy",
    )
