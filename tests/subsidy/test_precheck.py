"""The 不備 pre-check of attachments, on real PDFs and pictures."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib

import pytest
from factories import RULES, claim, lines
from kaigo_gateway.errors import InputError
from kaigo_subsidy.precheck import check_attachments

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


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

    def run(*claimed, **changed):
        good = {
            "bankbook": [write("bank.jpg", JPEG)],
            "service_evidence": [write("notice.png", png())],
            "receipt": [write("receipt.pdf", pdf(GOOD))],
            "menu_screen": [write("menu.pdf", pdf(MENU))],
        }
        for code, files in changed.items():
            good[code] = [write(name, data) for name, data in files]
        return check_attachments(*(claimed or (OURS,)), RULES, good)

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
        ("bank.dat", b"\x01\x02\x03\x04", "DOCUMENT_KIND"),
        ("bank.gif", b"GIF89a....", "DOCUMENT_OTHER_KIND"),
        ("bank.pdf", b"PK\x03\x04 word", "DOCUMENT_OTHER_KIND"),
        ("bank.jpg", b"RIFF\0\0\0\0WEBPVP8 ", "DOCUMENT_OTHER_KIND"),
        ("bank.html", b"\xef\xbb\xbf<!DOCTYPE html>", "DOCUMENT_OTHER_KIND"),
        ("bank.heic", HEIC, "DOCUMENT_HEIC"),
        ("bank.jpg", HEIC, "DOCUMENT_HEIC"),
        ("bank.pdf", JPEG, "DOCUMENT_SUFFIX"),
        ("bank", JPEG, "DOCUMENT_SUFFIX"),
        ("bank.jpg", b"", "DOCUMENT_EMPTY"),
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


def test_a_pdf_that_only_forbids_printing_is_read_and_remarked(attach):
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(GOOD))))
    writer.encrypt(user_password="", owner_password="secret", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    assert codes(attach(receipt=[("r.pdf", out.getvalue())]), "receipt") == ["DOCUMENT_RESTRICTED"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD + "\nノートPC 1台 98,000円", "RECEIPT_TERMINAL"),
        (GOOD + "\n令和8年3月31日", "RECEIPT_EARLY"),
        (GOOD + "\nR8.3.31", "RECEIPT_EARLY"),
        (GOOD + "\n発行日 ２０２６年１２月１日", "RECEIPT_LATE"),
        (GOOD + "\n登録番号 T1180301018772", "RECEIPT_REGISTRATION_WRONG"),
    ],
)
def test_a_receipt_that_looks_odd_is_remarked_and_left_to_the_eye(attach, text, code):
    found = attach(receipt=[("receipt.pdf", pdf(text))])
    assert codes(found, "receipt") == [code]
    assert str(found.overall) == "warn"


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "\n令和8年6月1日　登録番号 T1180301018771",
        "カードリーダー CIR315A ３台　１９，５００円\n接続サポート　伍万円　値引 △6,800円　合計 ¥62,700-",
        "カードリーダー CIR315A 3台 1 9 , 5 0 0 円\n接続サポート 30,000円 連携サポート 13,200円 送料 880円",
        "CIR315A 3台\n領収金額　金六万二千七百円也",
        "PC・タブレット対応カードリーダー CIR315A 3台 19,500円\n接続サポート 43,200円",
    ],
)
def test_amounts_are_understood_as_people_write_them(attach, text):
    assert codes(attach(receipt=[("receipt.pdf", pdf(text))]), "receipt") == ["DOCUMENT_OK"]


def test_several_receipts_may_split_the_payment_and_a_wrong_split_is_found(attach):
    first = "内金 CIR315A 3台 合計 30,000円"
    for rest, expected in (("32,700", "DOCUMENT_OK"), ("32,701", "RECEIPT_AMOUNT_DIFFERS")):
        second = f"残金 接続サポート 合計 {rest}円"
        found = attach(receipt=[("1.pdf", pdf(first)), ("2.pdf", pdf(second))])
        assert codes(found, "receipt") == [expected]


def test_what_a_readable_receipt_shows_is_said_even_where_another_is_a_scan(attach):
    found = attach(receipt=[("1.pdf", pdf(GOOD + "\n作業一式")), ("2.jpg", JPEG + b"\xff\xd9")])
    assert codes(found, "receipt") == ["RECEIPT_LUMP", "DOCUMENT_NOT_COMPARED"]


def test_spoiled_text_is_mended_where_it_can_be_and_never_counted_against_the_office():
    from kaigo_subsidy.precheck._text import readable

    spoiled = "領収書 合計 62,700円".encode("cp932").decode("latin-1")
    assert readable(spoiled) == "領収書 合計 62,700円"
    assert readable("".join(map(chr, range(0xE000, 0xE020)))) is None
    assert readable("(cid:12)(cid:7)(cid:99)") is None
    assert readable("café 19,500") == "café 19,500"
    assert readable(GOOD) == GOOD


def test_a_garbled_text_layer_is_left_to_the_eye(attach, monkeypatch):
    from kaigo_subsidy.precheck import _files

    monkeypatch.setattr(_files, "readable", lambda text: None)
    assert codes(attach(), "receipt") == ["DOCUMENT_TEXT_GARBLED"]


def test_a_name_in_old_kanji_and_another_width_is_the_same_name(attach):
    office = OURS.office.model_copy(update={"name": "髙﨑 ㈱さくら"})
    menu = pdf("事業所番号 １３７００００００１ 事業所名 高崎　株式会社さくら")
    claimed = OURS.model_copy(update={"office": office})
    found = attach(claimed, menu_screen=[("menu.pdf", menu)])
    assert codes(found, "menu_screen") == ["DOCUMENT_OK"]


def test_every_reason_code_of_the_pre_check_is_driven_here():
    import re
    from pathlib import Path

    from kaigo_subsidy._reasons_papers import ATTACHMENTS

    tests = Path(__file__).read_text(encoding="utf-8")
    assert {reason.code for reason in ATTACHMENTS} <= set(re.findall(r'"([A-Z_]+)"', tests))


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


def test_the_command_wants_a_claim_file_or_a_setup_and_no_more():
    from click.testing import CliRunner
    from kaigo_subsidy.cli import grant

    for given in ([], ["claim.toml", "--setup", "x"]):
        done = CliRunner().invoke(grant, ["precheck", *given])
        assert (done.exit_code, "--setup" in done.output) == (2, True)


def test_a_damaged_pdf_is_told_in_our_words_only(tmp_path):
    """A process of its own: pytest takes what a library logs, a console does not."""
    from test_command import CLAIM

    (tmp_path / "claim.toml").write_text(CLAIM, encoding="utf-8")
    (tmp_path / "cut.pdf").write_bytes(pdf(GOOD)[:400])
    words = ("--lang", "ja", "grant", "precheck", "claim.toml", "--attach", "receipt=cut.pdf")
    command = [sys.executable, "-m", "kaigo_gateway", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert not done.stderr
