"""What a rule file may say. One file is one programme in one fiscal year; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeVar

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import InstitutionKind, Yen
from kaigo_gateway.model.site import ServiceCode
from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

RULES_SCHEMA = "kaigo-gateway/grant-rules/1"
T = TypeVar("T")


def _fraction(value: object) -> object:
    """Rates are written as strings, ``"3/4"``: a float would already be wrong."""
    if not isinstance(value, str):
        raise ValueError('write a rate as a string such as "3/4"')  # noqa: TRY004 - pydantic wants ValueError
    return Fraction(value)


Rate = Annotated[
    Fraction, Field(ge=0, le=1), BeforeValidator(_fraction), PlainSerializer(str, return_type=str)
]


class Figure(Model, Generic[T]):
    """One value of a rule with its place in the sources, and whether that place is certain."""

    value: T
    ref: str = Field(min_length=1, description="article or page, for example 要綱 第4条")
    status: Literal["confirmed", "unconfirmed"] = "confirmed"
    note: str = ""


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
    ref: str

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
    max_files: int = Field(ge=1)
    ref: str
    status: Literal["confirmed", "unconfirmed"] = "confirmed"


class FileRules(Model):
    """What an attachment may be."""

    suffixes: tuple[str, ...]
    max_bytes: int = Field(gt=0)
    ref: str


class Category(Model):
    """補助対象の区分: its cap and how many readers count."""

    title: str
    title_en: str
    cap: Figure[Yen]
    readers: Figure[int]


class Service(Model):
    """サービス種類コード and its category; ``short_stay_of`` names the service it is the 短期利用型 of."""

    code: ServiceCode
    name: str
    category: str
    short_stay_of: ServiceCode | None = None


class Preventive(Model):
    """A preventive service that is read as its care service."""

    code: ServiceCode
    reads_as: ServiceCode


class OfficeRules(Model):
    """The part of a programme that care offices claim from."""

    categories: dict[str, Category]
    services: tuple[Service, ...]
    services_ref: str
    services_expected: int
    contested_services: dict[ServiceCode, str] = Field(
        default_factory=dict, description="code to the category that another source prints"
    )
    preventive: Figure[tuple[Preventive, ...]]
    excluded_services: Figure[tuple[ServiceCode, ...]]
    bundling_from: Figure[date] | None = None

    @model_validator(mode="after")
    def _no_gap_no_overlap(self) -> Self:
        codes = [service.code for service in self.services]
        if len(set(codes)) != len(codes):
            raise ValueError("a service code stands twice")
        if len(codes) != self.services_expected:
            raise ValueError(f"{self.services_expected} service codes are expected, {len(codes)} stand here")
        self._refuse_strangers(set(codes))
        return self

    def _refuse_strangers(self, codes: set[str]) -> None:
        strangers = {service.category for service in self.services} - set(self.categories)
        if strangers:
            raise ValueError(f"no such category: {', '.join(sorted(strangers))}")
        read_as = {pair.reads_as for pair in self.preventive.value}
        read_as |= {service.short_stay_of for service in self.services if service.short_stay_of}
        if read_as - codes:
            raise ValueError(f"not a listed service: {', '.join(sorted(read_as - codes))}")
        preventive = [pair.code for pair in self.preventive.value]
        outside = [*preventive, *self.excluded_services.value]
        if len(set(outside)) != len(outside) or set(outside) & codes:
            raise ValueError("a service code is listed in two ways")


class Band(Model):
    """医療機関 of one kind and size: ``beds_from`` to ``beds_to`` (none: no upper end), both included."""

    kind: InstitutionKind
    beds_from: int = Field(ge=0)
    beds_to: int | None = None
    rate: Figure[Rate]
    cap: Figure[Yen]

    @property
    def id(self) -> str:
        """``hospital 0-199``, ``hospital 200-``."""
        return f"{self.kind} {self.beds_from}-{'' if self.beds_to is None else self.beds_to}"


class MedicalRules(Model):
    """The part of a programme that medical institutions claim from."""

    bands: tuple[Band, ...]

    @model_validator(mode="after")
    def _no_gap_no_overlap(self) -> Self:
        for kind in InstitutionKind:
            expected: int | None = 0
            for band in sorted((b for b in self.bands if b.kind is kind), key=lambda b: b.beds_from):
                if expected is None or band.beds_from < expected:
                    raise ValueError(f"two bands of {kind} overlap at {band.beds_from} beds")
                if band.beds_from > expected:
                    raise ValueError(f"no band of {kind} covers {expected} beds")
                expected = None if band.beds_to is None else band.beds_to + 1
            if expected is not None:
                raise ValueError(f"no band of {kind} covers {expected} beds and more")
        return self


class Words(Model):
    """Words by which a description betrays what is not paid, or is no description."""

    terminals: tuple[str, ...] = ()
    terminals_unless: tuple[str, ...] = ()
    lump: tuple[str, ...] = ()
    ref: str


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
    overall_status: Literal["confirmed", "unconfirmed"] = "confirmed"
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

    @property
    def id(self) -> str:
        """Programme and fiscal year, for example ``kiban-office/2026``."""
        return f"{self.programme}/{self.fiscal_year}"
