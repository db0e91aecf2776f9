"""The papers: what they say, that they mark simulations, that nothing in them can run or be lost."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import date
from hashlib import sha256
from types import SimpleNamespace

import openpyxl
import pytest
from factories import assessed, lines, view
from icalendar import Calendar
from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.model.results import Finding, Status
from kaigo_subsidy.papers import SIMULATED_MARK, exporters
from kaigo_subsidy.papers._cp932 import to_cp932
from kaigo_subsidy.papers._print import _refusal
from kaigo_subsidy.papers._receipt import tax_in
from kaigo_subsidy.papers._records import HEADER

EVERY = {exporter.name: exporter for exporter in exporters()}
PDFS = [name for name in EVERY if name.endswith("-pdf")]
SHEETS = [name for name in EVERY if name.endswith("-xlsx")]
PAGES = [name for name, exporter in EVERY.items() if exporter.media_type == "text/html"]


def made(name, setup=None, *, judge=True):
    setup = setup or view()
    return EVERY[name].render(setup, assessed(setup) if judge else None)


def text_of_page(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def text_of_pdf(data, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext")
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    return done.stdout.decode()


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


@pytest.mark.parametrize("name", PDFS)
def test_pdfs_are_pdf_a_with_the_embedded_font_and_say_what_the_page_says(name, tmp_path):
    data = made(name)
    assert b"pdfaid" in data or b"PDF/A" in data or b"OutputIntent" in data
    shown = re.sub(r"\s", "", text_of_pdf(data, tmp_path))
    for part in ("令和8年11月22日", "さくら訪問介護ステーション", "20261122-ABCDEF"):
        assert part in shown
    fonts = subprocess.run(
        ["pdffonts", str(tmp_path / "paper.pdf")], check=True, capture_output=True, text=True
    )
    names = fonts.stdout.splitlines()[2:]
    assert names
    assert all("BIZUDPGothic" in line and " yes yes yes " in line for line in names)


def test_a_character_that_no_font_has_stops_the_pdf_instead_of_vanishing():
    with pytest.raises(CouldNotRun) as caught:
        made("claim-summary-pdf", view(office={"name": "\U000e0fff\ue000\U0010fffd訪問介護"}))
    assert "PDF" in caught.value.text("ja")


def test_a_rare_character_is_borrowed_from_the_machine_and_the_paper_says_so(tmp_path):
    try:
        data = made("claim-summary-pdf", view(office={"name": "𠮷野訪問介護"}))
    except CouldNotRun:
        pytest.skip("no font of this machine has the character")
    shown = text_of_pdf(data, tmp_path)
    assert "𠮷" in shown
    assert "この端末のフォントで表示しています" in shown.replace(" ", "")


def test_typst_markup_in_a_name_stays_text(tmp_path):
    name = '#panic("x") *太字* @ref $x$ [a] \\ `b`'
    assert name.replace(" ", "") in text_of_pdf(
        made("claim-summary-pdf", view(office={"name": name})), tmp_path
    ).replace(" ", "")


def rows_of(data, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


def test_the_csv_has_a_mark_crlf_and_no_cell_that_runs():
    nasty = lines()[1] | {"description": '=HYPERLINK("http://x")', "supporter": "@x", "key": "n"}
    data = made("expenses-csv", view(nasty))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    rows = rows_of(data)
    assert tuple(rows[0]) == HEADER
    assert rows[1][4] == '\'=HYPERLINK("http://x")'
    assert rows[1][9] == "'@x"


def test_the_cp932_csv_lists_what_it_could_not_hold():
    setup = view(lines()[1] | {"description": "㈱髙﨑〜𠮷野−é", "key": "n"})
    rows = rows_of(made("expenses-cp932", setup), "cp932")
    assert rows[1][4] == "㈱髙﨑～〓野－〓"
    listed = rows_of(made("expenses-cp932-unwritten", setup))
    assert listed == [
        ["行", "列", "文字", "符号位置"],
        ["2", "5", "𠮷", "U+20BB7"],
        ["2", "5", "é", "U+00E9"],
    ]


def test_signs_that_cp932_knows_by_another_code_point_are_kept():
    written, unwritten = to_cp932("—–‖¥−〜\u00a0x\r\n")
    assert written.decode("cp932") == "―－∥￥－～ x\r\n"
    assert unwritten == []


def test_cp932_survives_every_character():
    text = "".join(chr(code) for code in range(0x20, 0x3100) if chr(code) != '"')
    written, unwritten = to_cp932(f'"{text}"\r\n')
    assert written.decode("cp932")
    assert all(one.character not in written.decode("cp932") for one in unwritten)


def test_the_json_record_has_every_line_with_its_block_and_totals():
    record = json.loads(made("expenses-json"))
    assert record["schema"] == "kaigo-gateway/expense-record/1"
    assert [line["block"] for line in record["lines"]] == ["A", "B", "B", "X"]
    assert record["totals"] == {
        "readers": 3, "reader_amount": 19500, "support_amount": 43200, "outside_amount": 880, "total": 63580,
    }  # fmt: skip
    assert record["lines"][3]["reasons"][0]["code"] == "COST_NOT_LISTED"
    assert json.loads(made("assessment-json"))["assessment"]["grant"] == 62000


def test_lines_stay_with_their_judgement_when_the_ledger_reordered_them():
    setup = view()
    result = assessed(setup)
    records = {"lines": [line.model_dump(mode="json") for line in setup.expenses]}
    found = setup.results["reader.exercise"][0].model_copy(update={"evidence": records})
    turned = view(*reversed(lines()), results={"expense.records": (found,)})
    record = json.loads(EVERY["expenses-json"].render(turned, result))
    assert [line["eligible_amount"] for line in record["lines"]] == [19500, 30000, 13200, 0]


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_hold_numbers_as_numbers_and_no_typed_formula(name):
    nasty = lines()[1] | {"description": "=1+1", "model": "+A1", "key": "n"}
    book = openpyxl.load_workbook(io.BytesIO(made(name, view(nasty, lines()[0]))))
    rows = [row for sheet in book for row in sheet.iter_rows()]
    cells = [cell for row in rows for cell in row if cell.value is not None]
    formulas = {cell.value for cell in cells if cell.data_type == "f"}
    assert all(re.match(r"=(SUM|MIN|ROUNDDOWN)\(|=\$B\$\d+\+\$B\$\d+$", formula) for formula in formulas)
    assert any(cell.data_type == "n" for cell in cells)


def test_a_wide_table_has_a_worksheet_of_its_own_with_rows_high_enough_for_their_text():
    long = lines()[0] | {"description": "とても長い名前のカードリーダー" * 6}
    book = openpyxl.load_workbook(io.BytesIO(made("claim-summary-xlsx", view(long, simulated=True))))
    table = book["1 経費の内訳"]
    assert all(sheet["A1"].value == "模擬環境の記録：実際の申請には使えません / simulated" for sheet in book)
    head = next(row for row in table.iter_rows() if row[0].value == "番号")[0].row
    assert (table.freeze_panes, table.print_title_rows) == (f"A{head + 1}", f"${head}:${head}")
    assert table.row_dimensions[head + 1].height > 60


@pytest.mark.parametrize("name", ["claim-summary", "receipt-breakdown", "completion-report"])
def test_every_page_of_a_long_pdf_says_what_it_belongs_to_and_that_it_is_simulated(name, tmp_path):
    many = [lines()[0] | {"key": f"r{n}", "description": f"リーダー {n}"} for n in range(50)]
    path = tmp_path / "p.pdf"
    path.write_bytes(made(f"{name}-pdf", view(*many, simulated=True)))
    from pypdf import PdfReader

    pages = [page.extract_text() for page in PdfReader(path).pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        for told in ("模擬環境の記録", "20261122-ABCDEF", f"{number} / {len(pages)}"):
            assert told in text, (number, told)


def test_the_portal_sheets_formulas_give_the_assessed_grant(tmp_path):
    """Recomputed by LibreOffice: every stored value is what its formula gives."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    for name in SHEETS:
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(made(name))
        out = tmp_path / "again"
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            out,
            path,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        stored = openpyxl.load_workbook(path, data_only=True)
        again = openpyxl.load_workbook(out / path.name, data_only=True)
        for sheet in openpyxl.load_workbook(path):
            for cell in (each for row in sheet.iter_rows() for each in row if each.data_type == "f"):
                found = again[sheet.title][cell.coordinate].value
                assert found == stored[sheet.title][cell.coordinate].value, (name, cell.value)


def test_the_evidence_pack_holds_what_its_manifest_says():
    pack = zipfile.ZipFile(io.BytesIO(made("evidence-zip")))
    manifest = json.loads(pack.read("manifest.json"))
    assert manifest["setup"]["head_hash"] == "ab" * 32
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert set(pack.namelist()) == {*listed, "manifest.json", "SHA256SUMS", "index.html"}
    assert all(sha256(pack.read(name)).hexdigest() == digest for name, digest in listed.items())
    sums = [line.split("  ") for line in pack.read("SHA256SUMS").decode().splitlines()]
    assert {name: digest for digest, name in sums} == listed
    viewer = pack.read("index.html").decode()
    assert all(f'href="{name}"' in viewer and digest in viewer for name, digest in listed.items())
    assert manifest["missing"] == []
    assert pack.read("claim-summary.pdf") == made("claim-summary-pdf")


def test_a_part_that_cannot_be_made_is_named_in_the_pack(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    pack = zipfile.ZipFile(io.BytesIO(made("evidence-zip")))
    missing = json.loads(pack.read("manifest.json"))["missing"]
    assert {part["name"] for part in missing} == _pdf_files()
    assert all("typst" in part["why"] for part in missing)
    assert "含まれていない書類" in pack.read("index.html").decode()


def _pdf_files():
    return {EVERY[name].filename for name in PDFS}


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


def test_long_notices_of_a_sheet_are_wrapped_within_the_printed_columns():
    """Otherwise fit-to-width prints the whole page as small as the longest sentence is long."""
    setup = view(office={"services": ["11", "15", "32", "38"]})
    sheet = openpyxl.load_workbook(io.BytesIO(made("claim-summary-xlsx", setup))).worksheets[0]
    merged = {area.min_row for area in sheet.merged_cells.ranges if (area.min_col, area.max_col) == (1, 3)}
    notices = [cell for cell in sheet["A"] if "READING_" in str(cell.value)]
    assert notices
    for cell in notices:
        assert cell.row in merged
        assert cell.alignment.wrap_text
        assert sheet.row_dimensions[cell.row].height > 15


def test_a_character_that_no_font_has_is_named_alone():
    said = 'error: the text `"\U0001f642"` could not be displayed with font `"BIZ UDPGothic"`'
    older = 'error: the text "\U0001f642" could not be displayed with font "BIZ UDPGothic"'
    paper = SimpleNamespace(title="x")
    assert {_refusal(paper, each).values["what"] for each in (said, older)} == {"\U0001f642"}


def test_the_portal_sheet_of_a_setup_that_was_not_assessed_shows_no_amounts_of_an_assessment():
    shown = text_of_page(EVERY["portal-sheet"].render(view(), None))
    assert shown.count("（判定前）") == 3
    assert "（判定前）" not in text_of_page(EVERY["portal-sheet"].render(view(), assessed(view())))
