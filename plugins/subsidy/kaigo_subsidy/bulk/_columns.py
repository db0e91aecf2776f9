"""The columns of a bulk file: names in both languages, kind of value, what they mean."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from kaigo_gateway.i18n import N_, translate

if TYPE_CHECKING:
    from kaigo_subsidy.rules import RuleSet

Kind = Literal[
    "number", "text", "services", "flag", "yen", "count", "beds", "date", "condition", "institution"
]

SQL_TYPES: Final = {"flag": "BOOLEAN", "yen": "BIGINT", "count": "BIGINT", "beds": "BIGINT", "date": "DATE"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the Japanese header that is understood as well, its kind and its meaning."""

    name: str
    ja: str
    kind: Kind
    about: str
    required: bool = False

    @property
    def sql(self) -> str:
        """The column's type in DuckDB."""
        return SQL_TYPES.get(self.kind, "VARCHAR")


_WHO: Final = (
    Column("office_number", "事業所番号", "number", N_("office number, ten characters"), required=True),
    Column("office_name", "事業所名", "text", N_("name of the office, for your own reading")),
    Column(
        "prefecture",
        "都道府県",
        "text",
        N_("prefecture, as code 01 to 47 or name; empty: from the office number"),
    ),
    Column(
        "nonprofit", "非営利", "flag", N_("whether a non-profit corporation runs the office (true, false)")
    ),
    Column("donations", "寄付金", "yen", N_("donations towards the same cost, yen")),
    Column("other_income", "その他の収入", "yen", N_("other income towards the same cost, yen")),
    Column("claimed", "申請済", "flag", N_("whether the office has already claimed (true, false)")),
    Column("applied_on", "申請日", "date", N_("day of the application; empty: today")),
    Column("incurred_on", "実施日", "date", N_("day on which the work was carried out"), required=True),
)
_OFFICE: Final = (
    Column(
        "services",
        "サービス種類コード",
        "services",
        N_("service type codes with spaces between them, such as 11 2A"),
        required=True,
    ),
    Column("reader_model", "リーダー型番", "text", N_("model of the card reader")),
    Column("reader_quantity", "リーダー台数", "count", N_("number of readers; empty: 1")),
    Column(
        "reader_amount",
        "リーダー購入額",
        "yen",
        N_("what the readers cost in all, yen with tax; empty: none"),
    ),
    Column("reader_condition", "リーダー状態", "condition", N_("new, used or leased")),
    Column(
        "reader_compatible",
        "マイナ資格確認アプリ対応",
        "flag",
        N_("whether the reader works with マイナ資格確認アプリ"),
    ),
    Column(
        "support_amount", "接続サポート費用", "yen", N_("support for the platform's connection, yen with tax")
    ),
    Column("supporter", "導入支援事業者", "text", N_("who gave that support (registration number)")),
    Column("careplan_amount", "ケアプラン連携費用", "yen", N_("support for the CarePlan link, yen with tax")),
    Column(
        "careplan_supporter",
        "ケアプラン連携支援事業者",
        "text",
        N_("who gave the support for the CarePlan link"),
    ),
)
_MEDICAL: Final = (
    Column("institution_kind", "医療機関の種別", "institution", N_("hospital or clinic"), required=True),
    Column("beds", "病床数", "beds", N_("number of beds; needed for a hospital")),
    Column("opinion_amount", "意見書送信費用", "yen", N_("electronic sending of 主治医意見書, yen with tax")),
)

COLUMNS: Final = {column.name: column for column in (*_WHO, *_OFFICE, *_MEDICAL)}
"""All columns by name. One row is one office; an empty amount means that there is no such line. Amounts in
yen, tax included, not negative."""


def columns_of(ruleset: RuleSet) -> dict[str, Column]:
    """The columns that a programme asks for."""
    own = _OFFICE if ruleset.rules.office else _MEDICAL
    return {column.name: column for column in (_WHO[0], *own, *_WHO[1:])}


def known_name(header: str) -> str:
    """The column that a header means (either language, full-width letters, spaces); itself where none."""
    told = unicodedata.normalize("NFKC", header).strip().lower()
    return _BY_HEADER.get(told.replace(" ", ""), told)


_BY_HEADER: Final = {column.ja.lower(): name for name, column in COLUMNS.items()} | {
    name: name for name in COLUMNS
}


def columns_document(ruleset: RuleSet) -> dict[str, Any]:
    """``kaigo-gateway/bulk-columns/1``: every column and what it means, in the current language."""
    found = [
        {**asdict(column), "about": translate(column.about, "kaigo_subsidy")}
        for column in columns_of(ruleset).values()
    ]
    return {"schema": "kaigo-gateway/bulk-columns/1", "columns": found}
