"""All reason codes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.reasons import ReasonBook

from kaigo_subsidy._reasons_claim import FINDINGS, NOTICES, READINGS
from kaigo_subsidy._reasons_lines import LINES
from kaigo_subsidy._reasons_papers import ATTACHMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS: Final = ReasonBook("kaigo_subsidy").add(*LINES, *FINDINGS, *NOTICES, *READINGS, *ATTACHMENTS)


def grouped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whole numbers with commas (62,000), as people read money; everything else as it is."""
    return {
        key: f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
        for key, value in values.items()
    }


def message(code: str, values: Mapping[str, Any], language: str | None = None) -> str:
    """A reason's sentence with its numbers grouped."""
    return REASONS.message(code, grouped(values), language)
