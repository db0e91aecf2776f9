"""What a rule file may say. One file is one programme in one fiscal year; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, Self

from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from pydantic import AfterValidator, Field, StrictInt, model_validator

from kaigo_subsidy._places import wrong
from kaigo_subsidy.rules._figure import Certainty, Count, Figure, Rate, Reference, references
from kaigo_subsidy.rules._medical import MedicalRules
from kaigo_subsidy.rules._office import OfficeRules

RULES_SCHEMA = "kaigo-gateway/grant-rules/1"
ASSESSED_READINGS: Final = {
    "same_category": ("sum", "once"),
    "short_stay_pair": ("once", "sum"),
    "reader_limit": ("largest", "sum"),
    "preventive_and_care": ("once", "sum"),
    "one_part_only": ("allowed", "refused"),
    "approved_other": ("exclude", "include"),
    "date_test": ("as_entered", "earlier_counts", "later_required"),
    "contested_category": ("as_fy2026", "as_secondary"),
    "medical_rounding": ("thousand", "none"),
    "medical_income": ("deducted", "kept"),
}
"""What the assessors ask for: a reading of another name would be printed and never be heard."""

Unit = Annotated[StrictInt, Field(ge=1)]


def _month_and_day(text: str) -> str:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise wrong(N_('month and day are expected, such as "04-30"')) from None
    return text


def _suffix(text: str) -> str:
    if not text.startswith(".") or text != text.lower():
        raise wrong(N_("a suffix such as .pdf is expected"))
    return text


MonthDay = Annotated[str, AfterValidator(_month_and_day)]


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
            raise wrong(N_("the window closes before it opens"))
        return self


class LatePeriod(Model):
    """Claims made on or after ``since`` are decided and paid by fixed days."""

    since: Figure[date]
    decision_by: Figure[date]
    payment_by: Figure[date]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.since.value <= self.decision_by.value <= self.payment_by.value:
            raise wrong(N_("since, decision_by and payment_by must follow each other"))
        return self


class Timetable(Model):
    """What follows a claim, in months after the month of application and fiscal years."""

    decision_months: Figure[Count]
    decision_months_latest: Figure[Count]
    payment_months: Figure[Count]
    late: LatePeriod | None = None
    tax_report_years: Figure[Count]
    tax_report_day: Figure[MonthDay]
    keep_years: Figure[Count]


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
            raise wrong(
                N_("the default {default} is none of {options}"),
                default=self.default,
                options=", ".join(self.options),
            )
        known = ASSESSED_READINGS.get(self.id)
        if known is None:
            raise wrong(
                N_("the assessor knows no reading of this name; it knows {names}"),
                names=", ".join(ASSESSED_READINGS),
            )
        if set(self.options) - set(known):
            raise wrong(N_("the assessor knows these options only: {options}"), options=", ".join(known))
        return self


class RuleDocument(Model):
    """An attachment of the claim."""

    code: str
    title: str
    title_en: str
    ref: Reference
    status: Certainty = "confirmed"
    max_files: Unit
    max_files_ref: Reference
    max_files_status: Certainty = "confirmed"


class FileRules(Model):
    """What an attachment may be."""

    suffixes: tuple[Annotated[str, AfterValidator(_suffix)], ...]
    max_bytes: Unit
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
    fiscal_year: Annotated[StrictInt, Field(ge=2019, le=2100)]
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
    near_start_days: Count = 30
    rate: Figure[Rate]
    rounding: Figure[Unit]
    claims_per_office: Figure[Unit]
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
            raise wrong(N_('give exactly one of "office" and "medical"'))
        ids = [reading.id for reading in self.readings]
        if len(set(ids)) != len(ids):
            raise wrong(N_("a reading stands twice"))
        if self.office and self.rate.value != 1:
            raise wrong(
                N_("the assessor of offices pays the whole cost up to the cap; another rate needs its own")
            )
        if self.work_from.value > self.window.closes.value:
            raise wrong(N_("work counts only from a day after the window has closed"))
        return self

    @model_validator(mode="after")
    def _references_name_their_source(self) -> Self:
        ids = [source.id for source in self.sources]
        if len(set(ids)) != len(ids):
            raise wrong(N_("a source stands twice"))
        for place, ref in references(self):
            if not any(name in ref for name in ids):
                raise wrong(
                    N_("the reference {ref} ({where}) names none of the sources: {ids}"),
                    ref=ref,
                    where=place,
                    ids=", ".join(ids),
                )
        return self

    @property
    def id(self) -> str:
        """Programme and fiscal year, for example ``kiban-office/2026``."""
        return f"{self.programme}/{self.fiscal_year}"
