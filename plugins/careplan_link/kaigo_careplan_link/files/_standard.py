"""The standard 4.1 as data: one YAML file, validated when it is loaded."""

from __future__ import annotations

import datetime as dt
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

Mark = Literal["mandatory", "inferred", "needed", "unknown", "optional"]
FieldType = Literal[
    "version",
    "insurer",
    "insured",
    "date",
    "month",
    "office",
    "text",
    "int",
    "time",
    "bits31",
    "service",
    "tais",
    "code",
    "alnum",
    "postal",
    "phone",
    "decimal",
    "unused",
]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Data):
    """A name in both languages."""

    ja: str
    en: str

    def text(self, language: str) -> str:
        """The name in ``ja`` or ``en``."""
        return self.ja if language == "ja" else self.en


class Field(_Data):
    """One item (項目) of a file kind; ``no`` counts from 1 as in the standard.

    ``length`` is 項目長 in digits or characters (None: printed ―); ``tolerated_length`` is the greatest
    length that an uncertain source allows, ``unsure`` says why. ``zeros``: 00000000 or 000000 may stand here.
    """

    no: int
    name: str
    key: str
    type: FieldType
    length: int | None = None
    tolerated_length: int | None = None
    unsure: str | None = None
    codes: str | None = None
    mark: Mark
    personal: bool = False
    zeros: bool = False


class Kind(_Data):
    """One file kind: its name rule, direction and fields."""

    title: Title
    direction: Literal["forward", "result", "either"]
    name_month: Literal["none", "month", "month_or_zero"]
    since: str
    key: tuple[int, ...] = ()
    layout_of: str | None = None
    image: bool = False
    fields: tuple[Field, ...]

    @model_validator(mode="after")
    def _fields_count_from_one(self) -> Kind:
        if [field.no for field in self.fields] != list(range(1, len(self.fields) + 1)):
            raise ValueError(f"{self.title.ja}: fields must be numbered 1, 2, 3 …")
        if len({field.key for field in self.fields}) != len(self.fields):
            raise ValueError(f"{self.title.ja}: a key stands twice")
        return self


class Unit(_Data):
    """Kinds that travel together under one serial."""

    needs: tuple[str, ...]
    may: tuple[str, ...]
    title: Title


class ServiceTypes(_Data):
    """サービス種類コード by scope (main part 1.3 and 1.4)."""

    benefit: frozenset[str]
    prevention: frozenset[str]
    community: frozenset[str]
    out_of_scope: frozenset[str]

    @cached_property
    def in_scope(self) -> frozenset[str]:
        """All types whose data the standard carries."""
        return self.benefit | self.prevention | self.community


class Standard(_Data):
    """The whole standard; see the head of ``standard_4_1.yaml`` for what is certain and what is not."""

    standard: str
    version: str
    read_on: dt.date
    csv_version: str
    first_service_month: str
    move_month: str
    sources: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    versions: dict[str, str]
    versions_seen_elsewhere: frozenset[str]
    office_pattern: str
    care_manager_types: frozenset[str]
    lookalike_prefixes: dict[str, str]
    service_types: ServiceTypes
    equipment_types: frozenset[str]
    codes: dict[str, dict[str, str]]
    units: dict[str, Unit]
    kinds: dict[str, Kind]

    @model_validator(mode="after")
    def _names_point_somewhere(self) -> Standard:
        lists = {*self.codes, "service_type"}
        for name, kind in self.kinds.items():
            if kind.layout_of is not None and kind.layout_of not in self.kinds:
                raise ValueError(f"{name}: layout_of names no kind")
            if any(field.codes not in lists for field in kind.fields if field.type == "code"):
                raise ValueError(f"{name}: a code field without a code list")
        for unit in self.units.values():
            if not {*unit.needs, *unit.may} <= self.kinds.keys():
                raise ValueError(f"unit {unit.title.ja}: unknown kind")
        return self

    def fields(self, kind: str) -> tuple[Field, ...]:
        """The fields of ``kind``, also where it shares the layout of another; ``KeyError`` if unknown."""
        found = self.kinds[kind]
        return self.kinds[found.layout_of].fields if found.layout_of else found.fields

    def field_no(self, kind: str, key: str) -> int:
        """The No. of the field with that English key; ``KeyError`` if the kind has none."""
        for field in self.fields(kind):
            if field.key == key:
                return field.no
        raise KeyError(f"{kind} has no field {key}")


@lru_cache(maxsize=1)
def standard() -> Standard:
    """The standard 4.1, loaded once; ``pydantic.ValidationError`` if the data file is damaged."""
    text = files(__package__).joinpath("standard_4_1.yaml").read_bytes()
    return Standard.model_validate(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - both loaders are safe
