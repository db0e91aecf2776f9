"""The papers: what they say, that they mark simulations, that nothing in them can run or be lost."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from factories import assessed, lines, view
from icalendar import Calendar
from kaigo_gateway.model.results import Finding, Status
from kaigo_subsidy.papers import SIMULATED_MARK
from kaigo_subsidy.papers._receipt import tax_in
from paper_kit import EVERY, PAGES, made, text_of_page, text_of_pdf


def test_every_exporter_has_its_own_name_and_file_and_works_without_an_assessment():
    assert len({exporter.filename for exporter in EVERY.values()}) == len(EVERY)
    for exporter in EVERY.values():
        assert exporter.render(view(), None)


@pytest.mark.parametrize("name", EVERY)
def test_the_same_setup_gives_the_same_bytes(name):
    assert made(name) == made(name)


def test_a_simulated_setup_is_marked_on_the_face_of_every_paper(tmp_path):
    setup = view(simulated=True)
    for name, exporter in EVERY.items():
        data = made(name, setup)
        if name.endswith("-pdf"):
            shown = text_of_pdf(data, tmp_path)
        elif name.endswith("-xlsx"):
            sheet = openpyxl.load_workbook(io.BytesIO(data)).active
            shown = str(sheet["A1"].value)
        elif name == "evidence-zip":
            shown = zipfile.ZipFile(io.BytesIO(data)).read("index.html").decode()
        elif name == "calendar-ics":
            shown = data.decode().replace("\r\n ", "")
        else:
            shown = data.decode("cp932" if name == "expenses-cp932" else "utf-8-sig")
        assert SIMULATED_MARK in shown, exporter.name
    assert SIMULATED_MARK not in made("claim-summary").decode()


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_nothing_from_outside_and_promise_nothing(name):
    page = made(name).decode()
    assert not re.search(r"(src|href)=", page)
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "交付を約束するものではありません。申請者は事業所です" in page
    assert "@page" in page


def test_what_people_typed_is_never_markup():
    nasty = lines()[1] | {"description": '<b onclick=x>太字</b> & "引用"', "key": "n"}
    page = made("claim-summary", view(nasty, office={"name": "<script>alert(1)</script>"})).decode()
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


def test_the_summary_says_verdict_amounts_and_days():
    shown = text_of_page(made("claim-summary"))
    for part in (
        "令和8年11月22日",
        "一部対象",
        "62,700",
        "62,000",
        "128,000",
        "COST_NOT_LISTED",
        "令和9年1月31日",
    ):
        assert part in shown
    assert "開庁日では令和8年12月28日" in shown


def test_the_portal_sheet_follows_the_form_and_keeps_ineligible_cost_out():
    shown = text_of_page(made("portal-sheet"))
    order = [
        "申請日",
        "介護事業所番号",
        "補助対象",
        "A カードリーダー",
        "B 接続サポート等経費",
        "①総事業費",
        "④交付額",
        "備考",
        "口座番号",
        "通帳の写し",
    ]
    places = [shown.index(part) for part in order]
    assert places == sorted(places)
    assert "支払った金額 63,580円のうち 62,700円が対象です" in shown
    assert "訪問・通所・短期滞在系 11 訪問介護" in shown
    assert "（ポータルで入力）" in shown


def test_a_reader_that_does_not_count_is_in_neither_amount_nor_number_of_the_portal_sheet():
    used = lines()[0] | {"condition": "used", "quantity": 1, "amount": 3000, "key": "u"}
    setup = view(*lines()[:3], used)
    record = json.loads(made("expenses-json", setup))
    assert [line["block"] for line in record["lines"]] == ["A", "B", "B", "X"]
    shown = text_of_page(made("portal-sheet", setup))
    assert "購入額（税込・円） 19,500" in shown
    assert "台数（台） 3" in shown


def test_readers_over_the_limit_are_claimed_up_to_the_limit():
    five = lines()[0] | {"quantity": 5, "amount": 32500}
    shown = text_of_page(made("portal-sheet", view(five, *lines()[1:3])))
    assert "購入額（税込・円） 19,500" in shown
    assert "台数（台） 3" in shown


def test_the_completion_report_names_the_six_items_their_proof_the_bundle_and_the_ledgers_head():
    shown = text_of_page(made("completion-report"))
    for part in (
        "(6)",
        "reader.exercise / READER_EXERCISED",
        "CIR315A 3 A1、A2、A3 カードリーダー",
        "一体的に実施した",
        "CAREPLAN_BUNDLED",
        "cd" * 32,
        "ab" * 32,
        "封印済み",
        "記録なし",
    ):
        assert part in shown
    assert "支援 太郎" in shown


def test_the_completion_report_calls_a_check_by_its_id_where_the_record_has_no_title():
    shown = text_of_page(made("completion-report", view(titles={"platform.connection": ("接続の確認", "")})))
    assert "CIR315A 3 A1、A2、A3 reader.exercise" in shown
    assert "実施（記録で確認） 接続の確認 30,000" in shown
    assert "検査" not in shown


def test_an_unproved_bundle_is_not_called_one():
    shown = text_of_page(made("completion-report", view(results={})))
    assert "評価していません" in shown
    assert "一体的に実施した" not in shown


def test_a_failed_bundle_evaluation_is_not_called_one():
    failed = Finding(status=Status.FAIL, reason_code="CAREPLAN_NOT_BUNDLED", evidence={"bundled": False})
    shown = text_of_page(made("completion-report", view(results={"careplan.bundle": (failed,)})))
    assert "一体的とは確認できない" in shown
    assert "一体的に実施した" not in shown


def test_the_receipt_breakdown_never_says_lump_and_taxes_each_line():
    shown = text_of_page(made("receipt-breakdown"))
    rows = shown.split("確認事項")[0]
    assert "一式" not in rows
    assert "CIR315A" in rows
    assert "17,728 1,772 19,500" in rows
    assert "登録番号 T1180301018771 の検査用数字は正しい値です" in shown
    assert "収入印紙が必要です" in shown


def test_no_stamp_duty_below_fifty_thousand_before_tax():
    small = view({"kind": "connection_support", "item": "reader_check", "amount": 54_998, "key": "a"})
    assert "収入印紙" not in text_of_page(made("receipt-breakdown", small))
    large = view({"kind": "connection_support", "item": "reader_check", "amount": 54_999, "key": "a"})
    assert "収入印紙" in text_of_page(made("receipt-breakdown", large))


@pytest.mark.parametrize(
    ("amount", "tax"), [(110, 10), (19500, 1772), (1, 0), (-110, -10), (0, 0), (1099, 99)]
)
def test_the_tax_contained_in_an_amount(amount, tax):
    assert tax_in(amount) == tax


def test_lines_stay_with_their_judgement_when_the_ledger_reordered_them():
    setup = view()
    result = assessed(setup)
    records = {"lines": [line.model_dump(mode="json") for line in setup.expenses]}
    found = setup.results["reader.exercise"][0].model_copy(update={"evidence": records})
    turned = view(*reversed(lines()), results={"expense.records": (found,)})
    record = json.loads(EVERY["expenses-json"].render(turned, result))
    assert [line["eligible_amount"] for line in record["lines"]] == [19500, 30000, 13200, 0]


def days_in(data):
    calendar = Calendar.from_ical(data)
    return {str(event["UID"]): event["DTSTART"].dt for event in calendar.walk("VEVENT")}


def test_the_calendar_of_a_setup_without_assessment_holds_the_last_day_to_apply():
    setup = view()
    early = days_in(EVERY["calendar-ics"].render(setup, None))
    assert list(early.values()) == [date(2027, 3, 12)]
    assert early.items() <= days_in(EVERY["calendar-ics"].render(setup, assessed(setup))).items()


def test_papers_of_a_dropped_programme_follow_its_own_rules(tmp_path):
    from test_dropped_rules import CITY

    text = CITY.replace("title: 訪問・通所・短期滞在系", "title: 市の訪問系")
    assert text != CITY
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    where = view().site.model_copy(update={"programme": "city-x"})
    named = where.model_copy(update={"plugins": {"subsidy": {"rules_folder": str(tmp_path)}}})
    for setup in (view(site=where, rules_folder=tmp_path), view(site=named)):
        assert "市の訪問系" in EVERY["portal-sheet"].render(setup, None).decode()
    assert "市の訪問系" not in EVERY["portal-sheet"].render(view(site=where), None).decode()


def test_the_portal_sheet_enters_a_preventive_service_as_its_care_service():
    """要綱 別添 ※: read as the care service; beside it there is nothing more to enter."""
    alone = text_of_page(made("portal-sheet", view(office={"services": ["62"]})))
    assert "訪問・通所・短期滞在系 12 訪問入浴介護（介護予防サービス 62 を読み替え）" in alone
    both = text_of_page(made("portal-sheet", view(office={"services": ["12", "62", "A2", "99"]})))
    assert both.count("訪問入浴介護") == 1
    assert "（総合事業のため対象外） A2 （一覧にありません） 99" in both


def test_the_portal_sheet_of_a_setup_that_was_not_assessed_shows_no_amounts_of_an_assessment():
    shown = text_of_page(EVERY["portal-sheet"].render(view(), None))
    assert shown.count("（判定前）") == 3
    assert "（判定前）" not in text_of_page(EVERY["portal-sheet"].render(view(), assessed(view())))
