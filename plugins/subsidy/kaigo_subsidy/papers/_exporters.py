"""The exporters that this plugin contributes, in the order people need them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Exporter, SetupView

from kaigo_subsidy.papers._completion import completion_report
from kaigo_subsidy.papers._content import claim_summary
from kaigo_subsidy.papers._cp932 import csv_cp932, unwritten_list
from kaigo_subsidy.papers._facts import facts_of
from kaigo_subsidy.papers._pack import evidence_pack
from kaigo_subsidy.papers._pages import html
from kaigo_subsidy.papers._portal import portal_sheet
from kaigo_subsidy.papers._print import pdf
from kaigo_subsidy.papers._receipt import receipt_breakdown
from kaigo_subsidy.papers._records import assessment_document, csv_utf8, json_bytes, record_document
from kaigo_subsidy.papers._sheets import xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_gateway.model.claims import Assessment

    from kaigo_subsidy.papers._facts import Facts
    from kaigo_subsidy.papers._model import Paper
    from kaigo_subsidy.papers._pack import Part

_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAPERS: Final = (
    ("claim-summary", N_("Claim summary"), "申請の概要", claim_summary),
    ("portal-sheet", N_("Portal input sheet"), "ポータル入力シート", portal_sheet),
    ("receipt-breakdown", N_("Receipt breakdown"), "領収書内訳書", receipt_breakdown),
    ("completion-report", N_("Work-completion report"), "支援完了報告書", completion_report),
)
_FORMS: Final[tuple[tuple[str, str, Callable[[Paper], bytes]], ...]] = (
    ("html", "text/html", html),
    ("pdf", "application/pdf", pdf),
    ("xlsx", _EXCEL, xlsx),
)


def _record_json(facts: Facts) -> bytes:
    return json_bytes(record_document(facts))


def _assessment_json(facts: Facts) -> bytes:
    return json_bytes(assessment_document(facts))


_RECORDS: Final = (
    (
        "expenses-csv",
        N_("Expense records (CSV, UTF-8 with mark)"),
        "経費記録（CSV）",
        "expenses.csv",
        "text/csv",
        csv_utf8,
    ),
    (
        "expenses-json",
        N_("Expense records (JSON)"),
        "経費記録（JSON）",
        "expenses.json",
        "application/json",
        _record_json,
    ),
    (
        "assessment-json",
        N_("Assessment (JSON)"),
        "判定結果（JSON）",
        "assessment.json",
        "application/json",
        _assessment_json,
    ),
    (
        "expenses-cp932",
        N_("Expense records (CSV, code page 932)"),
        "経費記録（CSV、シフトJIS）",
        "expenses-cp932.csv",
        "text/csv",
        csv_cp932,
    ),
    (
        "expenses-cp932-unwritten",
        N_("Characters that code page 932 could not hold"),
        "シフトJISで書けなかった文字",
        "expenses-cp932-unwritten.csv",
        "text/csv",
        unwritten_list,
    ),
)


def _calendar(facts: Facts) -> bytes:
    """The days of the claim; the last day to apply where nothing was assessed yet."""
    from kaigo_subsidy.casebook import calendar_file, window_calendar

    office = facts.view.site.office
    if facts.assessment is None and facts.own_rules is not None:
        return window_calendar(facts.own_rules.rules, office, facts.made, facts.mark)
    return calendar_file(facts.assessment, office, facts.made, facts.mark)


def _rendered(make: Callable[[Facts], bytes], view: SetupView, assessment: Assessment | None) -> bytes:
    return make(facts_of(view, assessment))


def _made(content: Callable[[Facts], Paper], form: Callable[[Paper], bytes], facts: Facts) -> bytes:
    return form(content(facts))


_CALENDAR: Final = (
    "calendar-ics",
    N_("Days of the claim (iCalendar)"),
    "日程（iCalendar）",
    "claim.ics",
    "text/calendar",
    _calendar,
)


def parts() -> list[Part]:
    """Every paper and record as a file of the evidence pack."""
    papers = [
        (f"{name}.{suffix}", f"{title}（{suffix.upper()}）", partial(_made, content, form))
        for name, _, title, content in _PAPERS
        for suffix, _, form in _FORMS
    ]
    return [*papers, *((file, title, make) for _, _, title, file, _, make in (*_RECORDS, _CALENDAR))]


def _pack(facts: Facts) -> bytes:
    return evidence_pack(facts, parts())


def exporters() -> list[Exporter]:
    """All exporters; ``default`` ones are written without being asked for."""
    found = [
        Exporter(
            name=name if suffix == "html" else f"{name}-{suffix}",
            title=title,
            filename=f"{name}.{suffix}",
            media_type=media,
            render=partial(_rendered, partial(_made, content, form)),
            order=10 * number + place,
            default=suffix != "xlsx" or name == "portal-sheet",
        )
        for number, (name, title, _, content) in enumerate(_PAPERS, 1)
        for place, (suffix, media, form) in enumerate(_FORMS)
    ]
    found += [
        Exporter(
            name=name,
            title=title,
            filename=file,
            media_type=media,
            render=partial(_rendered, make),
            order=100 + number,
            default="cp932" not in name,
        )
        for number, (name, title, _, file, media, make) in enumerate((*_RECORDS, _CALENDAR))
    ]
    pack = Exporter(
        name="evidence-zip",
        title=N_("Evidence pack (ZIP with SHA-256)"),
        filename="evidence.zip",
        media_type="application/zip",
        render=partial(_rendered, _pack),
        order=200,
    )
    return [*found, pack]
