"""Queries and answers of this plugin's operations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CareplanDocument(BaseModel):
    """A document of this plugin, such as ``kaigo-gateway/careplan/1``; docs/careplan.md has its parts."""

    model_config = ConfigDict(extra="allow")


class RulesQuery(BaseModel):
    """In which language the texts are."""

    model_config = ConfigDict(extra="forbid")
    lang: Literal["ja", "en"] | None = None


class SampleQuery(RulesQuery):
    """Which sample: the unit of files, the service month (YYYYMM), the number of invented people."""

    unit: str = Field(default="home-2", max_length=20)
    month: str = Field(default="202701", pattern="^[0-9]{6}$")
    people: int = Field(default=2, ge=1, le=99)


class RecordsQuery(RulesQuery):
    """Language of the items' names."""

    names: Literal["ja", "en"] = "ja"
