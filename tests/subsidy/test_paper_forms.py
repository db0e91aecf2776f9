"""The forms of papers: PDF, XLSX, CSV, JSON and the evidence pack."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from types import SimpleNamespace

import openpyxl
import pytest
from factories import lines, view
from kaigo_gateway.errors import CouldNotRun
from kaigo_subsidy.papers._cp932 import to_cp932
from kaigo_subsidy.papers._print import _refusal
from kaigo_subsidy.papers._records import HEADER
from paper_kit import EVERY, PDFS, SHEETS, made, text_of_pdf


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
