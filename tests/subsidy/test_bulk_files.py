"""Bulk files as spreadsheets and people leave them: read where the meaning is one, else named by row."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
from click.testing import CliRunner
from factories import RULES, TODAY
from kaigo_gateway.errors import GatewayError, InputError
from kaigo_gateway.i18n import use_language
from kaigo_subsidy.bulk import assess_bulk, columns_of
from kaigo_subsidy.bulk._files import BLOCK, numbers_in_doubt
from kaigo_subsidy.bulk._prefectures import NAMES, code_of
from kaigo_subsidy.cli import grant
from kaigo_subsidy.rules import find_rules

HEAD = "office_number,services,incurred_on"
JAPANESE = "事業所番号,サービス種類コード,実施日,事業所名,都道府県,リーダー台数,リーダー購入額"
JAPANESE += ",リーダー状態,マイナ資格確認アプリ対応,申請済"


def judged(path, **more):
    result = assess_bulk(path, RULES, TODAY, **more)
    try:
        return result.rows(), result.summary()
    finally:
        result.close()


def refused(path, **more):
    with pytest.raises(InputError) as caught:
        judged(path, **more)
    return caught.value


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def bad_lines(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(*args):
    return CliRunner().invoke(grant, ["assess", *(str(arg) for arg in args)])


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ","), ("utf-8-sig", ","), ("cp932", ","), ("utf-16", "\t"), ("utf-8", ";")],
)
def test_excels_encodings_delimiters_and_japanese_headers_are_read(tmp_path, encoding, mark):
    row = ["1370000001", "11", "2026/6/1", "さくら①髙橋", "東京", "3", "19500", "新品", "はい", "済"]
    text = "\r\n".join([JAPANESE.replace(",", mark), mark.join(row), ""])
    rows, summary = judged(write(tmp_path / "o.csv", text, encoding))
    assert [(row["grant"], row["office_name"], row["claimed"]) for row in rows] == [
        (19000, "さくら①髙橋", True)
    ]
    assert summary["by_prefecture"][0]["prefecture"] == "東京都"


@pytest.mark.parametrize(
    ("column", "seen", "grant"),
    [
        ("reader_amount", '"19,500"', 19000),
        ("reader_amount", "１９５００円", 19000),
        ("reader_amount", "¥19500", 19000),
        ("reader_amount", "19500.0", 19000),
        ("reader_amount", " 19500 ", 19000),
        ("incurred_on", "令和8年6月1日", 0),
        ("incurred_on", "R8.6.1", 0),
        ("incurred_on", "20260601", 0),
        ("incurred_on", "2026年6月1日", 0),
        ("incurred_on", "2026-06-01 00:00:00", 0),
        ("services", '"11、2A"', 0),
        ("services", '"11\n15"', 0),
        ("services", "１１　15", 0),
        ("services", "11.0", 0),
        ("office_number", '"=""1370000001"""', 0),
        ("office_number", "'1370000001", 0),
        ("office_number", "13-7000000-1", 0),
        ("office_number", "1370000001.0", 0),
        ("reader_compatible", "○", 0),
        ("reader_condition", "新品", 0),
    ],
)
def test_what_has_one_meaning_is_read_so(tmp_path, column, seen, grant):
    cells = {"office_number": "1370000001", "services": "11", "incurred_on": "2026-06-01", column: seen}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    rows, summary = judged(write(tmp_path / "o.csv", text))
    assert (rows[0]["office_number"], rows[0]["grant"], summary["bad_rows"]) == ("1370000001", grant, 0)


@pytest.mark.parametrize(
    ("column", "seen", "what"),
    [
        ("office_number", "1.37E+09", "has shortened the value to 1.37E+09; digits are lost"),
        ("office_number", "170000001", "a spreadsheet probably took the 0 in front"),
        ("office_number", "13700000", "13700000 is no office number of ten characters"),
        ("office_number", "137O000001", "is no office number"),
        ("office_number", "", "it is empty"),
        ("services", "2.0E+01", "digits are lost"),
        ("services", "訪問介護", "no service type code"),
        ("services", "11 2", "no service type code"),
        ("reader_amount", "1.95E+04", "digits are lost"),
        ("reader_amount", "19500.5", "19500.5 is no whole number"),
        ("reader_amount", "0x10", "no whole number"),
        ("reader_amount", "0X1F", "no whole number"),
        ("reader_amount", "0b11", "no whole number"),
        ("reader_amount", "1_950", "no whole number"),
        ("reader_amount", "2E4", "digits are lost"),
        ("reader_amount", "▲500", "is negative"),
        ("reader_amount", "2000000000000", "more than can be"),
        ("reader_quantity", "三台", "no whole number"),
        ("incurred_on", "46174", "46174 is a spreadsheet's own number of a day"),
        ("incurred_on", "6/1/2026", "no day that has one meaning"),
        ("incurred_on", "26-06-01", "no day that has one meaning"),
        ("incurred_on", "2026-02-30", "no day"),
        ("incurred_on", "令和8年13月1日", "no day"),
        ("incurred_on", "1950-06-01", "no day"),
        ("reader_compatible", "たぶん", "neither yes nor no"),
        ("reader_condition", "良い", "none of the words"),
    ],
)
def test_what_has_not_is_refused_with_row_column_and_remedy_in_both_languages(tmp_path, column, seen, what):
    cells = {"office_number": "1370000001", "services": "11", "incurred_on": "2026-06-01", column: seen}
    good = "1370000002,11,2026-06-01" + "," * (len(cells) - 3)
    path = write(tmp_path / "o.csv", f"{','.join(cells)}\n{good}\n{','.join(cells.values())}\n")
    error = refused(path)
    told = error.text("en")
    assert f"3行目の {columns_of(RULES)[column].ja}: " in error.text("ja")
    assert f"rows that cannot be used: 1, the first is row 3, {column}: " in told
    assert what in told
    assert "--bad-rows FILE" in told
    bad = tmp_path / "bad.csv"
    rows, summary = judged(path, bad_rows=bad)
    assert [row["office_number"] for row in rows] == ["1370000002"]
    assert summary["bad_rows"] == 1
    (line,) = bad_lines(bad)
    assert (line["row"], line["column"], line["列"]) == ("3", column, columns_of(RULES)[column].ja)
    assert what in line["mistake"]
    assert line["remedy"] != line["直し方"]
    assert line["誤り"] not in {"", line["mistake"]}


@pytest.mark.parametrize("seen", [b"1.5", b"1E5", b"0x1F", b"0b11", b"1_000"])
def test_a_number_that_is_none_is_found_wherever_the_file_is_cut_for_reading(tmp_path, seen):
    path = tmp_path / "long.csv"
    for cut in range(1, len(seen)):
        path.write_bytes(b"," * (BLOCK - cut) + seen + b"\n")
        assert numbers_in_doubt(path)
    path.write_bytes(b"," * (BLOCK - 1) + b"1000\n")
    assert not numbers_in_doubt(path)


def test_a_lost_zero_is_put_back_where_the_prefecture_says_so_and_told(tmp_path):
    text = f"{HEAD},prefecture\n170000001,11,2026-06-01,北海道\n970000002,11,2026-06-01,09\n"
    rows, summary = judged(write(tmp_path / "o.csv", text))
    assert [row["office_number"] for row in rows] == ["0170000001", "0970000002"]
    assert summary["zeros_restored"] == 2
    other = write(tmp_path / "p.csv", text.replace("北海道", "青森県"))
    assert "row 2, office_number" in refused(other).text("en")


def test_every_mistake_of_a_file_is_listed_and_the_rows_are_those_of_the_spreadsheet(tmp_path):
    text = (
        f"{HEAD},office_name\n"
        '1370000001,11,2026-06-01,"two\nlines"\n'
        "\n"
        "137,xx,June,\n"
        "1370000001,11,2026-06-01,\n"
        "1370000003,11,2026-06-01,a,b\n"
    )
    bad = tmp_path / "bad.csv"
    rows, summary = judged(write(tmp_path / "o.csv", text), bad_rows=bad)
    assert [row["office_name"] for row in rows] == ["two\nlines"]
    found = [(line["row"], line["column"]) for line in bad_lines(bad)]
    assert found == [
        ("4", "office_number"),
        ("4", "services"),
        ("4", "incurred_on"),
        ("5", "office_number"),
        ("6", ""),
    ]
    assert summary["bad_rows"] == 3


def test_a_formula_in_a_bad_row_cannot_run_in_the_list_of_bad_rows(tmp_path):
    bad = tmp_path / "bad.csv"
    judged(write(tmp_path / "o.csv", f"{HEAD}\n=cmd(),11,2026-06-01\n"), bad_rows=bad)
    assert all(not cell.startswith("=") for line in bad_lines(bad) for cell in line.values())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x80\x81\xff\xfe\xff" * 9, "neither UTF-8 nor"),
        (f'{HEAD}\n1370000001,"11,2026-06-01\n'.encode(), "opened and never closed"),
        (b"PK\x03\x04 a workbook, renamed", "its first row holds no names of columns"),
        (b"1370000001,11,2026-06-01\n", "its first row holds no names of columns"),
        (b"", "it is empty"),
        ("事業所番号,サービス種類コード,実施日,office_number\n".encode(), "stand twice: office_number"),
    ],
    ids=["bytes", "quote", "workbook", "no header", "empty", "twice"],
)
def test_what_is_no_such_file_is_said_in_one_sentence(tmp_path, content, what):
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    assert what in refused(path).text("en")


def test_parquet_of_texts_and_fractions_is_read_like_csv(tmp_path):
    import duckdb

    path = tmp_path / "o.parquet"
    sql = "SELECT '0170000001' AS office_number, '11' AS services, TIMESTAMP '2026-06-01' AS 実施日"
    sql += ", {} AS reader_amount"
    duckdb.connect().execute(f"COPY ({sql.format('19500.0::DOUBLE')}) TO '{path}' (FORMAT PARQUET)")
    assert judged(path)[0][0]["grant"] == 19000
    duckdb.connect().execute(f"COPY ({sql.format('19500.5::DOUBLE')}) TO '{path}' (FORMAT PARQUET)")
    assert "row 2, reader_amount: 19500.5 is no whole number" in refused(path).text("en")


def test_prefectures_stand_in_their_official_order_and_an_empty_one_comes_from_the_number(tmp_path):
    numbers = [f"{code:02d}70000001" for code in range(47, 0, -1)]
    lines = [
        f"{number},11,2026-06-01,{'' if number < '40' else NAMES[int(number[:2]) - 1][:-1]}"
        for number in numbers
    ]
    _rows, summary = judged(
        write(
            tmp_path / "o.csv", "\n".join([f"{HEAD},prefecture", *lines, "9970000001,11,2026-06-01,海外", ""])
        )
    )
    assert [row["prefecture"] for row in summary["by_prefecture"]] == [*NAMES, "海外"]
    assert [code_of(text) for text in ("13", "1", "東京", "東京都", "京都", "海外", "", None, "48")] == [
        "13", "01", "13", "13", "26", None, None, None, None,
    ]  # fmt: skip


def test_the_command_takes_programme_and_year_and_says_what_it_cannot_do(tmp_path, monkeypatch):
    path = write(
        tmp_path / "o.csv", f"{HEAD},applied_on,reader_amount\n1370000001,11,2025-11-01,2026-01-10,6500\n"
    )
    done = run("--bulk", path, "--fiscal-year", 2025, "--json")
    assert (done.exit_code, json.loads(done.stdout)["grant"]) == (0, 6000)
    hospital = write(
        tmp_path / "h.csv",
        "医療機関の種別,病床数,事業所番号,実施日,意見書送信費用\n病院,200床,1310000001,2026-06-01,600000\n",
    )
    done = run("--bulk", hospital, "--programme", "kiban-medical", "--fiscal-year", 2026)
    assert "300,000" in done.stdout
    assert "hospital from 200 beds" in done.stdout
    with pytest.raises(GatewayError, match="no rules for the programme kiban-zoo"):
        CliRunner().invoke(
            grant, ["assess", "--bulk", str(path), "--programme", "kiban-zoo"], catch_exceptions=False
        )
    from kaigo_gateway.model.descriptors import GrantProgramme
    from kaigo_subsidy import vendors

    theirs = GrantProgramme(id="city-x", fiscal_year=2026, title="City X", assess=lambda _claim: None)
    monkeypatch.setattr(vendors, "vendor_offer", lambda _without=(): vendors.Offer([theirs]))
    with pytest.raises(GatewayError, match="cannot be assessed in bulk"):
        CliRunner().invoke(
            grant,
            ["assess", "--bulk", str(path), "--programme", "city-x", "--fiscal-year", "2026"],
            catch_exceptions=False,
        )


def test_bad_rows_give_exit_code_1_and_options_without_bulk_are_refused(tmp_path):
    path = write(tmp_path / "o.csv", f"{HEAD}\n1370000001,11,2026-06-01\n137,11,2026-06-01\n")
    done = run("--bulk", path, "--bad-rows", tmp_path / "bad.csv", "--json")
    assert (done.exit_code, json.loads(done.stdout)["bad_rows"]) == (1, 1)
    assert run("claim.toml", "--out", "x.csv").exit_code == 2
    assert "--out, --fiscal-year" in run("claim.toml", "--out", "x.csv", "--fiscal-year", 2026).output
    assert run("--bulk", path, "--unclaimed", "-1").exit_code == 2
    with pytest.raises(GatewayError, match="neither CSV nor Parquet"):
        CliRunner().invoke(grant, ["assess", "--bulk", str(path), "--out", "x.xlsx"], catch_exceptions=False)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_people_read_the_summary_and_the_columns_in_both_languages(tmp_path, language):
    text = f"{HEAD},reader_amount,applied_on\n1370000001,11 99 A2,2026-06-01,500,2026-11-22\n"
    text += "1370000002,24,2026-06-01,6500,2026-04-01\n"
    path = write(tmp_path / "o.csv", text)
    with use_language(language):
        shown, columns = run("--bulk", path, "--fiscal-year", 2026).stdout, run("--columns").stdout
    assert "?" not in shown, "a sentence with a value that a summary does not have"
    assert "13 東京都" in shown
    assert "same_category=sum" in shown
    for name, column in columns_of(RULES).items():
        assert f"{name}  {column.ja}" in columns
    shown.encode("cp932")
    columns.encode("cp932")


def test_a_file_with_other_line_ends_and_a_last_line_without_one_is_read(tmp_path):
    for end in ("\n", "\r\n", "\r"):
        path = write(
            tmp_path / "o.csv", end.join([HEAD, "1370000001,11,2026-06-01", "1370000002,11,2026-06-01"])
        )
        assert len(judged(path)[0]) == 2, repr(end)


def test_the_programme_of_last_year_says_that_it_is_over(tmp_path):
    path = write(tmp_path / "o.csv", f"{HEAD}\n1370000001,11,2025-11-01\n")
    result = assess_bulk(path, find_rules("kiban-office", 2025), date(2026, 11, 22))
    assert result.summary()["days_left"] == 0
    assert result.rows()[0]["reasons"] == "APPLIED_TOO_LATE NOTHING_CLAIMED"
    result.close()
    shown = run("--bulk", path, "--fiscal-year", 2025).stdout
    assert "were taken until 2026-03-13" in shown
    assert "! The 要綱 of FY2025 was not available" in shown


@pytest.mark.parametrize("filler", ["", "\n" * 300_000], ids=["plain", "empty lines first"])
def test_a_file_whose_lines_tell_little_of_their_number_is_read_all_the_same(tmp_path, filler):
    rows = "".join(f"13{number:08d},11,2026-06-01\n" for number in range(1000))
    path = write(tmp_path / "o.csv", f"{HEAD}\n{filler}{rows}")
    assert len(judged(path)[0]) == 1000


def test_a_file_without_offices_says_so_instead_of_empty_tables(tmp_path):
    done = run("--bulk", write(tmp_path / "o.csv", f"{HEAD}\n"))
    assert done.exit_code == 0
    assert done.stdout.rstrip().endswith("There is no office in the file.")
