"""What a newcomer gets wrong in a claim file: one clear sentence each, with place and remedy, in both languages."""

# ruff: noqa: E501 - one line for each mistake reads best

from __future__ import annotations

import re

import pytest
from kaigo_gateway.errors import InputError
from kaigo_subsidy.intake import read_claim
from test_command import CLAIM

DAY = "at applied_on: a date such as 2026-11-22 is expected. Write it like this: applied_on = 2026-11-22"
NUMBER = (
    "at office.number: an office number has ten characters, digits but for a letter that may stand third."
)
CODE = 'at office.services[0]: a service type code has two characters, such as "11" or "2A".'
AMOUNT = (
    "at expenses[0].amount: a whole number without quotation marks is expected. Write it like this: amount"
)


def changed(old, new):
    assert old in CLAIM, old
    return CLAIM.replace(old, new, 1)


MISTAKES = {
    "key mistyped": (changed("quantity", "quantitiy"), "expenses[0].quantitiy: this key is not known. Probably quantity"),
    "key unlike any": (changed("quantity", "zzz"), "expenses[0].zzz: this key is not known. The keys there are: kind,"),
    "table mistyped": (changed("[office]", "[offices]"), "at offices: this key is not known. Probably office is meant"),
    "list mistyped": (CLAIM.replace("[[expenses]]", "[[expense]]"), "Probably expenses is meant"),
    "one table instead of a list": (changed("[[expenses]]", "[expenses]"), "line 17"),
    "amount with comma": (changed("amount = 19500", "amount = 19,500"), "line 13"),
    "amount in quotes": (changed("amount = 19500", 'amount = "19500円"'), AMOUNT),
    "amount full-width": (changed("amount = 19500", "amount = １９５００"), "line 13"),
    "amount as fraction": (changed("amount = 19500", "amount = 19500.5"), AMOUNT),
    "amount with exponent": (changed("amount = 19500", "amount = 1.95e4"), AMOUNT),
    "amount not a number": (changed("amount = 19500", "amount = nan"), AMOUNT),
    "amount too large": (changed("amount = 19500", "amount = 99999999999999999999"), "it is more than 1000000000000"),
    "amount left out": (changed("amount = 19500\n", ""), "expenses[0].amount: this key is missing. Write it like this"),
    "amount true": (changed("amount = 19500", "amount = true"), AMOUNT),
    "day with slashes": (changed("2026-11-22", "2026/11/22"), "line 4"),
    "day with slashes in quotes": (changed("2026-11-22", '"2026/11/22"'), DAY),
    "day of the era": (changed("2026-11-22", '"令和8年11月22日"'), DAY),
    "day that does not exist": (changed("2026-11-22", "2026-02-30"), "line 4"),
    "day with time": (changed("2026-11-22", "2026-11-22T10:00:00"), DAY),
    "day as number": (changed("2026-11-22", "20261122"), DAY),
    "time": (changed("2026-11-22", "10:00:00"), DAY),
    "day left out": (changed("incurred_on = 2026-06-01\n", ""), "expenses[0].incurred_on: this key is missing."),
    "year of the era": (changed("fiscal_year = 2026", 'fiscal_year = "R8"'), "fiscal_year = 2026  # 令和8年度"),
    "year of the era as number": (changed("fiscal_year = 2026", "fiscal_year = 8"), "at fiscal_year: it is less than 2019"),
    "programme without quotes": (changed('"kiban-office"', "kiban-office"), "line 2"),
    "programme empty": (changed('"kiban-office"', '""'), "at programme: it is empty."),
    "number with hyphen": (changed('"1370000001"', '"137-0000001"'), NUMBER),
    "number full-width": (changed('"1370000001"', '"１３７００００００１"'), NUMBER),
    "number of nine": (changed('"1370000001"', '"137000000"'), NUMBER),
    "number without quotes": (changed('"1370000001"', "1370000001"), "at office.number: text in quotation marks"),
    "number without quotes and a 0 in front": (changed('"1370000001"', "0170000001"), "line 6"),
    "number with the letter O": (changed('"1370000001"', '"13O0000001"'), NUMBER),
    "number with a line break": (changed('"1370000001"', '"1370000001\\n"'), NUMBER),
    "services as one text": (changed('["11", "15"]', '"11"'), 'at office.services: a list is expected. Write it like this: services = ["11"'),
    "services as numbers": (changed('["11", "15"]', "[11]"), "at office.services[0]: text in quotation marks"),
    "service by name": (changed('["11", "15"]', '["訪問介護"]'), CODE),
    "service in small letters": (changed('["11", "15"]', '["2a"]'), CODE),
    "services with comma in one text": (changed('["11", "15"]', '["11,15"]'), CODE),
    "kind in Japanese": (changed('"card_reader"', '"カードリーダー"'), "expenses[0].kind: one of 'card_reader', 'connection_support'"),
    "item in Japanese": (changed('"reader_check"', '"接続確認"'), "expenses[1].item: one of 'reader_check'"),
    "condition in Japanese": (changed('"new"', '"新品"'), "expenses[0].condition: one of 'new', 'used', 'leased' is expected"),
    "truth in quotes": (changed("compatible = true", 'compatible = "true"'), "expenses[0].compatible: true or false is expected"),
    "truth in capitals": (changed("compatible = true", "compatible = True"), "line 16"),
    "quantity with unit": (changed("quantity = 3", 'quantity = "3台"'), "expenses[0].quantity: a whole number"),
    "key twice": (changed("quantity = 3", "quantity = 3\nquantity = 4"), "line 13"),
    "no value": (changed("quantity = 3", "quantity ="), "line 12"),
    "quote not closed": (changed('"例示事業所"', '"例示事業所'), "line 7"),
    "nothing in the file": ("", "at programme: this key is missing."),
    "no office": (CLAIM.split("[office]", maxsplit=1)[0], "at office: this key is missing. Write it like this: [office]"),
    "non-profit yes": (changed("name =", 'nonprofit = "yes"\nname ='), "at office.nonprofit: true or false"),
    "donations below 0": (changed("applied_on", "donations = -1\napplied_on"), "at donations: it is less than 0"),
    "supporter without quotes": (changed('"T1180301018771"', "1180301018771"), "expenses[1].supporter: text in quotation marks"),
    "another kind of file": ("programme: kiban-office\n", "line 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_with_its_place_and_remedy(tmp_path, name):
    text, what = MISTAKES[name]
    path = tmp_path / "claim.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_claim(path)
    english = caught.value.text("en")
    said = str(caught.value.values.get("what", ""))
    assert what in english
    assert str(path) in english
    assert english.count("\n") == 0
    japanese = caught.value.text("ja")
    assert japanese != english
    assert not said or said not in japanese, "no English words in the Japanese sentence"


def test_every_mistake_of_a_claim_is_told_at_once_with_its_own_remedy(tmp_path):
    path = tmp_path / "claim.toml"
    path.write_text(
        changed("quantity = 3", 'quantity = "3"').replace("number =", "nubmer ="), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_claim(path)
    said = caught.value.sentences("en")
    assert [line.partition(" at ")[2].partition(":")[0] for line in said] == [
        "office.nubmer",
        "expenses[0].quantity",
    ], said
    assert "Probably number is meant" in said[0]
    assert "quantity = 3" in said[1]
    assert all(re.search("[ぁ-ん]", line) for line in caught.value.sentences("ja"))


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_a_claim_in_another_encoding_is_refused_with_the_way_to_save_it(tmp_path, encoding):
    path = tmp_path / "claim.toml"
    path.write_bytes(CLAIM.encode(encoding))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_claim(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{'programme': 1}", "line 1, column 2"),
        ('{"programme": "kiban-office",}', "line 1, column 30"),
        ('{"a": 1,\n "b": }', "line 2, column 7"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": Infinity}', "Infinity is not a number"),
        ('{"a": 1, "a": 2}', "stands twice"),
    ],
    ids=["quotes", "comma", "value", "deep", "infinity", "twice"],
)
def test_a_mistake_in_json_is_told_by_line_and_column(tmp_path, text, what):
    path = tmp_path / "claim.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_claim(path)
    assert what in caught.value.text("en")
    japanese = caught.value.text("ja").replace(str(path), "")
    assert not re.findall(r"[A-Za-z]{2,} [A-Za-z]{2,}", japanese), "no English words in the Japanese sentence"
