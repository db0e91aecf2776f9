"""Bytes and CSV form: nothing raises, the block size changes nothing, offsets point at the character."""

from __future__ import annotations

import csv
import io
import random
import re

import pytest
from careplan_mistakes import MISTAKES, make
from careplan_workshop import Sending, check_bytes, width
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kaigo_careplan_link.files import _beginning, _blocks, _body, _records, _rows, validate
from kaigo_careplan_link.files._encoding import recognise
from kaigo_careplan_link.files._tokens import MAX_RECORD, read_record

NAMES = [
    "UPPLAN_202701_9970000106_43_9970000205_11_20261225101500.CSV",
    "UP2KYO_9970000106_43_9970000205_11_20261225101500.CSV",
    "x.csv",
    "",
]
KINDS = ["UPPLAN", "UPSIKYU", "UPHOSOKU"]
HOME_2 = Sending("home-2", people=2)
HOME_1 = Sending("home-1", people=2)


def with_block(size):
    """Read in blocks of ``size`` bytes inside a ``with``."""
    patch = pytest.MonkeyPatch()
    for module in (_blocks, _beginning, _records):
        patch.setattr(module, "BLOCK", size)
    return patch


def outline(report):
    """All that must not depend on how the bytes were cut (equal rows are compared inside a block only)."""
    return (
        report.rows,
        report.kind,
        report.version,
        [(f.code, f.row, f.field, f.seen, f.offset) for f in report.findings if f.code != "ROW_TWICE"],
    )


@given(st.sampled_from(NAMES), st.binary(max_size=2000))
@example(NAMES[0], b"\xff\xfe\x00")
@example(NAMES[0], b'"')
@example(NAMES[0], b",\r")
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_raise(name, data):
    report = check_bytes(name, data)

    assert report.as_dict("ja")
    assert report.as_dict("en")


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_spoilt_samples_never_raise_and_blocks_do_not_matter(data):
    sending = data.draw(st.sampled_from([HOME_1, HOME_2]))
    name = data.draw(st.sampled_from(sorted(sending.files)))
    content = bytearray(sending.files[name])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.sampled_from([b'"', b",", b"\r\n", b"\n", b"\r", b"\0", b"\xfc", "漢".encode("cp932"), b""])
        )
        content[at : at + data.draw(st.integers(0, 3))] = piece

    whole = check_bytes(name, bytes(content))
    patch = with_block(data.draw(st.integers(700, 3000)))
    try:
        in_pieces = check_bytes(name, bytes(content))
    finally:
        patch.undo()

    if b"\r" not in bytes(content).replace(b"\r\n", b""):  # a lone CR at a cut may belong to either side
        assert in_pieces.rows == whole.rows
    assert whole.as_dict("ja")


@pytest.mark.parametrize(
    "code", sorted(code for code in MISTAKES if MISTAKES[code].unit in {"service-1", "home-1"})
)
@pytest.mark.parametrize("size", [64, 333, 1000])
def test_findings_do_not_depend_on_the_block_size(code, size):
    for name, data in make(code).files.items():
        whole = check_bytes(name, data, profile="strict")
        patch = with_block(size)
        try:
            in_pieces = check_bytes(name, data, profile="strict")
        finally:
            patch.undo()
        if not (code.startswith("ENCODING") and size < 100):  # too little to tell the encoding from
            assert outline(in_pieces) == outline(whole)


@given(
    st.lists(
        st.text(alphabet=st.characters(codec="cp932", exclude_characters="¢£¬‖−〜"), max_size=30),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=300, deadline=None)
def test_the_patient_reader_agrees_with_the_csv_module(values):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(values)
    data = out.getvalue().encode("cp932")

    record = read_record(data, 0, final=True)

    assert record is not None
    if not re.search(rb'[\r\n]"?20[0-9]{4}"?,"?[0-9]{6}"?,', data):
        assert [raw[1:-1].replace(b'""', b'"').decode("cp932") for raw in record.values] == values
        assert record.next == len(data)


def test_free_text_with_commas_line_breaks_and_quotes_keeps_its_record_whole():
    sending = Sending("home-1")
    sending.set("UP1KYO", overall_policy='一行目,\r\n二行目\n"三"行目,,')

    report = check_bytes(sending.name("UP1KYO"), sending.files[sending.name("UP1KYO")], profile="strict")

    assert report.findings == []
    assert report.rows == 1


@pytest.mark.parametrize(
    ("encoding", "before"), [("cp932", b"\xf0\x40"), ("utf-8", "𠮷".encode()), ("utf-8-sig", "𠮷".encode())]
)
@pytest.mark.parametrize("row", [1, 3])
def test_the_offset_points_at_the_character(encoding, before, row):
    name = HOME_2.name("UPPLAN")
    lines = HOME_2.files[name].decode("cp932").split("\r\n")
    lines[row - 1] = lines[row - 1].replace("計子", "計＠")
    data = "\r\n".join(lines).encode(encoding).replace("＠".encode(encoding.removesuffix("-sig")), before)

    report = check_bytes(name, data)
    found = next(f for f in report.findings if f.code in {"CHAR_GAIJI", "CHAR_NOT_MS932"})

    assert data[found.offset : found.offset + len(before)] == before
    assert (found.row, found.field) == (row, 7)
    assert found.values["index"] == 5


def test_a_character_outside_ms932_is_named_with_a_suggestion():
    report = check_bytes(
        HOME_2.name("UPPLAN"),
        HOME_2.files[HOME_2.name("UPPLAN")].decode("cp932").replace("計子", "𠮷鷗é😀").encode(),
        show_values=False,
    )

    found = {f.seen: f.values["instead"] for f in report.findings if f.code == "CHAR_NOT_MS932"}

    assert found == {"U+20BB7": "吉", "U+9DD7": "鴎", "U+00E9": "e", "U+1F600": ""}


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("見本　花子", "cp932", "cp932"),
        ("見本　花子", "utf-8", "utf-8"),
        ("見本　花子", "utf-8-sig", "utf-8-sig"),
        ("見本　花子", "utf-16", "utf-16"),
        ("見本　花子はここにいます", "euc_jp", "euc_jp"),
        ("見本　花子", "iso2022_jp", "iso2022_jp"),
        ("ﾐﾎﾝ ﾊﾅｺ", "cp932", "cp932"),
        ("ﾅｶ", "cp932", "cp932"),  # these bytes are valid UTF-8, too
        ("①髙﨑㈱", "cp932", "cp932"),
    ],
)
def test_encodings_are_recognised(text, encoding, found):
    assert recognise(text.encode(encoding)) == found


def test_one_endless_line_is_one_finding_and_little_memory():
    class Endless:
        given = 0

        def read(self, size):
            self.given += size
            return b"9" * size if self.given < 100_000_000 else b""

    from kaigo_careplan_link.files._check import check_stream
    from kaigo_careplan_link.files._options import Options

    stream = Endless()
    report = check_stream(NAMES[0], stream, Options())

    assert [f.code for f in report.findings] == ["CSV_RECORD_TOO_LONG"]
    assert stream.given < 3 * MAX_RECORD


def test_an_endless_quoted_text_in_a_later_record_stops_there():
    head = HOME_2.files[HOME_2.name("UPPLAN")]

    report = check_bytes(NAMES[0], head + b'202407,"' + b"x" * (3 * MAX_RECORD))

    assert "CSV_RECORD_TOO_LONG" in {f.code for f in report.findings}


def test_an_unclosed_quote_costs_one_record_not_the_rest_of_the_file():
    name = HOME_2.name("UPPLAN")
    text = HOME_2.files[name].decode("cp932")
    broken = text.replace('"見本　計子"', '"見本　計子', 1)

    report = check_bytes(name, broken.encode("cp932"))

    assert report.rows == text.count("\r\n")
    assert [(f.code, f.row) for f in report.findings] == [("CSV_UNCLOSED_QUOTE", 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_frequent_mistake_is_listed_ten_times_and_counted(kind):
    name = HOME_2.name(kind)
    line = b",".join([b"202407", b"99101X", *[b""] * (width(kind) - 2)]) + b"\r\n"

    report = check_bytes(name, line * 5000, profile="standard", rules={"ROW_TWICE": "off"})

    listed = [f for f in report.findings if f.code == "FIELD_NOT_DIGITS"]
    assert len(listed) == 10
    assert report.not_shown["FIELD_NOT_DIGITS"] == 4990


def test_mutated_bytes_by_the_thousand_never_raise():
    dice = random.Random(7)
    for _ in range(2000):
        sending = dice.choice([HOME_1, HOME_2])
        name = dice.choice(sorted(sending.files))
        data = bytearray(sending.files[name])
        for _ in range(dice.choice([1, 3, 20])):
            data[dice.randrange(len(data))] = dice.randrange(256)
        check_bytes(name, bytes(data)).as_dict("en")


def test_no_rule_reads_from_both_sides_of_the_uncut_tail():
    from kaigo_careplan_link.files import standard

    for kind in ("UPPLAN", "UPJSK"):
        for keys, _ in _rows.ROW_RULES[kind]:
            sides = {standard().field_no(kind, key) <= _body.FORM_6_HEAD for key in keys}
            assert len(sides) == 1, keys


def test_a_tail_that_was_good_once_does_not_hide_a_bad_one():
    sending = Sending("service-1", people=3)
    name = sending.name("UPJSK")
    good = sending.files[name] * 400
    bad = sending.files[name].replace(b",0,9970000205,\r\n", b",9,9970000205,\r\n", 1)

    report = check_bytes(name, good + bad + good, rules={"ROW_TWICE": "off"})

    assert [(f.code, f.row, f.field) for f in report.findings] == [
        ("CODE_UNKNOWN", good.count(b"\r\n") + 1, 23)
    ]


def test_judgements_of_one_file_do_not_hide_what_is_wrong_in_the_next(tmp_path):
    right, wrong = Sending("service-1"), Sending("service-1", stamp="20261226101500")
    wrong.rename_all(lambda name: name.replace("202701", "202702").replace("_11_", "_15_"))
    for index, sending in enumerate((right, wrong, right)):
        sending.write(tmp_path / str(index))

    report = validate(tmp_path, "strict", rules={"UNIT_KIND_TWICE": "off"})

    assert {f.code for f in report.all_findings()} == {"MONTH_NOT_IN_NAME", "RESULT_OTHER_SERVICE"}


def test_judgements_in_one_encoding_are_not_used_for_another(tmp_path):
    first, second = Sending("service-1"), Sending("service-1", stamp="20261226101500")
    second.data("UPJSK", lambda data: data.decode("cp932").replace("計子", "𠮷子").encode())
    third = Sending("service-1", stamp="20261227101500")
    third.data("UPJSK", lambda data: data.replace("計子".encode("cp932"), "𠮷子".encode()))
    for index, sending in enumerate((first, second, third)):
        sending.write(tmp_path / str(index))

    found = [{f.code for f in file.findings} for file in validate(tmp_path).files]

    assert found[:2] == [set(), {"ENCODING_UTF8", "CHAR_NOT_MS932"}]
    assert found[2] != set()
