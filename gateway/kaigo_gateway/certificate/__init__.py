"""The certificate room: stage ``certificate`` of a Setup, on top of the library ``kaigo_certs``."""

from __future__ import annotations

from kaigo_gateway.certificate.checks import certificate_checks
from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS

__all__ = ["CERTIFICATE_REASONS", "certificate_checks"]
