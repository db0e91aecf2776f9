"""The rule file and the assessor against the 要綱 itself, written down a second time in youkou.py."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

import youkou
from factories import RULES
from kaigo_gateway.model.claims import Claim
from kaigo_subsidy.assessing import assess

PLATFORM, OTHER = "T1180301018771", "T7000012050002"
KINDS = (
    ["card_reader"] * 3
    + ["connection_support"] * 3
    + ["careplan_support"] * 2
    + ["other", "opinion_transmission"]
)
ITEMS = [
    "reader_check",
    "app_setup",
    "web_service_setup",
    "user_rights",
    "careplan_link",
    "approved_other",
    None,
]
DAYS = [date(2026, 11, 22)] * 6 + [date(2026, 5, 6), date(2026, 5, 7), date(2027, 3, 12), date(2027, 3, 13)]


def test_all_35_services_are_those_of_the_official_list_by_code_name_and_category():
    ours = {
        code: (unicodedata.normalize("NFKC", service.name), service.category)
        for code, service in RULES.services.items()
    }
    assert len(youkou.SERVICES) == 35
    assert ours == youkou.SERVICES


def test_caps_and_numbers_of_readers_are_those_of_the_official_table():
    assert RULES.limits == youkou.LIMITS


def test_the_short_stay_services_are_those_that_the_list_calls_so():
    listed = {code for code, (name, _) in youkou.SERVICES.items() if "短期利用型" in name}
    assert set(RULES.short_stay_of) == listed
    for code, of in RULES.short_stay_of.items():
        plain = youkou.SERVICES[code][0].replace("(短期利用型)", "").replace("・短期利用型", "")
        assert plain == youkou.SERVICES[of][0]


def test_every_figure_of_the_text_is_the_figure_of_the_rule_file():
    text, rules = youkou.joined(), RULES.rules
    assert "1,000円未満切り捨て" in text
    assert rules.rounding.value == 1000
    assert "令和9年3月12日までに申請する" in text
    assert rules.window.closes.value == date(2027, 3, 12)
    assert "令和8年4月1日から適用する" in text
    assert rules.work_from.value == date(2026, 4, 1)
    assert "申請月の翌月実施し翌々月までに決定等の結果を通知する" in text
    assert rules.timetable.decision_months_latest.value == 2
    assert "属する年度の翌々年度4月30日までに報告する" in text
    assert (rules.timetable.tax_report_years.value, rules.timetable.tax_report_day.value) == (2, "04-30")
    assert "介護事業所番号に基づき1回のみ" in text
    assert rules.claims_per_office.value == 1
    assert "営利を目的としない法人の場合は寄付金収入を除く" in text
    assert "別表の介護サービス種別に応じた助成限度額の合計を助成限度額とすることができる" in text
    assert "対象となるカードリーダーは「マイナ資格確認アプリに対応したカードリーダー」とする" in text
    assert "介護予防・日常生活支援総合事業」は助成対象外" in text
    for item in (
        "カードリーダー接続確認", "マイナ資格確認アプリのインストール及び設定", "ユーザ権限の設定",
        "介護保険資格確認等WEBサービスの設定", "ケアプランデータ連携システムの接続サポート",
        "その他国保中央会が認める事業",
    ):  # fmt: skip
        assert item in text


def random_line(chance):
    kind = chance.choice(KINDS)
    usual = [chance.randint(1, 90_000) for _ in range(9)]
    amount = chance.choice([*usual, chance.randint(1, 3000), 0, -chance.randint(1, 20_000)])
    line = {
        "kind": kind,
        "amount": amount,
        "incurred_on": date(2026, 3, 25)
        + timedelta(days=chance.choice([0, 6, 7, 8, 60, 60, 60, 100, 100, 241, 242, 300])),
        "supporter": chance.choice([PLATFORM, PLATFORM, PLATFORM, OTHER, None]),
        "quantity": chance.choice([0, 1, 1, 2, 3, 4, 7]) if kind == "card_reader" else 1,
        "description": chance.choice(["", "", "", "USBカードリーダー", "ノートパソコン", "接続一式"]),
    }
    if kind == "card_reader":
        line["condition"] = chance.choice(["new", "new", "new", None, "used", "leased"])
        line["compatible"] = chance.choice([True, True, True, None, False])
        line["model"] = chance.choice(["CIR315A", None])
    elif kind == "connection_support":
        line["item"] = chance.choice(ITEMS)
    elif kind == "careplan_support":
        line["item"] = chance.choice(["careplan_link", None])
    return line


def random_claim(chance):
    codes = [*youkou.SERVICES, *youkou.PREVENTIVE, "A2", "A6", "99"]
    return {
        "programme": "kiban-office",
        "fiscal_year": 2026,
        "applied_on": chance.choice(DAYS),
        "donations": chance.choice([0, 0, chance.randint(1, 90_000)]),
        "other_income": chance.choice([0, 0, 0, chance.randint(1, 40_000)]),
        "office": {
            "number": "1370000001",
            "services": chance.sample(codes, chance.choice([0, 1, 1, 2, 3, 6, 9])),
            "nonprofit": chance.random() < 0.3,
        },
        "expenses": [random_line(chance) for _ in range(chance.randint(0, 7))],
    }


def test_thousands_of_random_claims_get_what_the_text_of_the_rules_gives():
    paid = set()
    for seed in (random.randrange(10**9) for _ in range(3000)):
        claim = random_claim(random.Random(seed))
        result = assess(Claim.model_validate(claim), RULES)
        ours = (result.cap, result.reader_limit, result.eligible_cost, result.grant)
        assert ours == youkou.grant(claim), f"random_claim(Random({seed}))"
        paid.add(result.grant)
    assert len(paid) > 100, "the claims must differ, or nothing was compared"
