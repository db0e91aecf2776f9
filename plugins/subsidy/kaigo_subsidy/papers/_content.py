"""What stands in each paper, in Japanese: summary, portal sheet, expense record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_subsidy._calendar import business_days_left, era_date, last_business_day
from kaigo_subsidy.papers._facts import BLOCKS
from kaigo_subsidy.papers._model import Fields, Paper, Table, Text
from kaigo_subsidy.papers._said import said

if TYPE_CHECKING:
    from datetime import date

    from kaigo_gateway.model.claims import Assessment

    from kaigo_subsidy.papers._facts import Facts, Row
    from kaigo_subsidy.papers._model import Block

VERDICTS: Final = {
    "eligible": "対象（入力した経費はすべて助成の対象と見込まれます）",
    "partly": "一部対象（対象にならない経費があります）",
    "ineligible": "対象外（このままでは助成の対象になりません）",
}
NO_PROMISE: Final = (
    "この書類は申請の準備のためのもので、助成金の交付を約束するものではありません。申請者は事業所です。"
)


def foot(facts: Facts) -> tuple[str, ...]:
    """What stands at the foot of every paper."""
    view = facts.view
    record = f"記録番号 {view.id}"
    if view.head_hash:
        record += f"　台帳の先頭ハッシュ {view.head_hash}"
    if not view.sealed:
        record += "　（記録はまだ封印されていません）"
    return NO_PROMISE, record


def paper(facts: Facts, name: str, title: str, blocks: list[Block]) -> Paper:
    """A paper with the mark, day and foot that all share."""
    return Paper(name, title, facts.mark, era_date(facts.applied_on), tuple(blocks), facts.made, foot(facts))


def office_block(facts: Facts) -> Fields:
    """基本情報 in the order of the portal's form."""
    office = facts.view.site.office
    return Fields(
        "基本情報",
        (
            ("介護事業所番号", office.number),
            ("事業所名称", office.name),
            ("所在地", office.address or "（サイトファイルに記載がありません）"),
            ("電話番号", office.phone or "（サイトファイルに記載がありません）"),
        ),
    )


def supporter_pair(facts: Facts) -> tuple[str, str]:
    """導入支援事業者 and its registration number."""
    supporter = facts.view.site.supporter
    number = supporter.registration_number
    return "導入支援事業者", f"{supporter.name}（{number}）" if number else supporter.name


def claim_summary(facts: Facts) -> Paper:
    """申請の概要: verdict, amounts, lines, notices, documents, days."""
    blocks: list[Block] = [office_block(facts)]
    assessment = facts.assessment
    if assessment:
        blocks.append(_verdict(assessment))
    blocks.append(line_table(facts))
    if assessment:
        blocks += _after(assessment, facts.applied_on)
    return paper(facts, "claim-summary", "介護情報基盤の活用のための助成金　申請の概要", blocks)


def _verdict(assessment: Assessment) -> Fields:
    return Fields(
        "判定",
        (
            ("判定", VERDICTS[assessment.verdict]),
            ("総事業費（入力した経費、円）", assessment.total_cost),
            ("うち対象となる経費（円）", assessment.eligible_cost),
            ("助成限度額（円）", assessment.cap),
            ("カードリーダーの助成限度台数（台）", assessment.reader_limit),
            ("交付見込額（1,000円未満切り捨て、円）", assessment.grant),
            ("助成されない額（円）", assessment.self_paid),
        ),
    )


def line_table(facts: Facts) -> Table:
    """経費の内訳, one row for each recorded line, with the reasons of the assessment."""
    return Table(
        "経費の内訳",
        ("番号", "申請区分", "内容", "数量", "金額（税込・円）", "実施日", "対象額（円）"),
        tuple(_line(row) for row in facts.rows),
        numbers=(3, 4, 6),
        widths=(2, 5, 12, 2, 4, 7, 4),
        total=("", "合計", "", "", sum(r.line.amount for r in facts.rows), "", _eligible(facts)),
    )


def _eligible(facts: Facts) -> int | str:
    known = [row.eligible for row in facts.rows if row.eligible is not None]
    return sum(known) if known or facts.assessment else "未判定"


def _line(row: Row) -> tuple[str | int, ...]:
    what = [row.item or row.kind, row.line.model or "", row.line.description]
    reasons = "".join(f"（{code}：{message}）" for code, message in row.reasons)
    eligible = "未判定" if row.eligible is None else row.eligible
    content = "　".join(part for part in what if part) + reasons
    return row.number, BLOCKS[row.block], content, row.line.quantity, row.line.amount, row.day, eligible


def _after(assessment: Assessment, today: date) -> list[Block]:
    notices = tuple(f"{said(n)}（{n.code}）" for n in assessment.notices) or ("ありません。",)
    present = {None: "未確認", True: "あり", False: "なし"}
    documents = tuple(f"{d.title}　（{present[d.present]}）" for d in assessment.documents if d.needed)
    rule = assessment.rule
    rules = (f"{rule.id}　版 {rule.version}　SHA-256 {rule.hash}", *rule.references)
    return [
        Text("お知らせ", notices),
        Text("添付書類", documents),
        _days(assessment, today),
        Text("適用した規則", rules),
    ]


def _days(assessment: Assessment, today: date) -> Fields:
    days = assessment.dates

    def by(day: date) -> str:
        open_day = last_business_day(day)
        return f"{era_date(day)}まで" + (f"（開庁日では{era_date(open_day)}）" if open_day != day else "")

    def left(closes: date) -> str:
        total = max(0, (closes - today).days)
        return f"{total}日（開庁日で{business_days_left(today, closes)}日、{era_date(today)}現在）"

    return Fields(
        "日程",
        (
            (
                "申請受付期間",
                f"{era_date(days.window_opens)}から{era_date(days.window_closes)}まで（予算の上限に達すると終了）",
            ),
            ("申請期限までの残り", left(days.window_closes)),
            ("決定の時期", by(days.decision_by)),
            ("振込の時期", by(days.payment_by)),
            ("消費税仕入控除税額の報告", f"{era_date(days.tax_report_by)}まで（0円でも報告が必要です）"),
            ("帳簿・証拠書類の保管", f"{era_date(days.keep_until)}まで"),
        ),
    )
