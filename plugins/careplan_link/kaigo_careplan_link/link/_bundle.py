"""一体的: was CarePlan support given together with the platform's connection support, in one Setup.

要綱 第3条第2号 lists CarePlan connection support as item (5); the notices make it a condition that an office receives both 一体的 from one 導入支援事業者. CarePlan support alone is never bundled.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.results import Status

from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.model.site import Site

RULE: Final = "要綱 第3条第2号(5); 老健局事務連絡 (接続サポートに必要な支援を一体的に受ける場合)"
EVIDENCE: Final = ("bundled", "rule", "inputs", "office", "supporter", "certificate_sha256")
_NEEDED: Final = ("platform.connection", "careplan.connection", "careplan.rehearsal")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The evaluation: bundled or the reasons why not, and the hash of every input."""

    reasons: tuple[str, ...]
    inputs: Mapping[str, str]
    certificate_sha256: str | None

    @property
    def bundled(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def passed(findings: Sequence[Finding]) -> bool:
    """Whether a check has ended without a failure."""
    return bool(findings) and all(f.status in {Status.OK, Status.WARN} for f in findings)


def evaluate(site: Site, results: Mapping[str, Sequence[Finding]]) -> Bundle:
    """The evaluation over one Setup's results. Pure, so that it can be repeated from the record."""
    reasons = [f"{check_id} not proved" for check_id in _NEEDED if not passed(results.get(check_id, ()))]
    shown = {
        check_id: _certificate(results.get(check_id, ()))
        for check_id in ("platform.connection", "careplan.connection")
    }
    certificates = {value for value in shown.values() if value}
    if not reasons and len(certificates) != 1:
        reasons.append("not the same client certificate")
    certificate = certificates.pop() if len(certificates) == 1 else None
    inputs = {check_id: _hash(results.get(check_id, ())) for check_id in _NEEDED}
    return Bundle(tuple(reasons), inputs, certificate)


def _certificate(findings: Sequence[Finding]) -> str | None:
    return next(
        (str(f.evidence["certificate_sha256"]) for f in findings if "certificate_sha256" in f.evidence), None
    )


def _hash(findings: Sequence[Finding]) -> str:
    """SHA-256 over the findings as canonical JSON."""
    document: list[Any] = [finding.model_dump(mode="json") for finding in findings]
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_bundle(context: CheckContext) -> Finding:
    """Say *bundled* or *not bundled, because …*, with inputs' hashes and rule reference."""
    bundle = evaluate(context.site, context.results)
    supporter = context.site.supporter
    return REASONS.finding(
        "CAREPLAN_BUNDLED" if bundle.bundled else "CAREPLAN_NOT_BUNDLED",
        seen={"supporter": supporter.name, "reasons": list(bundle.reasons)},
        evidence={
            "bundled": bundle.bundled,
            "rule": RULE,
            "inputs": dict(bundle.inputs),
            "office": context.site.office.number,
            "supporter": supporter.registration_number or supporter.name,
            "certificate_sha256": bundle.certificate_sha256,
        },
    )
