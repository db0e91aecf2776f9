"""Settings of the example plugin. The service is asked on this machine only, so there is no host to set."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class AcmeSettings(BaseModel):
    """``[plugins.acme_face_reader]`` of a site file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int = Field(default=47110, ge=1, le=65535, description="port of the vendor's service on 127.0.0.1")
    limit: float = Field(default=5.0, gt=0, le=60, description="seconds for one call")
