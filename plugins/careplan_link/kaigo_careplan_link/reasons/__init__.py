"""Reason codes of the CarePlan link; network codes stand in ``kaigo_gateway.probe.reasons``."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.model.reasons import ReasonBook

from kaigo_careplan_link.reasons import _bundle, _connection, _rehearsal, _route

REASONS: Final = ReasonBook("kaigo_careplan_link").add(
    *_connection.REASONS, *_rehearsal.REASONS, *_route.REASONS, *_bundle.REASONS
)
