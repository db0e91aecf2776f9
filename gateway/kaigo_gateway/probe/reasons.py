"""Reason codes of the network probe; ``{service}`` is the target's name, ``{host}`` its place."""

from __future__ import annotations

from kaigo_gateway.model.reasons import ReasonBook
from kaigo_gateway.probe import _reasons_certificate, _reasons_http, _reasons_network, _reasons_tls

REASONS = ReasonBook("kaigo_gateway").add(
    *_reasons_network.REASONS, *_reasons_tls.REASONS, *_reasons_certificate.REASONS, *_reasons_http.REASONS
)
"""The probe's book; plugins that return findings of a probe need not repeat it."""
