"""Plugins: found without importing, loaded without trust, called one by one under a time limit."""

from __future__ import annotations

from kaigo_gateway.plugins._host import HookOutcome, PluginHost
from kaigo_gateway.plugins._loader import Candidate, LoadedPlugin, PluginProblem, discover, load

__all__ = ["Candidate", "HookOutcome", "LoadedPlugin", "PluginHost", "PluginProblem", "discover", "load"]
