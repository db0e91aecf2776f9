"""Rule files: dated data, every figure with its place, mistakes named."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
import yaml
from kaigo_gateway.errors import InputError
from kaigo_subsidy._calendar import (
    business_days_left,
    era_date,
    fiscal_year,
    is_business_day,
    last_business_day,
)
from kaigo_subsidy._registration import registration_number_ok
from kaigo_subsidy.programmes import programmes_here
from kaigo_subsidy.rules import Figure, bundled, catalogue, find_rules, parse_rules, unconfirmed
from kaigo_subsidy.rules._figure import references

SOURCE = (files("kaigo_subsidy.rules") / "data" / "kiban-office-2026.yaml").read_text(encoding="utf-8")
MEDICAL = (files("kaigo_subsidy.rules") / "data" / "kiban-medical-2026.yaml").read_text(encoding="utf-8")


def refused(text):
    with pytest.raises(InputError) as caught:
        parse_rules(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    return caught.value


def changed(old, new, source=SOURCE):
    assert source.count(old) == 1, old
    return source.replace(old, new)


def test_the_three_programmes_are_bundled_with_version_and_hash():
    found = {ruleset.rules.id: ruleset for ruleset in bundled()}
    assert set(found) == {"kiban-office/2025", "kiban-office/2026", "kiban-medical/2026"}
    assert all(len(ruleset.hash) == 64 and ruleset.rules.version for ruleset in found.values())


def test_a_bundled_file_is_found_by_its_name_and_a_dropped_one_replaces_it(tmp_path):
    for ruleset in bundled():
        assert find_rules(ruleset.rules.programme, ruleset.rules.fiscal_year) is ruleset
    (tmp_path / "any.yaml").write_text(SOURCE.replace("value: 64000", "value: 70000"), encoding="utf-8")
    dropped = find_rules("kiban-office", 2026, tmp_path)
    assert dropped.hash not in {ruleset.hash for ruleset in bundled()}


def figures(value):
    if isinstance(value, Figure):
        return [value]
    if isinstance(value, dict):
        value = tuple(value.values())
    elif hasattr(type(value), "model_fields"):
        value = tuple(getattr(value, name) for name in type(value).model_fields)
    return [found for each in value for found in figures(each)] if isinstance(value, (list, tuple)) else []


def test_every_figure_has_a_reference_and_what_is_not_certain_says_so():
    for ruleset in bundled():
        found = figures(ruleset.rules)
        assert len(found) > 10
        assert all(figure.ref for figure in found)
        if ruleset.rules.fiscal_year == 2025 or ruleset.rules.medical:
            assert any(figure.status == "unconfirmed" for figure in found)


def test_every_reference_names_a_listed_source_with_its_title():
    for ruleset in bundled():
        sources = {source.id: source.title for source in ruleset.rules.sources}
        assert all(sources.values())
        for place, ref in references(ruleset.rules):
            assert any(name in ref for name in sources), (place, ref)


def test_what_comes_second_hand_is_marked_unconfirmed():
    for ruleset in bundled():
        marked = {ref for _place, _value, ref in unconfirmed(ruleset.rules)}
        for figure in figures(ruleset.rules):
            if "に倣う" in figure.ref or figure.ref.startswith(("手引き", "二次資料", "令和8年度要綱")):
                assert figure.ref in marked, figure.ref


def test_r8_follows_the_official_table():
    office = find_rules("kiban-office", 2026).office
    limits = {key: (c.cap.value, c.readers.value) for key, c in office.categories.items()}
    assert limits == {"A": (64000, 3), "B": (55000, 2), "C": (42000, 1)}
    assert len(office.services) == 35
    by_code = {service.code: service.category for service in office.services}
    assert by_code["31"] == by_code["78"] == "A", "a secondary text prints other categories; the 要綱 decides"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SOURCE + "colour: red\n", "colour"),
        (changed("rounding: {value: 1000", "rounding: {wert: 1000"), "rounding"),
        (changed("closes: {value: 2027-03-12", "closes: {value: 2026-01-01"), "closes before it opens"),
        (changed('{code: "12", name: 訪問入浴介護', '{code: "11", name: 訪問入浴介護'), "stands twice"),
        (
            changed('    - {code: "12", name: 訪問入浴介護, category: A}\n', ""),
            "35 service codes are expected",
        ),
        (changed("name: 住宅改修, category: C", "name: 住宅改修, category: D"), "no such category"),
        (changed('- {code: "24", reads_as: "21"}', '- {code: "24", reads_as: "98"}'), "not a listed service"),
        (changed('- {code: "24", reads_as: "21"}', '- {code: "11", reads_as: "21"}'), "listed in two ways"),
        (changed("default: largest", "default: smallest"), "none of"),
        (changed('rate: {value: "1/1"', "rate: {value: 1.0"), "rate"),
        (changed('rate: {value: "1/1"', 'rate: {value: "1/2"'), "the whole cost"),
        (changed("value: 64000, ref: 要綱 別表", "value: -1, ref: 要綱 別表"), "cap"),
        (changed("programme: kiban-office", "programme: kiban-office\nprogramme: twice"), "stands twice"),
        (changed("beds_to: 199", "beds_to: 150", MEDICAL), "covers 151 beds"),
        (changed("beds_to: 199", "beds_to: 250", MEDICAL), "overlap at 200"),
        (
            changed(
                "    - kind: clinic\n      beds_from: 0", "    - kind: clinic\n      beds_from: 1", MEDICAL
            ),
            "0 beds",
        ),
        ("{", "no YAML from line 2"),
        (SOURCE.replace("  opens:", "\topens:"), "no YAML from line"),
        (SOURCE.encode("cp932"), "is not UTF-8"),
        (
            changed("opens: {value: 2026-05-07", "opens: {value: 令和8年5月7日"),
            "at window.opens.value: a date",
        ),
        (changed("value: 64000", "value: '64,000'"), "at office.categories.A.cap.value: a whole number"),
        (changed("value: 64000", "value: 64,000"), "a comma within a number"),
        (changed("value: 64000", "value: 64000.5"), "at office.categories.A.cap.value: a whole number"),
        (changed('rate: {value: "1/1"', 'rate: {value: "100%"'), "at rate.value: a rate is written as text"),
        (changed('rate: {value: "1/1"', 'rate: {value: "1/0"'), "at rate.value: a rate"),
        (changed('code: "11"', "code: 11"), "at office.services[0].code: text in quotation marks"),
        (changed('code: "11"', 'code: "1"'), "at office.services[0].code: a service type code has two"),
        (changed(", ref: 要綱 第4条（1000円未満切り捨て）", ""), "at rounding.ref: this key is missing"),
        (changed("ref: 要綱 第4条（1000円未満切り捨て）", "ref: ''"), "at rounding.ref: it is empty"),
        (
            changed("ref: 要綱 第4条（1000円未満切り捨て）", "ref: 聞いた話"),
            "聞いた話 (rounding.ref) names none",
        ),
        (SOURCE.replace("status: unconfirmed", "status: maybe", 1), "one of 'confirmed', 'unconfirmed' is"),
        (SOURCE[: SOURCE.index("\noffice:") + 1], 'exactly one of "office" and "medical"'),
        (changed("grant-rules/1", "grant-rules/9"), "at schema: one of"),
        (changed("programme: kiban-office", "programme: City X"), "small letters, digits and hyphens"),
        (changed("fiscal_year: 2026", "fiscal_year: 令和8"), "at fiscal_year: a whole number"),
        (changed("rounding: {value: 1000", "rounding: {value: 0"), "at rounding.value: it is less than 1"),
        (changed("readers: {value: 3", "readers: {value: -3"), "A.readers.value: it is less than 0"),
        (changed('day: {value: "04-30"', 'day: {value: "02-31"'), "month and day are expected"),
        (changed("id: one_part_only", "id: my_question"), "the assessor knows no reading of this name"),
        (changed("      refused: {ja", "      perhaps: {ja"), "knows these options only: allowed, refused"),
        (
            changed("    C:\n", "    C: &c\n").replace("  services:", "    D: *c\n  services:", 1),
            "category D",
        ),
        (changed('A, short_stay_of: "73"', 'A, short_stay_of: "68"'), "short stay of itself: 68"),
        (changed("lump: [一式, いっしき]", "lump: 一式"), "at words.lump: a list is expected"),
        (
            changed("expected: 35", "expected: 35\n  contested_services: {'98': B}"),
            "not a listed service: 98",
        ),
        (changed("suffixes: [.pdf,", "suffixes: [pdf,"), "at files.suffixes[0]: a suffix such as .pdf"),
        (
            changed("payment_by: {value: 2027-04-30", "payment_by: {value: 2026-04-30"),
            "must follow each other",
        ),
        (changed("work_from: {value: 2026-04-01", "work_from: {value: 2028-04-01"), "the window has closed"),
        ("!!python/object/apply:os.system ['id']", "no YAML from line 1"),
        ("[" * 5000, "no YAML"),
        ("", "a table of keys and values"),
        ("- 1", "the file"),
    ],
)
def test_a_wrong_rule_file_is_refused_with_its_place(text, place):
    error = refused(text)
    english = error.text("en")
    what = str(error.values.get("what", ""))
    assert "x.yaml" in english
    assert place in english
    assert error.text("ja").startswith("規則ファイル x.yaml ")
    assert not what or what not in error.text("ja"), "no English words in the Japanese sentence"


def test_a_dropped_file_adds_a_programme_and_replaces_a_bundled_year(tmp_path):
    added = changed("programme: kiban-office", "programme: city-x")
    (tmp_path / "city.yaml").write_text(added, encoding="utf-8")
    newer = changed("value: 64000", "value: 70000").replace("2026-11-22", "2026-12-01")
    (tmp_path / "newer.yaml").write_text(newer, encoding="utf-8")
    found = catalogue(tmp_path)
    assert found["city-x/2026"].office.categories["A"].cap.value == 64000
    assert found["kiban-office/2026"].office.categories["A"].cap.value == 70000
    assert len(found) == len(bundled()) + 1
    (tmp_path / "city.yaml").rename(tmp_path / "city.yml")
    assert set(catalogue(tmp_path)) == set(found)


def test_two_files_of_one_programme_and_overlapping_years_are_refused(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    with pytest.raises(InputError, match="Two rule files"):
        catalogue(tmp_path)
    (tmp_path / "b.yaml").unlink()
    later = changed("fiscal_year: 2026", "fiscal_year: 2027")
    (tmp_path / "a.yaml").write_text(later, encoding="utf-8")
    with pytest.raises(InputError, match="overlap"):
        catalogue(tmp_path)


def test_an_empty_or_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no \*\.yaml file"):
        catalogue(tmp_path)
    with pytest.raises(InputError, match="No rules"):
        catalogue(tmp_path / "nowhere")


def test_an_unknown_programme_names_those_there_are():
    with pytest.raises(InputError) as caught:
        find_rules("kiban-office", 2031)
    assert "kiban-office/2026" in str(caught.value)


def test_programmes_of_the_hook_show_their_rules_as_plain_data():
    programme = next(p for p in programmes_here() if (p.id, p.fiscal_year) == ("kiban-office", 2026))
    assert yaml.safe_load(yaml.safe_dump(dict(programme.rules)))["rounding"]["value"] == 1000


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 22), "令和8年11月22日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1900, 1, 1), "1900年1月1日"),
    ],
)
def test_era_dates(day, text):
    assert era_date(day) == text


def test_business_days_leave_out_weekends_holidays_and_the_turn_of_the_year():
    assert last_business_day(date(2026, 12, 31)) == date(2026, 12, 28)
    assert last_business_day(date(2027, 1, 31)) == date(2027, 1, 29)
    assert not is_business_day(date(2026, 11, 23)), "勤労感謝の日"
    assert is_business_day(date(2027, 1, 4))
    assert business_days_left(date(2026, 12, 28), date(2027, 1, 4)) == 2
    assert business_days_left(date(2027, 3, 13), date(2027, 3, 12)) == 0
    assert [fiscal_year(date(2027, 3, 31)), fiscal_year(date(2027, 4, 1))] == [2026, 2027]


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("T7000012050002", True),  # 国税庁 itself
        ("T1180301018771", True),
        ("T7000012050003", False),
        ("T8000012050002", False),
        ("7000012050002", False),
        ("T700001205000", False),
        ("T７000012050002", False),
    ],
)
def test_registration_numbers_by_their_check_digit(number, fits):
    assert registration_number_ok(number) is fits


@pytest.mark.parametrize(
    ("text", "terminal"),
    [
        ("ノートPC 1台", True),
        ("ＰＣ一式", True),
        ("業務用パソコン", True),
        ("iPad 第10世代", True),
        ("ipad", True),
        ("タブレット端末", True),
        ("リーダー付きタブレット", True),
        ("Surface Go 4", True),
        ("PC/SC対応リーダー", False),
        ("PC・タブレット対応カードリーダー", False),
        ("タブレットPC用リーダー", False),
        ("パソコンに接続するカードリーダー", False),
        ("スマートフォン及びタブレット端末用 Bluetoothリーダー", False),
        ("CIR315A", False),
        ("XPC-100", False),
        ("SmartPCI", False),
        ("", False),
    ],
)
def test_a_terminal_is_told_from_a_reader_made_for_one(text, terminal):
    from kaigo_subsidy.assessing._lines import is_terminal

    assert is_terminal(text, find_rules("kiban-office", 2026).rules) is terminal
