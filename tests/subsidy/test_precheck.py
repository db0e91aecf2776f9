"""The 不備 pre-check of attachments, on real PDFs and pictures."""

from __future__ import annotations

import struct
import zlib

import pytest
from factories import RULES, claim, lines
from kaigo_gateway.errors import InputError
from kaigo_subsidy.precheck import check_attachments

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9"


def png():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def pdf(text):
    typst = pytest.importorskip("typst")
    body = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return typst.compile(f'#text(font: "Noto Sans CJK JP", "{body}")'.encode(), format="pdf")


GOOD = "領収書\nカードリーダー CIR315A 3台 19,500円\n接続サポート等経費 43,200円\n合計 62,700円"
MENU = "管理メニュー 事業所番号 1370000001 事業所名 さくら訪問介護ステーション"
OURS = claim(*lines()[:3])


@pytest.fixture
def attach(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    def run(**changed):
        good = {
            "bankbook": [write("bank.jpg", JPEG)],
            "service_evidence": [write("notice.png", png())],
            "receipt": [write("receipt.pdf", pdf(GOOD))],
            "menu_screen": [write("menu.pdf", pdf(MENU))],
        }
        for code, files in changed.items():
            good[code] = [write(name, data) for name, data in files]
        return check_attachments(OURS, RULES, good)

    return run


def codes(found, document):
    return [finding.reason_code for finding in found.findings[document]]


def test_good_attachments_pass(attach):
    found = attach()
    assert str(found.overall) == "ok"
    assert set(found.present.values()) == {True}
    assert found.document()["documents"][0]["files"] == ["bank.jpg"]


def test_a_missing_document_is_named(attach):
    found = attach(menu_screen=[])
    assert codes(found, "menu_screen") == ["DOCUMENT_MISSING"]
    assert found.present["menu_screen"] is False


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("bank.gif", b"GIF89a....", "DOCUMENT_KIND"),
        ("bank.pdf", JPEG, "DOCUMENT_SUFFIX"),
        ("bank.jpg", b"", "DOCUMENT_UNREADABLE"),
        ("bank.jpg", JPEG[:-2], "DOCUMENT_UNREADABLE"),
        ("bank.png", png()[:40], "DOCUMENT_UNREADABLE"),
        ("bank.pdf", b"%PDF-1.7\nbroken", "DOCUMENT_UNREADABLE"),
        ("bank.jpg", JPEG[:20] + b"x" * 21_000_000 + b"\xff\xd9", "DOCUMENT_TOO_LARGE"),
    ],
)
def test_an_unacceptable_file_is_refused_by_its_content(attach, name, data, code):
    assert codes(attach(bankbook=[(name, data)]), "bankbook") == [code]


def test_a_pdf_with_a_password_is_refused(attach):
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf("x"))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    assert codes(attach(bankbook=[("bank.pdf", out.getvalue())]), "bankbook") == ["DOCUMENT_ENCRYPTED"]


def test_more_files_than_the_form_takes_and_the_same_file_twice(attach):
    two = attach(bankbook=[("a.jpg", JPEG), ("b.jpg", JPEG + b"\xff\xd9")])
    assert codes(two, "bankbook") == ["DOCUMENT_TOO_MANY"]
    twice = attach(service_evidence=[("same.jpg", JPEG)])
    assert codes(twice, "service_evidence") == ["DOCUMENT_TWICE"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD.replace("62,700", "62,701").replace("43,200", "43,201"), "RECEIPT_AMOUNT_DIFFERS"),
        (GOOD.replace("CIR315A", "リーダー"), "RECEIPT_MODEL_MISSING"),
        (GOOD.replace("3台", ""), "RECEIPT_QUANTITY_MISSING"),
        (GOOD + "\n設定作業一式", "RECEIPT_LUMP"),
    ],
)
def test_a_receipt_that_says_other_than_the_claim_is_named(attach, text, code):
    assert codes(attach(receipt=[("receipt.pdf", pdf(text))]), "receipt") == [code]


def test_full_width_figures_hyphens_and_two_receipts_are_understood(attach):
    one = pdf("カードリーダー ＣＩＲ-315A ３台 １９，５００円")
    two = pdf("接続サポート等経費 43,200円")
    assert codes(attach(receipt=[("1.pdf", one), ("2.pdf", two)]), "receipt") == ["DOCUMENT_OK"]


def test_a_receipt_may_show_the_total_only_or_the_parts_only(attach):
    whole = pdf("カードリーダー CIR315A 3台 接続サポート 合計 62,700円")
    parts = pdf("カードリーダー CIR315A 3台 19,500円 接続サポート 43,200円 送料 880円 合計 63,580円")
    assert codes(attach(receipt=[("r.pdf", whole)]), "receipt") == ["DOCUMENT_OK"]
    assert codes(attach(receipt=[("r.pdf", parts)]), "receipt") == ["DOCUMENT_OK"]


def test_a_scanned_receipt_is_left_to_the_eye(attach):
    found = attach(receipt=[("receipt.png", png() + b"")], service_evidence=[("n.jpg", JPEG + b"\xff\xd9")])
    assert codes(found, "receipt") == ["DOCUMENT_NOT_COMPARED"]
    assert str(found.overall) == "warn"


def test_a_menu_screen_of_another_office_is_named(attach):
    found = attach(menu_screen=[("menu.pdf", pdf("事業所番号 1370000002 事業所名 もみじ"))])
    assert codes(found, "menu_screen") == ["MENU_NUMBER_MISSING", "MENU_NAME_MISSING"]


def test_an_unknown_document_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(InputError, match="photo") as caught:
        check_attachments(OURS, RULES, {"photo": []})
    assert "bankbook" in caught.value.text("en")
    with pytest.raises(InputError, match="cannot be read"):
        check_attachments(OURS, RULES, {"receipt": [tmp_path / "nothing.pdf"]})


def test_without_pypdf_a_pdf_is_left_to_the_eye(attach, monkeypatch):
    found_before = attach()
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    found = attach()
    assert codes(found_before, "receipt") == ["DOCUMENT_OK"]
    assert codes(found, "receipt") == ["DOCUMENT_NOT_COMPARED"]


def test_the_command_gives_exit_code_1_and_json(tmp_path):
    import json

    from click.testing import CliRunner
    from kaigo_subsidy.cli import grant

    path = tmp_path / "claim.json"
    path.write_text(json.dumps(OURS.model_dump(mode="json")), encoding="utf-8")
    (tmp_path / "r.pdf").write_bytes(pdf(GOOD))
    done = CliRunner().invoke(
        grant, ["precheck", str(path), "--attach", f"receipt={tmp_path / 'r.pdf'}", "--json"]
    )
    document = json.loads(done.stdout)
    assert (done.exit_code, document["overall"]) == (1, "fail")
    states = {one["code"]: one["findings"][0]["reason_code"] for one in document["documents"]}
    assert states["receipt"] == "DOCUMENT_OK"
    assert states["bankbook"] == "DOCUMENT_MISSING"
    assert CliRunner().invoke(grant, ["precheck", str(path), "--attach", "receipt"]).exit_code != 0
