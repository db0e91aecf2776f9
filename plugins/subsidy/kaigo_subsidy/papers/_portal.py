"""The portal's application form, field by field in its order, so that the office can copy it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_subsidy._calendar import era_date
from kaigo_subsidy.papers._content import office_block, paper
from kaigo_subsidy.papers._model import Fields, Table, Text

if TYPE_CHECKING:
    from kaigo_subsidy.papers._facts import Facts
    from kaigo_subsidy.papers._model import Block, Paper
    from kaigo_subsidy.rules import RuleSet

WHERE = (
    "ポータルのマイページ → 各種申請 → カードリーダー等の購入及び介護情報基盤との接続サポート等に係る助成金"
    " → 事前確認 → 申請する"
)
BY_HAND = "（ポータルで入力）"


def portal_sheet(facts: Facts) -> Paper:
    """申請画面入力シート. Account numbers are never asked for nor kept here."""
    blocks: list[Block] = [
        Text("入力する場所", (WHERE,)),
        Fields("申請日", (("申請日（自動表示）", era_date(facts.applied_on)),)),
        office_block(facts),
        services_table(facts),
        _readers(facts),
        Fields("B 接続サポート等経費", (("サポート費用（税込・円）", facts.claimed("B")),)),
        _automatic(facts),
        Fields("備考", (("備考（任意）", ""),)),
        Fields("口座情報", tuple((label, BY_HAND) for label in _ACCOUNT)),
        _attachments(facts),
        Text("申請の前に", (*_differences(facts), *_REMINDERS)),
    ]
    return paper(facts, "portal-sheet", "助成金申請　ポータル入力シート", blocks)


def _differences(facts: Facts) -> list[str]:
    """Where this sheet's amounts are not simply those of the receipt."""
    paid = facts.amount("A") + facts.amount("B") + facts.amount("X")
    claimed = facts.claimed("A") + facts.claimed("B")
    told = []
    if paid != claimed:
        told.append(
            f"支払った金額 {paid:,}円のうち {claimed:,}円が対象です。対象外の経費は金額に含めていません。"
        )
    grant = min(claimed, facts.assessment.cap) // 1000 * 1000 if facts.assessment else 0
    if facts.assessment and facts.assessment.grant != grant:
        told.append(f"収入の控除などを行った交付見込額は {facts.assessment.grant:,}円です（要綱 第4条）。")
    return told


_ACCOUNT = (
    "銀行／ゆうちょ銀行",
    "銀行名・支店名",
    "預金種目（普通・当座）",
    "口座番号（7桁）",
    "口座名義（カナ）",
)
_REMINDERS = (
    "金額は領収書と一致させてください。",
    "申請は介護事業所番号につき1回だけです（要綱 第6条第3号）。",
    "カードリーダーの購入と接続がすべて完了してから申請してください（要綱 第6条第2号）。",
    "カードリーダーは介護情報基盤の業務だけに使い、シール等で表示してください（要綱 第3条第1号）。",
    "手引きの画面は確認できていないため、実際の画面と項目の順序や名称が異なることがあります。",
)


def services_table(facts: Facts) -> Table:
    """助成金情報: category and service type code, one row each, as the form wants them."""
    asked = list(dict.fromkeys(facts.view.site.office.services))
    rows = [row for code in asked if (row := _service(code, asked, facts.ruleset))]
    return Table(
        "助成金情報", ("補助対象", "サービス種類コード", "サービス種類"), tuple(rows), widths=(3, 2, 5)
    )


def _service(code: str, asked: list[str], ruleset: RuleSet) -> tuple[str, str, str] | None:
    """One row of the form; None for a preventive service whose care service has its own (別添 ※)."""
    entered = ruleset.preventive.get(code, code)
    if entered != code and entered in asked:
        return None
    service = ruleset.services.get(entered)
    if service is None:
        out = code in ruleset.excluded
        return ("（総合事業のため対象外）" if out else "（一覧にありません）"), code, ""
    read = f"（介護予防サービス {code} を読み替え）" if entered != code else ""
    return ruleset.office.categories[service.category].title, entered, service.name + read


def _readers(facts: Facts) -> Fields:
    compatible = all(row.line.compatible for row in facts.block("A"))
    box = "確認済み" if compatible and facts.block("A") else "要確認"
    return Fields(
        "A カードリーダー",
        (
            ("購入額（税込・円）", facts.claimed("A")),
            ("マイナ資格確認アプリに対応したカードリーダーである", box),
            ("台数（台）", facts.readers),
        ),
    )


def _automatic(facts: Facts) -> Fields:
    total = facts.claimed("A") + facts.claimed("B")
    cap = facts.assessment.cap if facts.assessment else None
    lower = None if cap is None else min(total, cap)
    amounts = (total, cap, lower, None if lower is None else lower // 1000 * 1000)
    names = (
        "①総事業費（A＋B、円）",
        "②助成限度額（円）",
        "③選定額（①と②の少ない方、円）",
        "④交付額（1,000円未満切り捨て、円）",
    )
    shown = ("（判定前）" if amount is None else amount for amount in amounts)
    return Fields("自動計算される金額", tuple(zip(names, shown, strict=True)))


def _attachments(facts: Facts) -> Text:
    documents = facts.assessment.documents if facts.assessment else ()
    lines = tuple(f"({number}) {document.title}" for number, document in enumerate(documents, 1))
    return Text("添付書類（PDF・JPG・PNG、1ファイル20MBまで）", lines or ("規則を確認してください。",))
