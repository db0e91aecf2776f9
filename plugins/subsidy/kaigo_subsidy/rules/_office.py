"""The part of a rule file that care offices claim from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.claims import Yen
from kaigo_gateway.model.site import ServiceCode
from pydantic import Field, model_validator

from kaigo_subsidy._places import wrong
from kaigo_subsidy.rules._figure import Count, Figure, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable


class Category(Model):
    """補助対象の区分: its cap and how many readers count."""

    title: str
    title_en: str
    cap: Figure[Yen]
    readers: Figure[Count]


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
    services_expected: Count
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
            twice = sorted({code for code in codes if codes.count(code) > 1})
            raise wrong(N_("a service code stands twice: {codes}"), codes=", ".join(twice))
        if len(codes) != self.services_expected:
            raise wrong(
                N_("{expected} service codes are expected, {found} stand here"),
                expected=self.services_expected,
                found=len(codes),
            )
        self._refuse_strangers(set(codes))
        return self

    def _refuse_strangers(self, codes: set[str]) -> None:
        used = {service.category for service in self.services} | set(self.contested_services.values())
        if used - set(self.categories):
            raise wrong(N_("no such category: {names}"), names=_listed(used - set(self.categories)))
        if set(self.categories) - used:
            raise wrong(
                N_("no service belongs to the category {names}"), names=_listed(set(self.categories) - used)
            )
        named = {pair.reads_as for pair in self.preventive.value} | set(self.contested_services)
        named |= {service.short_stay_of for service in self.services if service.short_stay_of}
        if named - codes:
            raise wrong(N_("not a listed service: {codes}"), codes=_listed(named - codes))
        itself = {service.code for service in self.services if service.short_stay_of == service.code}
        if itself:
            raise wrong(N_("a service cannot be the short stay of itself: {codes}"), codes=_listed(itself))
        preventive = [pair.code for pair in self.preventive.value]
        outside = [*preventive, *self.excluded_services.value]
        if len(set(outside)) != len(outside) or set(outside) & codes:
            double = {code for code in outside if outside.count(code) > 1 or code in codes}
            raise wrong(N_("a service code is listed in two ways: {codes}"), codes=_listed(double))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
