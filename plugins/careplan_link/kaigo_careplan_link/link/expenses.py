"""CarePlan support lines: only in a bundled engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_careplan_link.link._bundle import evaluate
from kaigo_careplan_link.link._site import is_careplan_line, site_settings

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import SetupView
    from kaigo_gateway.model.expenses import ExpenseLine

PROOF: Final = ("platform.connection", "careplan.connection", "careplan.rehearsal", "careplan.bundle")


def proved_lines(setup: SetupView) -> list[ExpenseLine]:
    """The site's CarePlan lines with stable keys and proof; none without the platform's support."""
    if not evaluate(setup.site, setup.results, site_settings(setup.site)).bundled:
        return []
    return [
        line.model_copy(update={"key": f"careplan_link.{line.item or 'support'}.{index}", "proof": PROOF})
        for index, line in enumerate(setup.site.expenses)
        if is_careplan_line(line)
    ]
