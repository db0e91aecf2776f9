"""What every paper says, gathered once from a Setup and its assessment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import translate
from kaigo_gateway.model.expenses import ExpenseKind, SupportItem

from kaigo_subsidy._calendar import JAPAN, era_date, fiscal_year
from kaigo_subsidy._site_rules import sets_seen
from kaigo_subsidy.reasons import REASONS
from kaigo_subsidy.rules import bundled

if TYPE_CHECKING:
    from datetime import date

    from kaigo_gateway.model.claims import Assessment
    from kaigo_gateway.model.descriptors import SetupView
    from kaigo_gateway.model.expenses import ExpenseLine

    from kaigo_subsidy.rules import RuleSet

SIMULATED_MARK: Final = "模擬環境の記録：実際の申請には使えません / simulated"

KINDS: Final = {
    ExpenseKind.CARD_READER: "カードリーダーの購入",
    ExpenseKind.CONNECTION_SUPPORT: "介護情報基盤との接続サポート等",
    ExpenseKind.CAREPLAN_SUPPORT: "ケアプランデータ連携システムの接続サポート",
    ExpenseKind.OPINION_TRANSMISSION: "主治医意見書の電子的送信機能の追加",
    ExpenseKind.OTHER: "その他",
}
ITEMS: Final = {
    SupportItem.READER_CHECK: "カードリーダー接続確認",
    SupportItem.APP_SETUP: "マイナ資格確認アプリのインストール及び設定",
    SupportItem.WEB_SERVICE_SETUP: "介護保険資格確認等WEBサービスの設定",
    SupportItem.USER_RIGHTS: "ユーザ権限の設定",
    SupportItem.CAREPLAN_LINK: "ケアプランデータ連携システムの接続サポート",
    SupportItem.APPROVED_OTHER: "その他国保中央会が認める事業",
}
CONDITIONS: Final = {"new": "新品", "used": "中古", "leased": "リース"}
BLOCKS: Final = {"A": "A カードリーダー", "B": "B 接続サポート等経費", "X": "対象外"}


@dataclass(frozen=True, slots=True)
class Row:
    """One expense line as papers show it. Amounts in yen; ``block`` is A, B (the form's parts) or X."""

    number: int
    line: ExpenseLine
    block: str
    eligible: int | None
    reasons: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """The kind of cost in Japanese."""
        return KINDS[self.line.kind]

    @property
    def item(self) -> str:
        """Which of the six items, in Japanese."""
        return ITEMS[self.line.item] if self.line.item else ""

    @property
    def condition(self) -> str:
        """新品, 中古 or リース."""
        return CONDITIONS[self.line.condition] if self.line.condition else ""

    @property
    def day(self) -> str:
        """The day of the work or purchase in the Japanese era."""
        return era_date(self.line.incurred_on)


@dataclass(frozen=True, slots=True)
class Facts:
    """A Setup and its assessment, ready for papers."""

    view: SetupView
    assessment: Assessment | None
    rows: tuple[Row, ...]

    @property
    def mark(self) -> str:
        """What a simulated Setup's papers say on their face; empty for a real one."""
        return SIMULATED_MARK if self.view.simulated else ""

    @property
    def applied_on(self) -> date:
        """The Setup's day: the earliest day the claim could be made."""
        return self.view.today

    @property
    def own_rules(self) -> RuleSet | None:
        """The rules that were applied, or would be; None for a programme that is no rule file."""
        sets = sets_seen(self.view)
        applied = self.assessment.rule.id if self.assessment else ""
        return sets.get(applied) or sets.get(f"{self.view.site.programme}/{fiscal_year(self.view.today)}")

    @property
    def ruleset(self) -> RuleSet:
        """The Setup's own rules; the latest bundled ones for care offices where it has none."""
        office = {s.rules.id: s for s in bundled() if s.rules.office}
        return self.own_rules or office[max(office)]

    @property
    def made(self) -> datetime:
        """When the Setup was opened; noon of its day where that is not known."""
        noon = datetime.combine(self.view.today, time(12), JAPAN)
        try:
            made = datetime.fromisoformat(self.view.created_at)
        except ValueError:
            return noon
        return made if made.tzinfo else made.replace(tzinfo=JAPAN)

    def title_of(self, check_id: str) -> str:
        """A check's title in Japanese; its id where the record has none."""
        title, domain = self.view.titles.get(check_id, ("", ""))
        return (translate(title, domain, "ja") if domain else title) or check_id

    def block(self, name: str) -> tuple[Row, ...]:
        """The rows of one part of the application form."""
        return tuple(row for row in self.rows if row.block == name)

    def amount(self, name: str) -> int:
        """Yen of one part of the form as it was paid, tax included."""
        return sum(row.line.amount for row in self.block(name))

    def claimed(self, name: str) -> int:
        """Yen of one part of the form that counts; what was paid where nothing was assessed."""
        return sum(row.line.amount if row.eligible is None else row.eligible for row in self.block(name))

    @property
    def readers(self) -> int:
        """台数 of the form's part A, not above the limit."""
        bought = sum(row.line.quantity for row in self.block("A"))
        return min(bought, self.assessment.reader_limit) if self.assessment else bought


def facts_of(view: SetupView, assessment: Assessment | None) -> Facts:
    """Join the lines with what the assessment says of them."""
    return Facts(view, assessment, tuple(_rows(view, assessment)))


def _lines(view: SetupView) -> list[ExpenseLine]:
    """The lines in the order in which they were assessed; a correction may have reordered the ledger's."""
    recorded = [line for f in view.results.get("expense.records", ()) for line in f.evidence.get("lines", ())]
    if not recorded:
        return list(view.expenses)
    order = {line.get("key", ""): place for place, line in enumerate(recorded)}
    return sorted(view.expenses, key=lambda line: order.get(line.key, len(order)))


def _rows(view: SetupView, assessment: Assessment | None) -> list[Row]:
    judged = {line.index: line for line in assessment.lines} if assessment else {}
    rows = []
    for index, line in enumerate(_lines(view)):
        found = judged.get(index)
        eligible = found.eligible_amount if found else None
        codes = found.reason_codes if found else ()
        reasons = tuple(
            (code, REASONS.message(code, {}, "ja") if code in REASONS else code) for code in codes
        )
        rows.append(Row(index + 1, line, _block(line, eligible), eligible, reasons))
    return rows


def _block(line: ExpenseLine, eligible: int | None) -> str:
    """A line that counts for nothing stays outside the form's amounts."""
    if eligible == 0:
        return "X"
    if line.kind is ExpenseKind.CARD_READER:
        return "A"
    return "B" if line.kind in {ExpenseKind.CONNECTION_SUPPORT, ExpenseKind.CAREPLAN_SUPPORT} else "X"
