"""Settings of the plugin: ``[plugins.platform_link]`` in a site file."""

from __future__ import annotations

from kaigo_gateway.model._base import Model
from pydantic import Field


class PlatformSettings(Model):
    """What the official texts leave open stays a setting here, with a notice in the result."""

    skew_warn_seconds: int = Field(
        default=120, ge=5, description="clock difference that is reported, seconds"
    )
