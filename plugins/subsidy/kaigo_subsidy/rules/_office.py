"""The part of a rule file that care offices claim from."""

from __future__ import annotations

from datetime import date
from typing import Self

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from kaigo_gateway.model.site import ServiceCode
from pydantic import Field, model_validator

from kaigo_subsidy.rules._figure import Figure, Reference


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
    services_ref: Reference
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
