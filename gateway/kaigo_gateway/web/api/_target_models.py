"""A list of addresses to check at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.site import OfficeNumber

MOST: int = 10_000


class TargetAddress(Model):
    """An ``https://`` address, and the name to show for it."""

    url: Annotated[str, Field(min_length=9, max_length=2000)]
    name: str = Field(default="", max_length=200)


class TargetList(Model):
    """Addresses to check, so many at once; with ``office_number`` its certificate from the vault is shown."""

    targets: tuple[TargetAddress, ...] = Field(min_length=1, max_length=MOST)
    concurrency: int = Field(default=20, ge=1, le=200)
    office_number: OfficeNumber | None = None
    trust: Literal["system", "certifi"] = Field(
        default="system", description="whom to trust where there is no `ca_file`"
    )
    ca_file: str | None = Field(
        default=None, min_length=1, max_length=300, description="an uploaded file: the only CA to trust"
    )
