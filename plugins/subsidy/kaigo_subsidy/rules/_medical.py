"""The part of a rule file that medical institutions claim from."""

from __future__ import annotations

from typing import Self

from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import InstitutionKind, Yen
from pydantic import Field, model_validator

from kaigo_subsidy._places import wrong
from kaigo_subsidy.rules._figure import Count, Figure, Rate


class Band(Model):
    """医療機関 of one kind and size: ``beds_from`` to ``beds_to`` (none: no upper end), both included."""

    kind: InstitutionKind
    beds_from: Count
    beds_to: Count | None = None
    rate: Figure[Rate]
    cap: Figure[Yen]

    @property
    def id(self) -> str:
        """``hospital 0-199``, ``hospital 200-``."""
        return f"{self.kind} {self.beds_from}-{'' if self.beds_to is None else self.beds_to}"


class MedicalRules(Model):
    """The part of a programme that medical institutions claim from."""

    bands: tuple[Band, ...]
    clinic_beds: Figure[Count] | None = Field(default=None, description="most beds that a clinic can have")

    @model_validator(mode="after")
    def _no_gap_no_overlap(self) -> Self:
        for kind in InstitutionKind:
            expected: int | None = 0
            for band in sorted((b for b in self.bands if b.kind is kind), key=lambda b: b.beds_from):
                if expected is None or band.beds_from < expected:
                    raise wrong(
                        N_("two bands of {kind} overlap at {beds} beds"), kind=str(kind), beds=band.beds_from
                    )
                if band.beds_from > expected:
                    raise wrong(N_("no band of {kind} covers {beds} beds"), kind=str(kind), beds=expected)
                expected = None if band.beds_to is None else band.beds_to + 1
            if expected is not None:
                raise wrong(
                    N_("no band of {kind} covers {beds} beds and more"), kind=str(kind), beds=expected
                )
        return self
