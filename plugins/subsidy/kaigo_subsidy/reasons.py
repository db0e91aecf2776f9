"""All reason codes of this package."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.model.reasons import ReasonBook

from kaigo_subsidy._reasons_claim import FINDINGS, NOTICES, READINGS
from kaigo_subsidy._reasons_lines import LINES

REASONS: Final = ReasonBook("kaigo_subsidy").add(*LINES, *FINDINGS, *NOTICES, *READINGS)
