"""The rehearsal: one sending goes out, comes back, and is compared."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.link._compare import differences, digests
from kaigo_careplan_link.link._confirmed import CONFIRMED, confirmation
from kaigo_careplan_link.link._exchange import Exchange, Refused
from kaigo_careplan_link.link._folder import hand_over, returned_files
from kaigo_careplan_link.link._sending import Sending, sample_sending, sending_from, serial_of
from kaigo_careplan_link.link._site import careplan_is_part, settings_of
from kaigo_careplan_link.link.settings import Rehearsal
from kaigo_careplan_link.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = (
    "serial", "unit", "sender", "receiver", "sent_sha256", "returned_sha256", "sample", "way", *CONFIRMED,
)  # fmt: skip
_KEY: Final = "careplan.rehearsal"
_SENT: Final = N_("Was one sending sent to the partner office and received there, and one received from it?")
_RETURNED: Final = N_(
    "Was the sending in the outbox folder sent, and was what came back put into the inbox folder?"
)


async def check_rehearsal(context: CheckContext) -> Finding:
    """Rehearse one sending the way this site is set up for."""
    obstacle = _obstacle(context)
    if obstacle is not None:
        return obstacle
    if settings_of(context).rehearsal is Rehearsal.CONFIRMED:
        return _by_person(context)
    sending = await asyncio.to_thread(_usable_sending, context)
    if not isinstance(sending, Sending):
        return sending
    through = _exchanged if settings_of(context).rehearsal is Rehearsal.EXCHANGE else _carried
    return await through(context, sending)


def _obstacle(context: CheckContext) -> Finding | None:
    """Why no rehearsal can begin."""
    own, partner = context.site.office.number, context.site.careplan.partner_number
    if not careplan_is_part(context.site):
        return REASONS.finding("CAREPLAN_NOT_PART")
    if partner is None:
        return REASONS.finding("CAREPLAN_PARTNER_MISSING")
    if partner == own:  # known to be refused by design (help desk of the data link)
        return REASONS.finding("CAREPLAN_SAME_OFFICE", seen={"office": own})
    return None


def _usable_sending(context: CheckContext) -> Sending | Finding:
    """The sending of this site, from this office to its partner, or why there is none."""
    own, partner = context.site.office.number, context.site.careplan.partner_number
    assert partner is not None
    try:
        sending = _sending(context, partner)
    except InputError as error:
        return REASONS.finding("CAREPLAN_SENDING_UNREADABLE", seen={"detail": str(error)})
    if sending is None:
        return REASONS.finding("CAREPLAN_SENDING_MISSING")
    wrong = _wrong_files(context)
    if wrong:
        return REASONS.finding("CAREPLAN_SENDING_INVALID", seen={"codes": wrong})
    if (sending.sender, sending.receiver) != (own, partner):
        seen = {"sender": sending.sender, "receiver": sending.receiver, "office": own, "partner": partner}
        return REASONS.finding("CAREPLAN_SENDING_OTHER_OFFICE", seen=seen)
    return sending


def _sending(context: CheckContext, partner: str) -> Sending | None:
    """The site's own sending, or a sample with invented people where that is allowed."""
    site, settings = context.site, settings_of(context)
    if site.careplan.files is not None:
        return sending_from(site.path(site.careplan.files))
    if settings.sample or settings.rehearsal is Rehearsal.EXCHANGE:
        return sample_sending(site, partner, serial_of(context.setup_id, context.today))
    return None


def _wrong_files(context: CheckContext) -> list[str]:
    """Codes of the errors in the site's own files, judged as the site's settings say; a sample is correct."""
    from kaigo_careplan_link.files import validate

    if context.site.careplan.files is None:
        return []
    settings = settings_of(context)
    report = validate(context.site.path(context.site.careplan.files), settings.profile, rules=settings.rules)
    found = [each for file in report.files for each in file.findings]
    found += [each for unit in report.units for each in unit.findings]
    errors = {each.code for each in found if each.severity == "error"}
    return sorted(errors)


def _by_person(context: CheckContext) -> Finding:
    answer = confirmation(context, _KEY, _SENT)
    code = "CAREPLAN_REHEARSAL_CONFIRMED" if answer.done else "CAREPLAN_REHEARSAL_NOT_DONE"
    evidence = {
        **answer.evidence,
        "receiver": context.site.careplan.partner_number,
        "sender": context.site.office.number,
        "way": "confirmed",
    }
    return REASONS.finding(code, seen=answer.seen, evidence=evidence)


async def _exchanged(context: CheckContext, sending: Sending) -> Finding:
    identity = await context.identity()
    if identity is None:
        return REASONS.finding("CAREPLAN_CERTIFICATE_MISSING", seen={"office": sending.sender})
    if context.site.careplan.url is None:
        return REASONS.finding("CAREPLAN_ENDPOINT_MISSING", seen={"route": "exchange"})
    try:
        returned = await Exchange(context, identity, sending).there_and_back()
    except Refused as refused:
        return _refused(refused)
    return compared(context, sending, returned, "exchange")


async def _carried(context: CheckContext, sending: Sending) -> Finding:
    settings, base = settings_of(context), context.site
    assert settings.outbox is not None
    assert settings.inbox is not None
    try:
        await asyncio.to_thread(hand_over, base.path(settings.outbox), sending)
        answer = confirmation(context, f"{_KEY}.returned", _RETURNED)
        returned = await asyncio.to_thread(returned_files, base.path(settings.inbox), sending)
    except OSError as error:
        return REASONS.finding("CAREPLAN_FOLDER_UNUSABLE", seen={"detail": error.strerror or "?"})
    if not answer.done:
        return REASONS.finding("CAREPLAN_REHEARSAL_NOT_DONE", seen=answer.seen, evidence=answer.evidence)
    return compared(context, sending, returned, "folder", answer.evidence)


def _refused(refused: Refused) -> Finding:
    """How a step failed; only the counterpart's own short ``error`` word is taken over."""
    http = refused.result.http
    if http is None:
        return refused.result.finding()
    seen = {"step": refused.step, "status": http.status, "detail": _error_word(http.body)}
    return REASONS.finding("CAREPLAN_REHEARSAL_REFUSED", seen=seen, phases=refused.result.phases)


def _error_word(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])[:80]
    except (ValueError, KeyError, TypeError):
        return "-"


def compared(
    context: CheckContext,
    sending: Sending,
    returned: Mapping[str, bytes],
    way: str,
    more: Mapping[str, object] | None = None,
) -> Finding:
    """The finding of a sending that came back."""
    changed, restyled = differences(sending.files, returned)
    evidence = {
        **(more or {}),
        "serial": sending.serial,
        "unit": sending.unit,
        "sender": sending.sender,
        "receiver": sending.receiver,
        "sent_sha256": digests(sending.files),
        "returned_sha256": digests(returned),
        "sample": sending.sample,
        "way": way,
    }
    seen = {
        "files": changed or restyled, "count": len(sending.files), "unit": sending.unit,
        "standard": context.site.careplan.standard,
    }  # fmt: skip
    code = (
        "CAREPLAN_REHEARSAL_CHANGED"
        if changed
        else "CAREPLAN_REHEARSED_RESTYLED"
        if restyled
        else "CAREPLAN_REHEARSED"
    )
    return REASONS.finding(code, seen=seen, evidence=evidence)
