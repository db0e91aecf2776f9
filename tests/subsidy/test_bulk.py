"""Many offices at once: equal to the single function for every office and every reading."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import subsidy as bench
from factories import RULES, TODAY
from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.bulk import COLUMNS, assess_bulk, claim_of_row, row_of
from kaigo_subsidy.bulk._rows import FIGURES
from kaigo_subsidy.rules import find_rules

MEDICAL = find_rules("kiban-medical", 2026)
HEAD = "office_number,services,incurred_on"


@pytest.fixture(scope="module")
def offices(tmp_path_factory):
    path = tmp_path_factory.mktemp("bulk") / "offices.csv"
    bench.make_file(path, 1500)
    return path


def single(row, ruleset, readings):
    return row_of(assess(claim_of_row(row, ruleset.rules, TODAY), ruleset, readings))


def same_as_single(path, ruleset, readings=None):
    """Compare every office of a file with the single function; answer how many there were."""
    result = assess_bulk(path, ruleset, TODAY, readings)
    found, rows = result.rows(), list(bench.rows_of(path))
    result.close()
    assert [got["office_number"] for got in found] == [row["office_number"] for row in rows], (
        "order of the file"
    )
    for got, row in zip(found, rows, strict=True):
        told = {**{key: got[key] for key in (*FIGURES, "verdict")}, "reasons": set(got["reasons"].split())}
        assert told == single(row, ruleset, readings), row
    return len(rows)


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"same_category": "once", "reader_limit": "sum"},
        {"short_stay_pair": "sum", "preventive_and_care": "sum", "one_part_only": "refused"},
        {"date_test": "earlier_counts"},
        {"date_test": "later_required"},
    ],
    ids=str,
)
def test_every_office_gets_what_the_single_function_gives(offices, readings):
    assert same_as_single(offices, RULES, readings) == 1500


def test_a_random_fraction_of_a_large_file_gets_what_the_single_function_gives(tmp_path):
    path = tmp_path / "offices.csv"
    bench.make_file(path, 260_000)  # several blocks of rows, read side by side: their order counts
    result = assess_bulk(path, RULES, TODAY)
    found, rows = result.rows(), list(bench.rows_of(path))
    result.close()
    assert [got["office_number"] for got in found] == [row["office_number"] for row in rows]
    for place in Random().sample(range(260_000), 600):
        got, row = found[place], rows[place]
        wanted = single(row, RULES, {})
        assert {key: got[key] for key in (*FIGURES, "verdict")} == {
            k: wanted[k] for k in (*FIGURES, "verdict")
        }
        assert set(got["reasons"].split()) == wanted["reasons"]


@pytest.mark.parametrize("readings", [{}, {"medical_rounding": "none"}, {"medical_income": "kept"}], ids=str)
def test_hospitals_and_clinics_get_what_the_single_function_gives(tmp_path, readings):
    path, pick = tmp_path / "hospitals.csv", Random(7).choice
    lines = [
        "office_number,institution_kind,beds,opinion_amount,incurred_on,applied_on,nonprofit,donations,other_income"
    ]
    for number in range(400):
        kind = pick(("hospital", "clinic"))
        beds = pick((0, 19, 20, 199, 200, 950)) if kind == "hospital" else pick(("", 0, 19, 20, 300))
        amount = pick(("", 0, 800, 1333, 398_001, 530_667, 1_100_001, 2_000_000))
        days = pick(
            ("2026-06-01,2026-11-22", "2026-03-31,2026-11-22", "2026-12-01,", "2026-06-01,2027-03-13")
        )
        money = f"{pick(('true', 'false', ''))},{pick((0, 5000))},{pick(('', 900))}"
        lines.append(f"13{number:08d},{kind},{beds},{amount},{days},{money}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert same_as_single(path, MEDICAL, readings) == 400


def test_a_vendors_own_rule_file_is_assessed_in_bulk(tmp_path, offices):
    from test_rules import SOURCE

    folder = tmp_path / "rules"
    folder.mkdir()
    text = SOURCE.replace("programme: kiban-office", "programme: city-x").replace(
        "value: 64000", "value: 70000"
    )
    (folder / "city.yaml").write_text(text, encoding="utf-8")
    assert same_as_single(offices, find_rules("city-x", 2026, folder)) == 1500


def test_the_year_before_has_its_own_window_and_its_bundling_day(tmp_path):
    ruleset = find_rules("kiban-office", 2025)
    path = tmp_path / "offices.csv"
    head = "office_number,services,applied_on,incurred_on,support_amount,supporter"
    head += ",careplan_amount,careplan_supporter"
    days = ("2025-12-03", "2025-12-04")
    lines = [f"137000000{n},31,2026-01-10,{day},30000,T1,20000,T1" for n, day in enumerate(days)]
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    result = assess_bulk(path, ruleset, TODAY)
    assert [row["grant"] for row in result.rows()] == [30000, 50000]
    assert same_as_single(path, ruleset, {"contested_category": "as_secondary"}) == 2


def test_parquet_in_and_out_and_csv_agree(offices, tmp_path):
    import duckdb

    parquet = tmp_path / "offices.parquet"
    types = ", ".join(f"'{name}': '{COLUMNS[name].sql}'" for name in bench.HEADER)
    duckdb.connect(":memory:").execute(
        f"COPY (SELECT * FROM read_csv('{offices}', header=true, columns={{{types}}}, auto_detect=false))"
        f" TO '{parquet}' (FORMAT PARQUET)"
    )
    one, other = assess_bulk(offices, RULES, TODAY), assess_bulk(parquet, RULES, TODAY)
    assert one.rows() == other.rows()
    one.write(tmp_path / "out.csv")
    other.write(tmp_path / "out.parquet")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("\ufeffoffice_number,")
    again = (
        duckdb.connect(":memory:").execute(f"SELECT sum(\"grant\") FROM '{tmp_path}/out.parquet'").fetchone()
    )
    assert again[0] == one.summary()["grant"]


def test_the_summary_adds_up_and_lists_the_largest_unclaimed_first(offices):
    result = assess_bulk(offices, RULES, TODAY)
    rows, summary = result.rows(), result.summary(unclaimed=5)
    assert summary["offices"] == len(rows) == sum(row["offices"] for row in summary["by_prefecture"])
    assert (
        summary["grant"]
        == sum(row["grant"] for row in rows)
        == sum(r["grant"] for r in summary["by_category"])
    )
    assert summary["days_left"] == (date(2027, 3, 12) - TODAY).days
    open_grants = sorted((row["grant"] for row in rows if not row["claimed"]), reverse=True)
    assert [row["grant"] for row in summary["unclaimed"]] == open_grants[:5]
    reasons = {row["reason"]: row["offices"] for row in summary["by_reason"]}
    assert reasons["READER_USED"] == sum("READER_USED" in row["reasons"] for row in rows)


def test_names_that_a_spreadsheet_would_run_are_made_plain_in_csv(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text(
        "office_number,office_name,services,incurred_on\n1370000001,=1+1,11,2026-06-01\n", encoding="utf-8"
    )
    assess_bulk(path, RULES, TODAY).write(tmp_path / "out.csv")
    assert "1370000001,'=1+1," in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("office_number,services\n", "incurred_on"),
        ("office_number,services,incurred_on,colour\n", "colour"),
        ("office_number,services,incurred_on,services\n", "stand twice: services"),
        ("office_number,services,incurred_on\n137,11,2026-06-01\n", "137"),
        ("office_number,services,incurred_on\n1370000001,11,\n", "row 2, incurred_on: it is empty"),
        ("office_number,services,incurred_on\n1370000001,11,June\n", "June"),
        (
            "office_number,services,incurred_on,support_amount\n1370000001,11,2026-06-01,-5\n",
            "row 2, support_amount: -5 is negative",
        ),
        (
            "office_number,services,incurred_on,reader_condition\n1370000001,11,2026-06-01,old\n",
            "row 2, reader_condition: old",
        ),
        ("", "it is empty"),
        (
            "office_number,services,incurred_on\n1370000001,11,2026-06-01\n1370000001,11,2026-06-01\n",
            "row 3, office_number: 1370000001 stands in an earlier row",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_column_or_office(tmp_path, text, what):
    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        assess_bulk(path, RULES, TODAY)
    assert what in caught.value.text("en")


def test_other_suffixes_missing_files_and_other_programmes_are_refused(tmp_path, offices):
    with pytest.raises(InputError, match="neither CSV nor Parquet"):
        assess_bulk(tmp_path / "o.xls", RULES, TODAY)
    for name in ("nothing.csv", "nothing.parquet"):
        with pytest.raises(InputError, match="cannot be read: No such file") as missing:
            assess_bulk(tmp_path / name, RULES, TODAY)
        assert "ファイルを直して" not in missing.value.text("ja")
    with pytest.raises(InputError, match="not known here: services"):
        assess_bulk(offices, MEDICAL, TODAY)
    with pytest.raises(CouldNotRun) as unwritable:
        assess_bulk(offices, RULES, TODAY).write(tmp_path / "no" / "out.csv")
    assert "IO Error" not in unwritable.value.text("ja")
    assert not list(tmp_path.glob("**/*.part"))


def test_the_command_prints_the_summary_and_writes_the_results(offices, tmp_path):
    from click.testing import CliRunner
    from kaigo_subsidy.cli import grant

    out = tmp_path / "out.parquet"
    done = CliRunner().invoke(grant, ["assess", "--bulk", str(offices), "--out", str(out), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["offices"] == 1500
    assert out.exists()
    assert CliRunner().invoke(grant, ["assess", "--bulk", str(offices), "--unclaimed", "3"]).exit_code == 0
    assert CliRunner().invoke(grant, ["assess"]).exit_code == 2
    assert CliRunner().invoke(grant, ["assess", str(offices), "--bulk", str(offices)]).exit_code == 2
