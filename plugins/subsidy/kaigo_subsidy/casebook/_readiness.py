"""What must have been looked at before a claim is ready: the assessment and the pre-check (不備)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Verdict, Yen
from kaigo_gateway.model.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.claims import Claim

    from kaigo_subsidy.rules import RuleSet


class Readiness(Model):
    """What assessment and pre-check said on the day; ``rule_hash`` is the SHA-256 of the rule file."""

    verdict: Verdict
    grant: Yen
    rule_hash: str
    precheck: Status

    @property
    def passed(self) -> bool:
        """Something would be granted, and no attachment would be sent back."""
        return self.verdict is not Verdict.INELIGIBLE and self.precheck in {Status.OK, Status.WARN}


def readiness_of(
    office_number: str,
    claim: Claim,
    ruleset: RuleSet,
    attachments: Mapping[str, Sequence[Path]],
    readings: Mapping[str, str] | None = None,
) -> Readiness:
    """Assess a claim and look at its attachments.

    Raises :class:`InputError` for a claim of another office or programme, and for unreadable files.
    """
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.precheck import check_attachments

    given = f"{claim.office.number}/{claim.programme}/{claim.fiscal_year}"
    wanted = f"{office_number}/{ruleset.rules.id}"
    if given != wanted:
        raise InputError(
            N_("The claim file is of {given}, not of {wanted}."),
            N_("Name the claim file of this office, programme and fiscal year."),
            domain="kaigo_subsidy",
            given=given,
            wanted=wanted,
        )
    found = check_attachments(claim, ruleset, attachments)
    assessment = assess(claim, ruleset, readings, present=found.present)
    return Readiness(
        verdict=assessment.verdict,
        grant=assessment.grant,
        rule_hash=ruleset.hash,
        precheck=found.overall,
    )


def refuse_unready(readiness: Readiness | None, override: str) -> None:
    """Raise :class:`InputError` unless the claim passed or a person overrides it with a reason."""
    if override.strip() or (readiness is not None and readiness.passed):
        return
    remedy = N_("Mend the claim and try again, or give the reason with --override; it is recorded.")
    if readiness is None:
        raise InputError(
            N_("A claim becomes ready only after its assessment and the pre-check of its attachments."),
            N_("Name them with --claim and --attach, or give a reason with --override; it is recorded."),
            domain="kaigo_subsidy",
        )
    if readiness.verdict is Verdict.INELIGIBLE:
        raise InputError(
            N_("The claim is not ready: by the assessment nothing would be granted."),
            remedy,
            domain="kaigo_subsidy",
        )
    raise InputError(
        N_("The claim is not ready: the pre-check of its attachments ended with {status}."),
        remedy,
        domain="kaigo_subsidy",
        status=readiness.precheck,
    )
