"""The check that says *bundled* or *not bundled, because …*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_careplan_link.link._bundle import evaluate
from kaigo_careplan_link.link._rules import link_rules
from kaigo_careplan_link.link._site import careplan_is_part, settings_of
from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = (
    "bundled", "rule", "rule_version", "inputs", "office", "supporter", "certificate_sha256", "order",
    "window_days",
)  # fmt: skip


async def check_bundle(context: CheckContext) -> list[Finding]:
    """One finding when bundled; otherwise one per reason, the first with the whole evaluation.

    A coroutine, so that it has ended before the assessment of the same stage asks for it.
    """
    if not careplan_is_part(context.site):
        return [REASONS.finding("CAREPLAN_NOT_PART")]
    settings, site = settings_of(context), context.site
    bundle = evaluate(site, context.results, settings)
    evidence = {
        "bundled": bundle.bundled,
        "rule": link_rules().bundle_reference,
        "rule_version": link_rules().bundle_version,
        "inputs": dict(bundle.inputs),
        "office": site.office.number,
        "supporter": bundle.supporter,
        "certificate_sha256": bundle.certificate_sha256,
        "order": settings.bundle_order,
        "window_days": settings.bundle_window_days,
    }
    seen = {"supporter": site.supporter.name, "days": settings.bundle_window_days}
    codes = bundle.against or ("CAREPLAN_BUNDLED",)
    return [
        REASONS.finding(code, seen=seen, evidence=evidence if number == 0 else {})
        for number, code in enumerate(codes)
    ]
