"""Settings of this plugin, in a site file under ``[plugins.subsidy]``."""

from __future__ import annotations

from pathlib import Path

from kaigo_gateway.model.claims import InstitutionKind, Yen
from pydantic import BaseModel, ConfigDict, Field


class SubsidySettings(BaseModel):
    """What a Setup's claim needs beyond the site file.

    ``readings`` chooses the reading of open questions (``grant programmes`` lists them); amounts in yen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    readings: dict[str, str] = Field(default_factory=dict)
    rules_folder: Path | None = Field(default=None, description="folder with further rule files (*.yaml)")
    fiscal_year: int | None = Field(default=None, description="year of the programme; default: today's 年度")
    donations: Yen = 0
    other_income: Yen = 0
    institution_kind: InstitutionKind | None = None
    beds: int | None = Field(default=None, ge=0)
    attachments: dict[str, tuple[Path, ...]] = Field(
        default_factory=dict,
        description="document code (bankbook, receipt, ...) to files, relative to the site file",
    )
