"""Watch the dates: notices 90, 60, 30, 14 and 7 days before the end, and a calendar of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs.judging._dates import has_ended

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kaigo_certs.vault._identity import StoredIdentity

NOTICE_DAYS: Final = (90, 60, 30, 14, 7)
"""Days before the end. 90 is the issuer's own notice; a new issue can take up to about a month."""

_FIRST: Final = datetime(2014, 11, 1, tzinfo=UTC)
"""Before any certificate was issued; days since then number the versions of an office's event."""


def notice_of(identity: StoredIdentity, today: date) -> CertFinding:
    """Where the identity stands today: listed, to be renewed (``step`` is the notice reached), or lapsed."""
    left = identity.days_left(today)
    last = identity.last_day.isoformat()
    seen = {"office_number": identity.office_number, "not_after": last, "days_left": left}
    if has_ended(identity.leaf, today):
        return CertFinding("CERT_LAPSED", Verdict.FAIL, seen)
    reached = [days for days in NOTICE_DAYS if left <= days]
    if not reached:
        return CertFinding("CERT_LISTED", Verdict.OK, seen)
    return CertFinding("CERT_NOTICE", Verdict.WARN, {**seen, "step": min(reached)})


def current(identities: Iterable[StoredIdentity]) -> list[StoredIdentity]:
    """The generation of each office that counts (:attr:`StoredIdentity.rank`): older ones need no notice."""
    newest: dict[str, StoredIdentity] = {}
    for identity in identities:
        known = newest.get(identity.office_number)
        if known is None or identity.rank > known.rank:
            newest[identity.office_number] = identity
    return [newest[office] for office in sorted(newest)]


def calendar(identities: Iterable[StoredIdentity], *, title: str, now: datetime | None = None) -> str:
    """An iCalendar file (RFC 5545): one all-day event on each last day, with an alarm per notice.

    An office keeps its event: importing the file again after a renewal moves it, rather than adding another.
    ``title`` is the event's text with ``{office_number}``; the certificate's names stay out of it.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kaigo-gateway//certificates//EN",
        "CALSCALE:GREGORIAN",
    ]
    for identity in current(identities):
        lines += _event(identity, title.format(office_number=identity.office_number), stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(identity: StoredIdentity, title: str, stamp: str) -> list[str]:
    last = identity.last_day
    uid = hashlib.sha256(f"office:{identity.office_number}".encode()).hexdigest()[:32]
    text = title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    lines = [
        "BEGIN:VEVENT", f"UID:{uid}@kaigo-gateway", f"DTSTAMP:{stamp}",
        f"SEQUENCE:{max((identity.not_before - _FIRST).days, 0)}",
        f"DTSTART;VALUE=DATE:{last:%Y%m%d}", f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{text}", "TRANSP:TRANSPARENT",
    ]  # fmt: skip
    for days in NOTICE_DAYS:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{days}D", f"DESCRIPTION:{text}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _fold(line: str) -> list[str]:
    """Lines of at most 75 bytes, never cut inside a character (RFC 5545, 3.1)."""
    folded, current_line = [], ""
    for character in line:
        if len((current_line + character).encode()) > 74:  # noqa: PLR2004 - 75 with the leading space
            folded.append(current_line)
            current_line = " "
        current_line += character
    return [*folded, current_line]
