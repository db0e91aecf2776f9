"""Assessments and programmes as lines of text for a console; pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_, current_language, translate
from kaigo_gateway.model.reasons import fill

from kaigo_subsidy._calendar import business_days_left
from kaigo_subsidy.reasons import REASONS, message
from kaigo_subsidy.related import example_of, known_facts
from kaigo_subsidy.rules import unconfirmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from kaigo_gateway.claims import ClaimProgramme
    from kaigo_gateway.model.cases import Case, CaseDay
    from kaigo_gateway.model.claims import Assessment, Claim
    from kaigo_gateway.model.expenses import ExpenseLine

    from kaigo_subsidy.precheck import Precheck
    from kaigo_subsidy.related import Statement
    from kaigo_subsidy.related._statements import Note
    from kaigo_subsidy.rules import RuleSet
    from kaigo_subsidy.rules._medical import Band

_VERDICTS: Final = {
    "eligible": N_("[OK] eligible: every line counts"),
    "partly": N_("[NOTE] partly eligible: some lines do not count"),
    "ineligible": N_("[NG] not eligible: nothing would be granted"),
}
_MARKS: Final = {"ok": N_("[OK]"), "warn": N_("[NOTE]"), "fail": N_("[NG]")}


def _(text: str, **values: object) -> str:
    return fill(translate(text, "kaigo_subsidy"), values)


def yen(amount: int) -> str:
    """62700 as ``62,700``."""
    return f"{amount:,}"


def assessment_lines(claim: Claim, assessment: Assessment) -> Iterator[str]:
    """The verdict, the amounts, each line with its reasons, the notices and the days."""
    yield _(_VERDICTS[assessment.verdict])
    yield _(N_("Grant: {grant} yen (limit {cap} yen)"), grant=yen(assessment.grant), cap=yen(assessment.cap))
    yield _(
        N_("Cost: {total} yen, of which {eligible} yen count; paid by the office: {own} yen"),
        total=yen(assessment.total_cost),
        eligible=yen(assessment.eligible_cost),
        own=yen(assessment.self_paid),
    )
    for line in assessment.lines:
        expense = claim.expenses[line.index]
        yield _(
            N_("  expenses[{index}] {kind} {amount} yen: {eligible} yen count"),
            index=line.index,
            kind=_named(expense),
            amount=yen(expense.amount),
            eligible=yen(line.eligible_amount),
        )
        for code in line.reason_codes:
            yield f"    {code}: {message(code, {})}" if code in REASONS else f"    {code}"
            yield from _steps(code, {}, "      ")
    for notice in assessment.notices:
        yield f"* {notice.code}: {notice.message}"
        if not notice.code.startswith("READING_"):  # their remedy is the same each time, and said once below
            yield from _steps(notice.code, notice.values, "    ")
    if any(notice.code.startswith("READING_") for notice in assessment.notices):
        yield _(
            N_("Ask the portal's inquiry desk about what is not confirmed; --reading NAME=OPTION chooses.")
        )
    yield from _day_lines(claim, assessment)


_COSTS: Final = {
    "card_reader": N_("card reader"),
    "connection_support": N_("connection support"),
    "careplan_support": N_("CarePlan support"),
    "opinion_transmission": N_("sending of 主治医意見書"),
    "other": N_("other cost"),
}


def _named(expense: ExpenseLine) -> str:
    """What a line is, as the receipt may call it: kind, and model or description."""
    named = expense.model or expense.description
    return _(_COSTS[expense.kind]) + (f" ({named})" if named else "")


def _steps(code: str, values: Mapping[str, Any], indent: str) -> Iterator[str]:
    if code in REASONS:
        yield from (f"{indent}-> {step}" for step in REASONS.steps(code, values))


def _day_lines(claim: Claim, assessment: Assessment) -> Iterator[str]:
    days = assessment.dates
    left, open_days = (
        (days.window_closes - claim.applied_on).days,
        business_days_left(claim.applied_on, days.window_closes),
    )
    yield _(N_("Applications: {opens} to {closes}"), opens=days.window_opens, closes=days.window_closes)
    yield _(
        N_("Left to apply: {days} days, {open_days} business days"), days=max(0, left), open_days=open_days
    )
    yield _(N_("Decision by {decided}, payment by {paid}"), decided=days.decision_by, paid=days.payment_by)
    yield _(N_("Consumption tax report by {report}; keep the records until {keep}"), report=days.tax_report_by, keep=days.keep_until)  # fmt: skip  # noqa: E501
    rule = assessment.rule
    yield _(
        N_("Rules: {id}, version {version}, SHA-256 {hash}"), id=rule.id, version=rule.version, hash=rule.hash
    )


def programme_lines(sets: Iterable[RuleSet]) -> Iterator[str]:
    """Each programme with its window, limits and open questions."""
    japanese = current_language() == "ja"
    for ruleset in sets:
        rules = ruleset.rules
        yield f"{rules.id}  {rules.title if japanese else rules.title_en}"
        opens, closes = rules.window.opens.value, rules.window.closes.value
        yield "  " + _(N_("Applications: {opens} to {closes}"), opens=opens, closes=closes)
        yield from _limit_lines(ruleset, japanese=japanese)
        for reading in rules.readings:
            question = reading.question if japanese else reading.question_en
            options = ", ".join(reading.options)
            yield f"  ? {reading.id} = {reading.default} ({options}): {question}"
        yield from _doubt_lines(ruleset)
        if rules.overall_status == "unconfirmed":
            yield "  ! " + (rules.overall_note if japanese else rules.overall_note_en)


def _doubt_lines(ruleset: RuleSet) -> Iterator[str]:
    """The figures whose source is not certain, with their place in the rule file."""
    for place, value, ref in unconfirmed(ruleset.rules):
        plain = "" if isinstance(value, tuple) else f" = {value}"
        yield "  ~ " + _(N_("not confirmed: {place} ({ref})"), place=f"{place}{plain}", ref=ref)


_KINDS: Final = {"hospital": N_("hospital"), "clinic": N_("clinic")}


def _limit_lines(ruleset: RuleSet, *, japanese: bool) -> Iterator[str]:
    rules = ruleset.rules
    for key, category in rules.office.categories.items() if rules.office else ():
        yield "  " + _(
            N_("{key} {title}: up to {cap} yen, {readers} readers"),
            key=key,
            title=category.title if japanese else category.title_en,
            cap=yen(category.cap.value),
            readers=category.readers.value,
        )
    for band in rules.medical.bands if rules.medical else ():
        yield "  " + band_line(band)


def band_line(band: Band) -> str:
    """Kind and beds of an institution, its rate and its limit."""
    return _(
        _band_text(band),
        kind=_(_KINDS[band.kind]),
        beds=band.beds_from or band.beds_to,
        rate=band.rate.value,
        cap=yen(band.cap.value),
    )


def _band_text(band: Band) -> str:
    if band.beds_from:
        return N_("{kind} from {beds} beds: {rate}, up to {cap} yen")
    if band.beds_to is not None:
        return N_("{kind} up to {beds} beds: {rate}, up to {cap} yen")
    return N_("{kind}: {rate}, up to {cap} yen")


def precheck_lines(found: Precheck) -> Iterator[str]:
    """Each document with what was found, the remedy indented below it."""
    for code, findings in found.findings.items():
        for finding in findings:
            mark = _(_MARKS[finding.status])
            yield f"{mark} {code}: {message(finding.reason_code, finding.seen)}"
            if finding.status != "ok":
                yield from (f"    -> {step}" for step in REASONS.steps(finding.reason_code, finding.seen))


def related_lines(found: Iterable[Statement], today: date) -> Iterator[str]:
    """Each related programme: what is met, what raises the amount, what to know; dated, with references."""
    japanese = current_language() == "ja"
    for statement in found:
        programme = statement.programme
        yield f"{programme.title if japanese else programme.title_en}: {_(statement.verdict_text)}"
        yield _(N_("  (as of {dated}; compare with the newest notice)"), dated=programme.dated)
        if programme.until and programme.until < today:
            yield _(N_("  ! Applications ended on {until}."), until=programme.until)
        for requirement, met in statement.requirements:
            yield f"  {_(_MET[met])} {_noted(requirement, japanese=japanese)} [{requirement.key}]"
        for requirement, met in statement.additions:
            yield f"  + {_(_MET[met])} {_noted(requirement, japanese=japanese)} [{requirement.key}]"
        for note in programme.notes:
            yield f"  - {_noted(note, japanese=japanese)}"
        yield ""
    yield _(N_("In [ ]: the key of a file of facts, such as:"))
    yield from (f"  {example_of(key)}" for key in known_facts())


_MET: Final = {True: N_("[met]"), False: N_("[not met]"), None: N_("[unknown]")}


def _noted(note: Note, *, japanese: bool) -> str:
    """The text with its reference, and whether it is confirmed."""
    doubt = _(N_(", not confirmed")) if note.status == "unconfirmed" else ""
    return f"{note.text if japanese else note.text_en} ({note.ref}{doubt})"


def examined_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """What a pre-check found against a claim, from its document; nothing where all is well."""
    for one in document["documents"]:
        for finding in one["findings"]:
            if finding["status"] != "ok":
                yield f"{_(_MARKS[finding['status']])} {one['code']}: {finding['message']}"
                yield from (f"    -> {step}" for step in finding["remedy"]["steps"])


def case_lines(case: Case, programme: ClaimProgramme, days: Iterable[CaseDay]) -> Iterator[str]:
    """A claim's history, what it can become, the days that matter; texts are the programme's."""

    def told(text: str) -> str:
        return translate(text, programme.domain)

    def state(code: str) -> str:
        return told(programme.life.states.get(code, code))

    yield _(N_("{id}: {state}"), id=case.id, state=state(case.state))
    for entry in case.entries:
        amount = _(N_("{amount} yen"), amount=yen(entry.amount)) if entry.amount is not None else ""
        file = f"{entry.file.name} (SHA-256 {entry.file.sha256})" if entry.file else ""
        parts = (state(entry.state), entry.evidence, amount, entry.override, file, entry.by)
        yield f"  {entry.on.isoformat()}  " + "  ".join(part for part in parts if part)
    for move in programme.moves(case):
        yield _(N_("  next: {state} ({title})"), state=move.state, title=told(move.title))
    for each in days:
        open_day = _(N_(" (business day: {day})"), day=each.open_day) if each.open_day != each.day else ""
        yield f"  {told(each.title)} {each.day}{open_day}"
