"""The days of a claim as an iCalendar file (RFC 5545), with a reminder before each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kaigo_subsidy._calendar import last_business_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kaigo_gateway.model.cases import Case, CaseDay
    from kaigo_gateway.model.claims import Assessment, ClaimOffice
    from kaigo_gateway.model.site import Office as SiteOffice

    from kaigo_subsidy.rules import Rules

    Office = ClaimOffice | SiteOffice

_FOLD: Final = 75
_TITLES: Final = (
    (
        "window_closes",
        "助成金の申請期限",
        "この日までに申請します。予算の上限に達すると早く終了します（要綱 第13条、第15条）。",
        14,
    ),
    (
        "decision_by",
        "助成金の決定通知の時期",
        "この日までに通知が届かなければポータルで申請の状況を確認します。",
        0,
    ),
    ("payment_by", "助成金の振込の時期", "指定口座への振込を確認します。", 0),
    (
        "tax_report_by",
        "消費税仕入控除税額の報告期限",
        "仕入控除税額が0円でもポータルで報告します（要綱 第10条）。",
        30,
    ),
    (
        "keep_until",
        "帳簿・証拠書類の保管期限",
        "この日までは帳簿と証拠書類を保管します（要綱 第5条第7号）。",
        0,
    ),
)


def calendar_file(assessment: Assessment | None, office: Office, made: datetime, mark: str = "") -> bytes:
    """All days of an assessed claim. One that is no business day is entered on the business day before."""
    if assessment is None:
        return _calendar([])
    claim = f"{assessment.programme}-{assessment.fiscal_year}-{office.number}"
    days = [(key, getattr(assessment.dates, key)) for key, *_ in _TITLES]
    return _calendar(_events(days, claim, office.name, made, mark=mark))


def window_calendar(rules: Rules, office: Office, made: datetime, mark: str = "") -> bytes:
    """The last day to apply, which is known before anything was assessed; a later calendar replaces it."""
    claim = f"{rules.programme}-{rules.fiscal_year}-{office.number}"
    days = [("window_closes", rules.window.closes.value)]
    return _calendar(_events(days, claim, office.name, made, mark=mark))


def case_calendar(case: Case, days: Iterable[CaseDay], made: datetime, mark: str = "") -> bytes:
    """The days that follow from where a claim stands; importing it again moves those that have changed."""
    known = [(each.code, each.day) for each in days if each.code in {key for key, *_ in _TITLES}]
    told = f"事業所{case.office_number}"
    return _calendar(_events(known, case.id, told, made, mark=mark, sequence=len(case.entries)))


def _events(  # noqa: PLR0913 - what every event carries
    days: Iterable[tuple[str, date]], claim: str, whose: str, made: datetime, *, mark: str, sequence: int = 0
) -> Iterator[str]:
    texts = {key: (title, note, remind) for key, title, note, remind in _TITLES}
    stamp = made.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for key, day in days:
        title, note, remind = texts[key]
        summary = f"{title}　{whose}" + (f"（{mark}）" if mark else "")
        head = [f"UID:{key}-{claim}@kaigo-gateway", f"DTSTAMP:{stamp}", f"SEQUENCE:{sequence}"]
        yield from _event(head, day, summary, note, remind)


def _calendar(events: Iterable[str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kaigo-gateway//grant//JA", "CALSCALE:GREGORIAN"]
    lines += [*events, "END:VCALENDAR"]
    return "".join(folded + "\r\n" for line in lines for folded in _fold(line)).encode()


def _event(head: list[str], day: date, summary: str, note: str, remind: int) -> list[str]:
    open_day = last_business_day(day)
    moved = f"（期日 {day.isoformat()} は閉庁日）" if open_day != day else ""
    event = [
        "BEGIN:VEVENT",
        *head,
        f"DTSTART;VALUE=DATE:{open_day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{open_day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(note + moved)}",
        "TRANSP:TRANSPARENT",
    ]
    if remind:
        event += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{remind}D",
            f"DESCRIPTION:{_text(summary)}",
            "END:VALARM",
        ]
    return [*event, "END:VEVENT"]


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, never cut inside a character."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
