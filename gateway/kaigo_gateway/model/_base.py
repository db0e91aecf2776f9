"""What every stored or exchanged value of ours has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, and strict about keys: an unknown key is a mistake to be named, not to be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
