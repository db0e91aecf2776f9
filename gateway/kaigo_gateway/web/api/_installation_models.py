"""Answers about the installation itself: settings in force, remarks about plugins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from kaigo_gateway.model._base import Model


class SettingsInForce(Model):
    """The settings as they are in force; they are changed in their file. Secrets are only said to be set."""

    file: str
    file_exists: bool
    values: Mapping[str, Any] = Field(description="by dotted name, as in docs/settings.md")
    service: Mapping[str, Any] = Field(
        description="limits and names of this service; sizes in bytes, seconds"
    )


class PluginRemark(Model):
    """Something that a plugin lacks."""

    code: str
    message: str
    grave: bool


class PluginRemarks(Model):
    """What ``plugins lint`` says."""

    plugin: str
    items: tuple[PluginRemark, ...]
