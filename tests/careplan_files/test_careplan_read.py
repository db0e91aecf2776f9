"""Reading and writing are inverse; JSON and Parquet say the same."""

from __future__ import annotations

import json

import pytest
from careplan_workshop import Sending, correct
from hypothesis import given, settings
from hypothesis import strategies as st
from kaigo_careplan_link.files import (
    Source,
    column_names,
    read_records,
    read_to,
    standard,
    unit_names,
    validate,
    write_records,
)
from kaigo_careplan_link.files._name import parse_name
from kaigo_gateway.errors import InputError, NotInstalled

TEXT = st.text(
    alphabet=st.characters(codec="cp932", exclude_characters="¢£¬‖−〜\0", exclude_categories=["Cc"]),
    max_size=40,
)
ITEM = st.text(alphabet="0123456789ABYZ-", max_size=12)


@pytest.mark.parametrize("names", ["ja", "en"])
@pytest.mark.parametrize("unit", unit_names())
def test_sample_to_records_and_back_gives_identical_bytes(tmp_path, unit, names):
    for path in correct(unit, tmp_path, people=3):
        if path.suffix == ".CSV":
            records = list(read_records(Source(str(path), path), names))

            assert write_records(parse_name(path.name).kind, records, names) == path.read_bytes()
            assert len(records) == validate(path, rules={"UNIT_INCOMPLETE": "off"}).files[0].rows


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_records_survive_writing_and_reading(data, tmp_path_factory):
    kind = data.draw(st.sampled_from([kind for kind in standard().kinds if standard().fields(kind)]))
    record = st.fixed_dictionaries(
        {
            field.key: (TEXT if field.type == "text" else ITEM).map(lambda v: v or None)
            for field in standard().fields(kind)
        }
    )
    records = data.draw(st.lists(record.filter(lambda r: r["csv_version"]), min_size=1, max_size=3))
    for each in records:
        each["csv_version"] = "202407"
    path = tmp_path_factory.mktemp("any") / f"{kind}_9970000106_43_9970000205_11_20261225101500.CSV"
    path.write_bytes(write_records(kind, records))

    assert list(read_records(Source(str(path), path), "en")) == records


def test_json_lines_json_and_parquet_hold_the_same_values(tmp_path):
    import duckdb

    path = correct("home-2", tmp_path / "in")[0]
    lines = read_to([path], tmp_path / "a", form="jsonl", names="ja")[0]
    whole = read_to([path], tmp_path / "b", form="json", names="ja")[0]
    parquet = read_to([path], tmp_path / "c", form="parquet", names="ja")[0]

    records = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    table = duckdb.read_parquet(str(parquet))
    assert json.loads(whole.read_text("utf-8")) == records
    assert table.columns == column_names("UPPLAN", "ja")
    assert [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()] == records
    assert records[0]["サービス開始時刻"] == "0900"


def test_japanese_names_that_stand_twice_carry_their_number():
    assert column_names("UP3KYO", "ja")[7:12] == [
        "開始時間_8",
        "終了時間_9",
        "主な日常生活上の活動",
        "開始時間_11",
        "終了時間_12",
    ]


def test_without_duckdb_parquet_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    paths = correct("home-4", tmp_path / "in")

    with pytest.raises(NotInstalled, match="duckdb"):
        read_to(paths, tmp_path / "out", form="parquet")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s.text("DLTPLAN", lambda t: t.replace(",", ",,", 1)),
        lambda s: s.data("DLTPLAN", lambda b: b.replace(b"991018", b"\xfc\xfc1018")),
        lambda s: s.rename_all(lambda n: "data.CSV"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing_behind(tmp_path, spoil):
    sending = Sending("home-4")
    spoil(sending)
    folder = sending.write(tmp_path / "in")

    with pytest.raises(InputError, match=r"items|MS932|standard"):
        read_to([folder], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_utf8_files_and_header_rows_are_read_too(tmp_path):
    sending = Sending("home-4")
    before = sending.records("DLTPLAN")
    sending.data(
        "DLTPLAN",
        lambda b: ("CSVバージョン,保険者番号\n" + b.decode("cp932").replace("\r\n", "\n")).encode(
            "utf-8-sig"
        ),
    )
    folder = sending.write(tmp_path)

    path = next(folder.iterdir())
    assert list(read_records(Source(str(path), path), "en")) == before
