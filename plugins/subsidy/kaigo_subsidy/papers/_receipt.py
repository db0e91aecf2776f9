"""領収書内訳: model, number, amount and use of each line, tax, registration number; never 一式."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_subsidy._registration import registration_number_ok
from kaigo_subsidy.papers._content import paper, supporter_pair
from kaigo_subsidy.papers._facts import BLOCKS
from kaigo_subsidy.papers._model import Fields, Table, Text

if TYPE_CHECKING:
    from kaigo_subsidy.papers._facts import Facts, Row
    from kaigo_subsidy.papers._model import Block, Paper

TAX_PERCENT: Final = 10
_LUMP: Final = ("一式", "いっしき")


def tax_in(amount: int) -> int:
    """The 10 % consumption tax contained in an amount; part yen are dropped, also of discounts."""
    part = abs(amount) * TAX_PERCENT // (100 + TAX_PERCENT)
    return part if amount >= 0 else -part


def receipt_breakdown(facts: Facts) -> Paper:
    """領収書内訳書 that the supporter attaches to its receipt."""
    office = facts.view.site.office
    blocks: list[Block] = [
        Fields("宛先と発行者", (("宛先", f"{office.name}（{office.number}）様"), supporter_pair(facts))),
        *_tables(facts),
        _totals(facts),
        Text("確認事項", tuple(_remarks(facts))),
    ]
    return paper(facts, "receipt-breakdown", "領収書内訳書", blocks)


def _tables(facts: Facts) -> list[Block]:
    tables: list[Block] = []
    for block in BLOCKS:
        rows = facts.block(block)
        if not rows:
            continue
        amounts = [row.line.amount for row in rows]
        tables.append(
            Table(
                BLOCKS[block],
                ("用途", "型番・内容", "数量", "税抜（円）", "消費税10%（円）", "税込（円）"),
                tuple(_row(row) for row in rows),
                numbers=(2, 3, 4, 5),
                widths=(4, 5, 1, 2, 2, 2),
                total=(
                    "小計",
                    "",
                    "",
                    sum(a - tax_in(a) for a in amounts),
                    sum(map(tax_in, amounts)),
                    sum(amounts),
                ),
            )
        )
    return tables


def _row(row: Row) -> tuple[str | int, ...]:
    line = row.line
    described = line.description if not any(word in line.description for word in _LUMP) else ""
    what = "　".join(part for part in (line.model or "", described) if part)
    tax = tax_in(line.amount)
    return (
        row.item or row.kind,
        what or (row.item or row.kind),
        line.quantity,
        line.amount - tax,
        tax,
        line.amount,
    )


def _totals(facts: Facts) -> Fields:
    total = sum(row.line.amount for row in facts.rows)
    return Fields(
        "合計",
        (
            ("税込合計（円）", total),
            ("うち消費税（10%、合計額から計算、円）", tax_in(total)),
            ("うち申請区分Aの税込額（円）", facts.amount("A")),
            ("うち申請区分Bの税込額（円）", facts.amount("B")),
        ),
    )


def _remarks(facts: Facts) -> list[str]:
    number = facts.view.site.supporter.registration_number
    total = sum(row.line.amount for row in facts.rows)
    remarks = []
    if number is None:
        remarks.append("登録番号がありません。適格請求書発行事業者でない場合はこのままで構いません。")
    elif registration_number_ok(number):
        remarks.append(
            f"登録番号 {number} の検査用数字は正しい値です（登録の有無は国税庁のサイトで確認してください）。"
        )
    else:
        remarks.append(f"登録番号 {number} の検査用数字が合いません。番号を確認してください。")
    if total - tax_in(total) >= facts.ruleset.rules.stamp_duty_from.value:
        remarks.append(
            f"税抜の受取金額が{facts.ruleset.rules.stamp_duty_from.value:,}円以上です。紙で発行する場合は収入印紙が必要です（PDF等の電子発行では不要です）。"
        )
    remarks.append("領収書の但し書きは「一式」とせず、型番・数量・金額・用途を記載してください。")
    remarks.append("消費税は行ごとの内訳のため、合計額から計算した値と1円単位で異なることがあります。")
    return remarks
