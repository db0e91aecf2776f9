"""What a rule file may say. One file is one programme in one fiscal year; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from pydantic import Field, model_validator

from kaigo_subsidy.rules._figure import Certainty, Figure, Rate, Reference, references
from kaigo_subsidy.rules._medical import MedicalRules
from kaigo_subsidy.rules._office import OfficeRules

RULES_SCHEMA = "kaigo-gateway/grant-rules/1"


class Source(Model):
    """A text the rules were taken from."""

    id: str
    title: str
    dated: date | None = None
    address: str = ""


class Window(Model):
    """When a claim can be made."""

    opens: Figure[date]
    closes: Figure[date]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens.value > self.closes.value:
            raise ValueError("the window closes before it opens")
        return self


class LatePeriod(Model):
    """Claims made on or after ``since`` are decided and paid by fixed days."""

    since: Figure[date]
    decision_by: Figure[date]
    payment_by: Figure[date]


class Timetable(Model):
    """What follows a claim, in months after the month of application and fiscal years."""

    decision_months: Figure[int]
    decision_months_latest: Figure[int]
    payment_months: Figure[int]
    late: LatePeriod | None = None
    tax_report_years: Figure[int]
    tax_report_day: Figure[str]
    keep_years: Figure[int]


class Option(Model):
    """What an option of an open question means, for people."""

    ja: str
    en: str


class Reading(Model):
    """A question the sources leave open: its options, and the one taken unless a setting differs."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    options: dict[str, Option] = Field(min_length=2)
    default: str
    question: str
    question_en: str
    ref: Reference

    @model_validator(mode="after")
    def _default_is_an_option(self) -> Self:
        if self.default not in self.options:
            raise ValueError(f"the default {self.default!r} is none of {', '.join(self.options)}")
        return self


class RuleDocument(Model):
    """An attachment of the claim."""

    code: str
    title: str
    title_en: str
    ref: Reference
    status: Certainty = "confirmed"
    max_files: int = Field(ge=1)
    max_files_ref: Reference
    max_files_status: Certainty = "confirmed"


class FileRules(Model):
    """What an attachment may be."""

    suffixes: tuple[str, ...]
    max_bytes: int = Field(gt=0)
    ref: Reference
    status: Certainty = "confirmed"


class Words(Model):
    """Words by which a description betrays what is not paid, or is no description."""

    terminals: tuple[str, ...] = ()
    terminals_unless: tuple[str, ...] = ()
    lump: tuple[str, ...] = ()
    ref: Reference
    status: Certainty = "confirmed"


class Rules(Model):
    """The rules of one programme in one fiscal year. ``version`` is the rule file's, not the programme's."""

    schema_id: Literal["kaigo-gateway/grant-rules/1"] = Field(alias="schema")
    programme: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    fiscal_year: int
    version: str
    title: str
    title_en: str
    applicant: str
    sources: tuple[Source, ...] = Field(min_length=1)
    overall_status: Certainty = "confirmed"
    overall_note: str = ""
    overall_note_en: str = ""
    window: Window
    work_from: Figure[date]
    near_start_days: int = 30
    rate: Figure[Rate]
    rounding: Figure[int]
    claims_per_office: Figure[int]
    stamp_duty_from: Figure[Yen]
    timetable: Timetable
    readings: tuple[Reading, ...] = ()
    documents: tuple[RuleDocument, ...] = ()
    files: FileRules
    words: Words
    office: OfficeRules | None = None
    medical: MedicalRules | None = None

    @model_validator(mode="after")
    def _one_applicant(self) -> Self:
        if (self.office is None) == (self.medical is None):
            raise ValueError('give exactly one of "office" and "medical"')
        ids = [reading.id for reading in self.readings]
        if len(set(ids)) != len(ids):
            raise ValueError("a reading stands twice")
        if self.office and self.rate.value != 1:
            raise ValueError(
                "the office assessor pays the whole cost up to the cap; another rate needs its own"
            )
        return self

    @model_validator(mode="after")
    def _references_name_their_source(self) -> Self:
        ids = [source.id for source in self.sources]
        if len(set(ids)) != len(ids):
            raise ValueError("a source stands twice")
        for place, ref in references(self):
            if not any(name in ref for name in ids):
                raise ValueError(f"{place}: the reference {ref!r} names none of the sources")
        return self

    @property
    def id(self) -> str:
        """Programme and fiscal year, for example ``kiban-office/2026``."""
        return f"{self.programme}/{self.fiscal_year}"
