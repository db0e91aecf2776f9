"""支援完了報告書: what was done, what proves it, whether it was one engagement, the ledger's head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.expenses import ExpenseKind, SupportItem
from kaigo_gateway.model.results import Status

from kaigo_subsidy._calendar import era_date
from kaigo_subsidy.papers._content import office_block, paper, supporter_pair
from kaigo_subsidy.papers._facts import ITEMS
from kaigo_subsidy.papers._model import Fields, Table, Text

if TYPE_CHECKING:
    from kaigo_gateway.model.results import Finding

    from kaigo_subsidy.papers._facts import Facts
    from kaigo_subsidy.papers._model import Block, Paper

STATUS: Final = {
    Status.OK: "正常",
    Status.WARN: "注意",
    Status.FAIL: "異常",
    Status.SKIP: "未実施",
    Status.ERROR: "障害",
}
BUNDLE: Final = "careplan.bundle"


def completion_report(facts: Facts) -> Paper:
    """支援完了報告書 of one Setup."""
    blocks: list[Block] = [
        office_block(facts),
        _engagement(facts),
        _work(facts),
        _readers(facts),
        _bundle(facts),
        _checks(facts),
        Fields("確認", (("事業所の確認（日付・氏名）", ""), ("導入支援事業者の担当者（日付・氏名）", ""))),
    ]
    return paper(facts, "completion-report", "支援完了報告書", blocks)


def _engagement(facts: Facts) -> Fields:
    view = facts.view
    return Fields(
        "支援の概要",
        (
            supporter_pair(facts),
            ("担当者", view.site.supporter.engineer or "（記載がありません）"),
            ("作業日", era_date(view.today)),
            ("記録番号", view.id),
            ("台帳の先頭ハッシュ（SHA-256）", view.head_hash or "（まだありません）"),
            ("記録の封印", "封印済み" if view.sealed else "未封印"),
        ),
    )


def _work(facts: Facts) -> Table:
    """The six items of 要綱 第3条第2号, each with its proof or that there is none."""
    rows = []
    for number, item in enumerate(SupportItem, 1):
        found = [row for row in facts.rows if _item_of(row.line.kind, row.line.item) is item]
        proof = "、".join(dict.fromkeys(facts.title_of(check) for row in found for check in row.line.proof))
        state = "実施（記録で確認）" if proof else "実施（確認の記録なし）" if found else "記録なし"
        amount = sum(row.line.amount for row in found)
        rows.append((f"({number})", ITEMS[item], state, proof or "－", amount))
    return Table(
        "接続サポート等の実施内容（要綱 第3条第2号）",
        ("項目", "内容", "状況", "根拠とした確認", "金額（税込・円）"),
        tuple(rows),
        numbers=(4,),
        widths=(1, 5, 3, 5, 2),
    )


def _item_of(kind: ExpenseKind, item: SupportItem | None) -> SupportItem | None:
    return SupportItem.CAREPLAN_LINK if kind is ExpenseKind.CAREPLAN_SUPPORT else item


def _readers(facts: Facts) -> Table:
    rows = tuple(
        (
            row.line.model or row.line.description,
            row.line.quantity,
            "、".join(row.line.serials) or "－",
            "、".join(facts.title_of(check) for check in row.line.proof) or "－",
        )
        for row in facts.rows
        if row.line.kind is ExpenseKind.CARD_READER
    )
    none = (("カードリーダーは記録されていません", 0, "－", "－"),)
    header = ("型番", "台数", "製造番号", "根拠とした確認")
    return Table("確認したカードリーダー", header, rows or none, numbers=(1,), widths=(4, 1, 4, 4))


def _bundle(facts: Facts) -> Fields:
    """一体的に受けた支援かどうか (事務連絡 別添1 注2), as the Setup's own evaluation says."""
    found = facts.view.results.get(BUNDLE, ())
    evidence: dict[str, Any] = {}
    for finding in found:
        evidence.update(finding.evidence)
    proved = bool(found) and all(f.status in {Status.OK, Status.WARN} for f in found)
    verdict = "評価していません" if not found else "一体的に実施した" if proved else "一体的とは確認できない"
    return Fields(
        "介護情報基盤とケアプランデータ連携の支援の一体性",
        (
            ("評価", verdict),
            ("理由コード", "、".join(f.reason_code for f in found) or "－"),
            ("根拠とした規則", str(evidence.get("rule", "－"))),
            ("クライアント証明書（SHA-256）", str(evidence.get("certificate_sha256") or "－")),
        ),
    )


def _checks(facts: Facts) -> Table | Text:
    rows = tuple(
        (
            facts.title_of(check_id),
            finding.subject or "－",
            STATUS[finding.status],
            f"{check_id} / {finding.reason_code}",
        )
        for check_id, findings in sorted(facts.view.results.items())
        for finding in _each(findings)
    )
    if not rows:
        return Text("確認の結果", ("確認は記録されていません。",))
    header = ("確認", "対象", "結果", "確認のコード / 理由コード")
    return Table("確認の結果", header, rows, widths=(5, 4, 2, 5), small=(3,))


def _each(findings: Any) -> list[Finding]:
    return list(findings)
