"""Engines: whoever calls ``advance(setup_id)`` at least once. The ledger is the truth."""

from __future__ import annotations

from kaigo_gateway.engine.local import LocalEngine

__all__ = ["LocalEngine"]
