"""一体的: was CarePlan support given together with the platform's connection support, in one Setup.

要綱 第3条第2号 lists CarePlan connection support as item (5); the notices make it a condition that an office
receives both 一体的 from one 導入支援事業者. CarePlan support alone is never bundled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from kaigo_gateway.model.expenses import ExpenseKind
from kaigo_gateway.model.results import Status

from kaigo_careplan_link.link._site import is_careplan_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.model.site import Site

    from kaigo_careplan_link.link.settings import CareplanSettings

PLATFORM: Final = "platform.connection"
LINK: Final = "careplan.connection"
REHEARSAL: Final = "careplan.rehearsal"
_JAPAN: Final = timezone(timedelta(hours=9))
INPUTS: Final = (PLATFORM, LINK, REHEARSAL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The evaluation: ``against`` holds the reason codes that speak against it; ``inputs`` their hashes."""

    against: tuple[str, ...]
    inputs: Mapping[str, str]
    certificate_sha256: str | None
    supporter: str

    @property
    def bundled(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def passed(findings: Sequence[Finding]) -> bool:
    """Whether a check has ended without a failure."""
    return bool(findings) and all(f.status in {Status.OK, Status.WARN} for f in findings)


def evaluate(site: Site, results: Mapping[str, Sequence[Finding]], settings: CareplanSettings) -> Bundle:
    """The evaluation over one Setup's results. Pure, so that anybody can repeat it from the record."""
    shown = {check_id: evidence_of(results, check_id, "certificate_sha256") for check_id in (PLATFORM, LINK)}
    same = len(set(shown.values())) == 1
    return Bundle(
        against=tuple(_against(site, results, settings)),
        inputs={check_id: digest(results.get(check_id, ())) for check_id in INPUTS},
        certificate_sha256=shown[PLATFORM] if same else None,
        supporter=site.supporter.registration_number or site.supporter.name,
    )


def _against(
    site: Site, results: Mapping[str, Sequence[Finding]], settings: CareplanSettings
) -> Iterator[str]:
    sender = evidence_of(results, REHEARSAL, "sender")
    if not passed(results.get(PLATFORM, ())):
        yield "CAREPLAN_NOT_BUNDLED_PLATFORM"
    if not passed(results.get(LINK, ())):
        yield "CAREPLAN_NOT_BUNDLED_LINK"
    if not passed(results.get(REHEARSAL, ())):
        yield "CAREPLAN_NOT_BUNDLED_REHEARSAL"
    if not _same_certificate(results):
        yield "CAREPLAN_NOT_BUNDLED_CERTIFICATE"
    if passed(results.get(REHEARSAL, ())) and sender != site.office.number:
        yield "CAREPLAN_NOT_BUNDLED_OFFICE"
    if not _one_supporter(site):
        yield "CAREPLAN_NOT_BUNDLED_SUPPORTER"
    yield from _timing(results, settings)


def _same_certificate(results: Mapping[str, Sequence[Finding]]) -> bool:
    """Both connections, where proved, showed the same client certificate."""
    proved = [check_id for check_id in (PLATFORM, LINK) if passed(results.get(check_id, ()))]
    shown = {evidence_of(results, check_id, "certificate_sha256") for check_id in proved}
    return len(proved) < 2 or (len(shown) == 1 and None not in shown)  # noqa: PLR2004 - both


def _one_supporter(site: Site) -> bool:
    """Whoever charges CarePlan support gives this Setup's support, and charges the platform's too.

    A line without a supporter is the Setup's own; so is the platform's support where nobody charges it.
    """
    own = site.supporter.registration_number
    link = {line.supporter or own for line in site.expenses if is_careplan_line(line)}
    platform = {
        line.supporter or own
        for line in site.expenses
        if line.kind is ExpenseKind.CONNECTION_SUPPORT and not is_careplan_line(line)
    }
    return (own is None or link <= {own}) and link <= (platform or {own})


def _timing(results: Mapping[str, Sequence[Finding]], settings: CareplanSettings) -> Iterator[str]:
    """Order and window, where the settings name them (no official text does)."""
    first, second = (_moment(results, check_id) for check_id in (PLATFORM, LINK))
    if first is None or second is None:
        return
    if settings.bundle_order == "platform_first" and second < first:
        yield "CAREPLAN_NOT_BUNDLED_ORDER"
    days = settings.bundle_window_days
    if days is not None and abs(_day(second) - _day(first)).days > days:
        yield "CAREPLAN_NOT_BUNDLED_WINDOW"


def _day(moment: datetime) -> date:
    """The calendar day in Japan: 0 days means the same day there, whatever the hour."""
    return moment.astimezone(_JAPAN).date()


def _moment(results: Mapping[str, Sequence[Finding]], check_id: str) -> datetime | None:
    text = evidence_of(results, check_id, "checked_at")
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def evidence_of(results: Mapping[str, Sequence[Finding]], check_id: str, key: str) -> str | None:
    """A text in the evidence of a check, or None."""
    return next((str(f.evidence[key]) for f in results.get(check_id, ()) if key in f.evidence), None)


def digest(findings: Sequence[Finding]) -> str:
    """SHA-256 over the findings as canonical JSON (RFC 8785)."""
    document: list[Any] = [finding.model_dump(mode="json") for finding in findings]
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
