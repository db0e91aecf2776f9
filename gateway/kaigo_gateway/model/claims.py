"""Claims and assessments of a grant: the input and output contract of ``grant assess``.

Money is int yen, tax included; dates are days in Japan. Unknown keys are refused. A claim holds what a person
or a Setup states; an assessment what a programme's rules make of it, line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.site import OfficeNumber, ServiceCode

ASSESSMENT_SCHEMA: Final = "kaigo-gateway/assessment/1"

Yen = Annotated[StrictInt, Field(ge=0, le=10**12)]
"""Yen, whole, not negative."""


class InstitutionKind(StrEnum):
    """What kind of 医療機関 applies (programme ``kiban-medical`` only)."""

    HOSPITAL = "hospital"
    CLINIC = "clinic"


class ClaimOffice(Model):
    """The applicant. A care office names ``services``, a medical institution ``kind`` and ``beds``."""

    number: OfficeNumber
    name: str = ""
    services: tuple[ServiceCode, ...] = ()
    nonprofit: StrictBool = False
    kind: InstitutionKind | None = None
    beds: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None


class Claim(Model):
    """One claim of one office for one programme and fiscal year (2026 is 令和8年度)."""

    programme: str = Field(min_length=1)
    fiscal_year: Annotated[StrictInt, Field(ge=2019, le=2100)]
    applied_on: date
    donations: Yen = 0
    other_income: Yen = 0
    office: ClaimOffice
    expenses: tuple[ExpenseLine, ...] = ()


class Verdict(StrEnum):
    """``eligible``: every line counts in full; ``partly``: some do; ``ineligible``: nothing is granted."""

    ELIGIBLE = "eligible"
    PARTLY = "partly"
    INELIGIBLE = "ineligible"


class AssessedLine(Model):
    """What a line counts for. ``index`` counts the claim's expenses from 0."""

    index: int = Field(ge=0)
    eligible_amount: int = Field(ge=0, description="yen")
    reason_codes: tuple[str, ...] = ()


class Notice(Model):
    """Something the applicant should know; ``values`` let it be said again in another language."""

    code: str
    message: str
    values: Mapping[str, Any] = Field(default_factory=dict)


class Document(Model):
    """A paper the claim needs; ``present`` is None where nobody has looked yet."""

    code: str
    title: str
    needed: bool
    present: bool | None = None


class ClaimDates(Model):
    """The days that follow from the rules and the day of application."""

    window_opens: date
    window_closes: date
    decision_by: date
    payment_by: date
    tax_report_by: date
    keep_until: date


class RuleReference(Model):
    """Which rules were applied, so that the result can be repeated years later."""

    id: str
    version: str
    hash: str = Field(description="SHA-256 of the rule file as it was read")
    references: tuple[str, ...] = ()
    readings: Mapping[str, str] = Field(
        default_factory=dict, description="chosen reading of each open question of the rules"
    )


class BundleEvaluation(Model):
    """一体的: a Setup's evaluation of whether CarePlan and platform support were one engagement."""

    bundled: bool
    reason_codes: tuple[str, ...] = Field(default=(), description="what speaks for it or against it")
    rule: str = Field(default="", description="reference of the rule that was applied")
    rule_version: str = ""
    inputs: Mapping[str, str] = Field(
        default_factory=dict, description="check id to SHA-256 of its results (canonical JSON, RFC 8785)"
    )
    certificate_sha256: str | None = Field(default=None, description="the certificate that both showed")


class Assessment(Model):
    """The result of ``grant assess``. Dump it with :meth:`document`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_id: Literal["kaigo-gateway/assessment/1"] = Field(default=ASSESSMENT_SCHEMA, alias="schema")
    programme: str
    fiscal_year: int
    rule: RuleReference
    verdict: Verdict
    cap: int = Field(ge=0, description="yen")
    reader_limit: int = Field(ge=0)
    total_cost: int = Field(description="yen; everything that was entered, discounts taken off")
    eligible_cost: int = Field(ge=0, description="yen; the sum of the lines' eligible amounts")
    grant: int = Field(ge=0, description="yen")
    self_paid: int = Field(ge=0, description="yen of the total cost that the grant does not cover")
    lines: tuple[AssessedLine, ...] = ()
    notices: tuple[Notice, ...] = ()
    documents: tuple[Document, ...] = ()
    dates: ClaimDates
    bundle: BundleEvaluation | None = Field(default=None, description="only where a Setup evaluated it")

    def document(self) -> dict[str, Any]:
        """The contract's JSON object; without ``bundle`` where nobody evaluated it."""
        left_out = {"bundle"} if self.bundle is None else set()
        return self.model_dump(mode="json", by_alias=True, exclude=left_out)
