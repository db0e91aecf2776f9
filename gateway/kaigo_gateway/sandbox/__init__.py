"""The sandbox: simulated counterparts on loopback, a demo authority and a demo office. Never a real site."""

from __future__ import annotations

from kaigo_gateway.sandbox._sandbox import Missing, Sandbox
from kaigo_gateway.sandbox.authority import DemoAuthority

__all__ = ["DemoAuthority", "Missing", "Sandbox"]
