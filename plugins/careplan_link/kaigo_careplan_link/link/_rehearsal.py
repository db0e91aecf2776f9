"""The rehearsal: one sending goes out, comes back, and is compared."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from kaigo_careplan_link.link._exchange import Exchange, Refused
from kaigo_careplan_link.link._sending import Sending, sample_sending
from kaigo_careplan_link.link.settings import CareplanSettings, Rehearsal
from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("serial", "unit", "sent_sha256", "returned_sha256", "sample", "way")


async def check_rehearsal(context: CheckContext) -> Finding:
    """Rehearse one sending the way this site is set up for."""
    own, partner = context.site.office.number, context.site.careplan.partner_number
    if partner is None:
        return REASONS.finding("CAREPLAN_PARTNER_MISSING")
    if partner == own:  # known to be refused by design (help desk of the data link)
        return REASONS.finding("CAREPLAN_SAME_OFFICE", seen={"office": own})
    settings = context.settings if isinstance(context.settings, CareplanSettings) else CareplanSettings()
    sending = sample_sending(context.site, partner)
    if settings.rehearsal is Rehearsal.EXCHANGE:
        return await _through_exchange(context, sending)
    return await _through_exchange(context, sending)


async def _through_exchange(context: CheckContext, sending: Sending) -> Finding:
    identity = await context.identity()
    if identity is None:
        return REASONS.finding("CAREPLAN_CERTIFICATE_MISSING", seen={"office": sending.sender})
    try:
        returned = await Exchange(context, identity, sending).there_and_back()
    except Refused as refused:
        return _refused(refused)
    return compared(context, sending, returned, "exchange")


def _refused(refused: Refused) -> Finding:
    http = refused.result.http
    if http is None:
        return refused.result.finding()
    detail = http.body[:200].decode("utf-8", "replace")
    seen = {"step": refused.step, "status": http.status, "detail": detail}
    return REASONS.finding("CAREPLAN_REHEARSAL_REFUSED", seen=seen, phases=refused.result.phases)


def compared(context: CheckContext, sending: Sending, returned: Mapping[str, bytes], way: str) -> Finding:
    """The finding of a sending that came back."""
    names = sorted({*sending.files, *returned})
    changed = [name for name in names if sending.files.get(name) != returned.get(name)]
    evidence = {
        "serial": sending.serial,
        "unit": sending.unit,
        "sent_sha256": _digests(sending.files),
        "returned_sha256": _digests(returned),
        "sample": sending.sample,
        "way": way,
    }
    if changed:
        return REASONS.finding("CAREPLAN_REHEARSAL_CHANGED", seen={"files": changed}, evidence=evidence)
    seen = {
        "count": len(sending.files), "unit": sending.unit, "standard": context.site.careplan.standard,
    }  # fmt: skip
    return REASONS.finding("CAREPLAN_REHEARSED", seen=seen, evidence=evidence)


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
