"""For authors of plugins: a template that works at once, and a lint that says what users would miss."""

from __future__ import annotations

from kaigo_gateway.pluginkit._lint import Remark, lint
from kaigo_gateway.pluginkit._template import write_plugin

__all__ = ["Remark", "lint", "write_plugin"]
