"""Uploads, checks of one stage, card readers, file validators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kaigo_gateway.model._base import Model


class UploadedFile(Model):
    """A file in the service's private folder; ``path`` may stand in a site document."""

    path: str
    name: str
    sha256: str
    size: int


class StageCheck(Model):
    """Run the checks of one stage without recording anything; for a Setup's site, or a site document."""

    stage: Literal["certificate", "reader", "platform", "careplan"]
    setup_id: str | None = Field(default=None, min_length=1, max_length=64)
    site: Mapping[str, Any] | None = None


class ReaderInfo(Model):
    """A card reader as its driver sees it now; ``states`` such as ``empty``, ``present``, ``mute``."""

    driver: str
    name: str
    states: tuple[str, ...]


class ReaderList(Model):
    """All card readers, and the names of drivers (or plugins) that gave no answer."""

    items: tuple[ReaderInfo, ...]
    silent: tuple[str, ...]


class ValidatorInfo(Model):
    """A file validator of a plugin."""

    name: str
    title: str


class ValidatorList(Model):
    """All file validators."""

    items: tuple[ValidatorInfo, ...]


class Validated(BaseModel):
    """What a validator found; its own document, such as ``kaigo-gateway/careplan/1``.

    There ``findings`` stand with each file, with each of ``units`` (files that belong together), and at the
    top for all files together, such as their order.
    """

    model_config = ConfigDict(extra="allow")
