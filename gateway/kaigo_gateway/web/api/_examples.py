"""Examples of requests and replies for the OpenAPI document: ``examples.json``, by operation id.

They were taken from a run against the sandbox and shortened; a test holds each against its model.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=1)
def examples() -> Mapping[str, Mapping[str, Any]]:
    """Operation id → ``request`` and ``reply``."""
    text = (files("kaigo_gateway.web.api") / "examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found
