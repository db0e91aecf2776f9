"""Plugins: found without importing, loaded without trust, called one by one under a time limit."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_gateway.plugins._host import HookOutcome, PluginHost
    from kaigo_gateway.plugins._loader import Candidate, LoadedPlugin, PluginProblem, discover, load

_HOMES = {
    **dict.fromkeys(("HookOutcome", "PluginHost"), "_host"),
    **dict.fromkeys(("Candidate", "LoadedPlugin", "PluginProblem", "discover", "load"), "_loader"),
}

__all__ = ["Candidate", "HookOutcome", "LoadedPlugin", "PluginHost", "PluginProblem", "discover", "load"]


def __getattr__(name: str) -> Any:
    """Import on first use: finding plugins needs no event loop."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
