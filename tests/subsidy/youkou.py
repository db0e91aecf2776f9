"""The 要綱 of FY2026 a second time: its tables read out of its own words, its rules written down anew.

Nothing here comes from a rule file or from the assessor; tests/subsidy/test_oracle.py compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction
from pathlib import Path

SOURCE = Path(__file__).parent / "sources" / "youkou_r8_extract.txt"
TEXT = unicodedata.normalize("NFKC", SOURCE.read_text(encoding="utf-8"))
CATEGORIES = {"訪問・通所・短期滞在系": "A", "居住・入所系": "B", "その他": "C"}


def services():
    """Code to (name, category), from 別添: two columns of "code name", one name broken over two lines."""
    found, category = {}, ""
    for line in re.split(r"\s別添\s*\n", TEXT)[1].split("※")[0].splitlines():
        title = re.match(r"助成対象\(区分\):(.+)", line.strip())
        if title:
            category = CATEGORIES[title[1]]
        for code, name in re.findall(r"(?<!\S)([0-9][0-9A-Z]) (\S+)", line):
            found[code] = (name, category)
        broken = re.fullmatch(r"\s+(期利用型\))", line)
        if broken:
            found["79"] = (found["79"][0] + broken[1], "A")
    return found


def limits():
    """Category to (cap in yen, number of readers), from 別表."""
    table = TEXT.split("別表(第 4 条関係)")[1].split("別添\n")[0]
    rows = re.findall(r"^(\S+) +([0-9])台まで +助成限度額は ([0-9.]+) 万円まで", table, re.MULTILINE)
    return {CATEGORIES[name]: (int(Fraction(cap) * 10_000), int(readers)) for name, readers, cap in rows}


def joined(text=TEXT):
    """The text without the line breaks and spaces of its page."""
    return re.sub(r"\s", "", text)


SERVICES, LIMITS = services(), limits()
SHORT_STAYS = {"68": "73", "79": "77", "27": "33", "28": "36", "38": "32"}
PREVENTIVE = {
    "24": "21", "25": "22", "26": "23", "2B": "2A", "34": "31", "35": "33", "37": "32", "39": "38",
    "44": "41", "45": "42", "46": "43", "62": "12", "63": "13", "64": "14", "66": "16", "67": "17",
    "69": "68", "74": "72", "75": "73",
}  # fmt: skip
SUPPORT = {"connection_support", "careplan_support"}
FIRST_DAY, OPENS, CLOSES = date(2026, 4, 1), date(2026, 5, 7), date(2027, 3, 12)


def office_limits(codes):
    """第4条なお書き: all limits; a short stay goes with its service, readers by the largest."""
    read = {PREVENTIVE.get(code, code) for code in codes}
    read = {code for code in read if code in SERVICES}
    read -= {code for code in read if SHORT_STAYS.get(code) in read}
    found = [LIMITS[SERVICES[code][1]] for code in read]
    return sum(cap for cap, _ in found), max((readers for _, readers in found), default=0)


def grant(claim):
    """Cap, readers, cost that counts, grant of a claim given as plain data, without open readings."""
    applied, lines = claim["applied_on"], claim["expenses"]
    cap, most = office_limits(claim["office"]["services"])
    timely = [one for one in lines if FIRST_DAY <= one["incurred_on"] <= applied and one["amount"] > 0]
    prices = [price for one in timely for price in reader_prices(one)]
    platform = [one for one in timely if is_platform(one)]
    careplan = [one for one in timely if is_careplan(one) and is_bundled(one, platform)]
    counted = sum(sorted(prices, reverse=True)[:most], Fraction(0))
    counted = int(counted) + sum(one["amount"] for one in (*platform, *careplan))
    counted = max(0, counted - discounts(lines)) if cap else 0  # 第2条: no service of the list, no applicant
    income = claim["other_income"] + (0 if claim["office"]["nonprofit"] else claim["donations"])
    paid = min(max(0, counted - income), cap) // 1000 * 1000
    return cap, most, counted, paid if OPENS <= applied <= CLOSES else 0


def reader_prices(line):
    """第3条第1号: one price for each reader that is bought, new, made for the app, and no terminal."""
    words = line.get("description", "") + (line.get("model") or "")
    if (
        line["kind"] != "card_reader"
        or line["quantity"] < 1
        or line.get("condition") in {"used", "leased"}
        or line.get("compatible") is False
        or "ノートパソコン" in words
    ):
        return []
    return [Fraction(line["amount"], line["quantity"])] * line["quantity"]


def is_careplan(line):
    """第3条第2号(5)."""
    named = line["kind"] == "connection_support" and line.get("item") == "careplan_link"
    return (line["kind"] == "careplan_support" or named) and line.get("item") != "approved_other"


def is_platform(line):
    """第3条第2号(1)-(4): the connection itself; (6) is not paid before its approval is known."""
    return line["kind"] == "connection_support" and line.get("item") not in {
        "careplan_link",
        "approved_other",
    }


def is_bundled(line, platform):
    """事務連絡 別添1 注2: from the supporter that connected the office to the platform."""
    return line.get("supporter") is not None and line["supporter"] in {
        one.get("supporter") for one in platform
    }


def discounts(lines):
    """What was not paid after all; a discount on a cost that is never paid meets that cost first."""
    total = 0
    for kind in {line["kind"] for line in lines}:
        off = -sum(one["amount"] for one in lines if one["kind"] == kind and one["amount"] < 0)
        own = sum(one["amount"] for one in lines if one["kind"] == kind and one["amount"] > 0)
        total += off if kind in SUPPORT | {"card_reader"} else max(0, off - own)
    return total
