"""What must hold for every claim."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from kaigo_gateway.model.claims import Claim
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.rules import find_rules

RULES = find_rules("kiban-office", 2026)
LAST_YEAR = find_rules("kiban-office", 2025)
CODES = [*RULES.services, "24", "37", "63", "A2", "99"]
INELIGIBLE = {
    "kind": "other",
    "description": "送料",
    "amount": 880,
    "incurred_on": date(2026, 6, 1),
}


def lines(smallest=0):
    days = st.dates(date(2026, 2, 1), date(2026, 12, 1))
    amounts = st.integers(smallest, 120_000)
    reader = st.fixed_dictionaries(
        {
            "kind": st.just("card_reader"),
            "model": st.sampled_from(["CIR315A", None]),
            "quantity": st.integers(0, 7),
            "amount": amounts,
            "incurred_on": days,
            "condition": st.sampled_from(["new", "new", "new", "used", "leased", None]),
            "compatible": st.sampled_from([True, True, True, False, None]),
        }
    )
    support = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["connection_support", "careplan_support"]),
            "item": st.sampled_from(
                ["reader_check", "web_service_setup", "careplan_link", "approved_other", None]
            ),
            "amount": amounts,
            "incurred_on": days,
            "supporter": st.sampled_from(["T1180301018771", "T7000012050002", None]),
            "description": st.sampled_from(["", "接続サポート一式"]),
        }
    )
    other = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["other", "opinion_transmission"]),
            "amount": amounts,
            "incurred_on": days,
            "description": st.sampled_from(["送料", "ノートパソコン"]),
        }
    )
    return st.lists(st.one_of(reader, support, other), max_size=6)


READINGS = st.fixed_dictionaries(
    {},
    optional={reading.id: st.sampled_from(list(reading.options)) for reading in RULES.rules.readings},
)
CLAIMS = st.fixed_dictionaries(
    {
        "services": st.lists(st.sampled_from(CODES), max_size=4),
        "nonprofit": st.booleans(),
        "donations": st.integers(0, 30_000),
        "other_income": st.integers(0, 30_000),
        "expenses": lines(),
    }
)


def claim_from(parts, expenses=None):
    office = {"number": "1370000001", "services": parts["services"], "nonprofit": parts["nonprofit"]}
    return Claim.model_validate(
        {
            "programme": "kiban-office",
            "fiscal_year": 2026,
            "applied_on": date(2026, 11, 22),
            "donations": parts["donations"],
            "other_income": parts["other_income"],
            "office": office,
            "expenses": parts["expenses"] if expenses is None else expenses,
        }
    )


def amounts(result):
    return result.grant, result.eligible_cost, result.cap, result.reader_limit


@settings(max_examples=300, deadline=None)
@given(CLAIMS, READINGS)
def test_the_grant_is_never_above_the_cap_nor_the_cost_nor_negative_and_whole_thousands(parts, readings):
    result = assess(claim_from(parts), RULES, readings)
    assert 0 <= result.grant <= min(result.cap, result.total_cost)
    assert result.grant % 1000 == 0
    assert result.eligible_cost == sum(line.eligible_amount for line in result.lines)
    assert result.self_paid == result.total_cost - result.grant
    assert (result.verdict == "ineligible") == (result.grant == 0)
    for line, expense in zip(result.lines, parts["expenses"], strict=True):
        assert 0 <= line.eligible_amount <= expense["amount"]


@settings(max_examples=200, deadline=None)
@given(
    CLAIMS,
    st.lists(st.integers(-50_000, -1), max_size=2),
    st.sampled_from(["card_reader", "connection_support"]),
)
def test_a_discount_never_raises_the_grant_and_counts_never_exceed_what_was_paid(parts, discounts, kind):
    extra = [{"kind": kind, "amount": d, "incurred_on": date(2026, 6, 1)} for d in discounts]
    plain = assess(claim_from(parts), RULES)
    result = assess(claim_from(parts, [*parts["expenses"], *extra]), RULES)
    assert result.grant <= plain.grant
    assert result.eligible_cost == max(0, plain.eligible_cost + sum(discounts))


@settings(max_examples=200, deadline=None)
@given(CLAIMS, READINGS, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(parts, readings, random):
    shuffled = list(parts["expenses"])
    Random(random.random()).shuffle(shuffled)
    assert amounts(assess(claim_from(parts), RULES, readings)) == amounts(
        assess(claim_from(parts, shuffled), RULES, readings)
    )


@settings(max_examples=200, deadline=None)
@given(CLAIMS, READINGS, st.data())
def test_a_dearer_line_never_lowers_the_grant(parts, readings, data):
    if not parts["expenses"]:
        return
    index = data.draw(st.integers(0, len(parts["expenses"]) - 1))
    more = data.draw(st.integers(1, 50_000))
    dearer = [dict(line) for line in parts["expenses"]]
    dearer[index]["amount"] += more
    before, after = (
        assess(claim_from(parts), RULES, readings),
        assess(claim_from(parts, dearer), RULES, readings),
    )
    assert after.grant >= before.grant
    assert after.eligible_cost >= before.eligible_cost


@settings(max_examples=200, deadline=None)
@given(CLAIMS, READINGS, st.integers(0, 6))
def test_an_ineligible_line_changes_nothing_but_the_total(parts, readings, at):
    position = min(at, len(parts["expenses"]))
    longer = [*parts["expenses"][:position], INELIGIBLE, *parts["expenses"][position:]]
    before, after = (
        assess(claim_from(parts), RULES, readings),
        assess(claim_from(parts, longer), RULES, readings),
    )
    assert amounts(after) == amounts(before)
    kept = [line.eligible_amount for line in after.lines if line.index != position]
    assert kept == [line.eligible_amount for line in before.lines]


@settings(max_examples=100, deadline=None)
@given(CLAIMS)
def test_every_named_alternative_is_what_the_other_reading_gives(parts):
    claim = claim_from(parts)
    for notice in assess(claim, RULES).notices:
        if notice.code.startswith("READING_"):
            values = notice.values
            other = assess(claim, RULES, {values["reading"]: values["other"]})
            assert (other.grant, other.cap) == (values["other_grant"], values["other_cap"])


SHUT_OUT = st.sampled_from([
    INELIGIBLE,
    {**INELIGIBLE, "kind": "opinion_transmission", "amount": 90_000},
    {**INELIGIBLE, "kind": "card_reader", "quantity": 2, "condition": "used"},
    {**INELIGIBLE, "kind": "card_reader", "quantity": 9, "compatible": False, "amount": 99_000},
    {**INELIGIBLE, "kind": "card_reader", "quantity": 1, "incurred_on": date(2025, 1, 1)},
    {**INELIGIBLE, "kind": "card_reader", "quantity": 0},
    {**INELIGIBLE, "kind": "connection_support", "incurred_on": date(2026, 12, 24), "amount": 70_000},
    {**INELIGIBLE, "kind": "connection_support", "item": "app_setup", "amount": 0},
    {**INELIGIBLE, "kind": "careplan_support", "supporter": "T9999999999999"},
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(CLAIMS, READINGS, SHUT_OUT, st.integers(0, 6))
def test_a_line_that_is_shut_out_for_any_reason_changes_nothing(parts, readings, line, at):
    position = min(at, len(parts["expenses"]))
    longer = [*parts["expenses"][:position], line, *parts["expenses"][position:]]
    before = assess(claim_from(parts), RULES, readings)
    after = assess(claim_from(parts, longer), RULES, readings)
    assert amounts(after) == amounts(before)
    assert after.lines[position].eligible_amount == 0
    assert after.self_paid == before.self_paid + line["amount"]


WITH_DISCOUNTS = st.fixed_dictionaries({
    "services": st.lists(st.sampled_from(CODES), max_size=5),
    "nonprofit": st.booleans(),
    "donations": st.integers(0, 30_000),
    "other_income": st.integers(0, 30_000),
    "expenses": lines(smallest=-40_000),
})  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(WITH_DISCOUNTS, READINGS, st.randoms(use_true_random=False))
def test_with_discounts_too_the_order_does_not_matter_and_the_bounds_hold(parts, readings, random):
    shuffled = list(parts["expenses"])
    random.shuffle(shuffled)
    result = assess(claim_from(parts), RULES, readings)
    assert amounts(assess(claim_from(parts, shuffled), RULES, readings)) == amounts(result)
    paid = sum(line["amount"] for line in parts["expenses"])
    assert 0 <= result.grant <= max(0, min(result.cap, paid))
    assert result.grant % 1000 == 0
    assert result.eligible_cost == sum(line.eligible_amount for line in result.lines) <= max(0, paid)
    assert result.self_paid == max(0, paid - result.grant)


@settings(max_examples=200, deadline=None)
@given(WITH_DISCOUNTS, READINGS, st.data())
def test_with_discounts_too_a_dearer_line_never_lowers_the_grant(parts, readings, data):
    if not parts["expenses"]:
        return
    dearer = [dict(line) for line in parts["expenses"]]
    dearer[data.draw(st.integers(0, len(dearer) - 1))]["amount"] += data.draw(st.integers(1, 50_000))
    before = assess(claim_from(parts), RULES, readings)
    after = assess(claim_from(parts, dearer), RULES, readings)
    assert after.grant >= before.grant


@settings(max_examples=200, deadline=None)
@given(WITH_DISCOUNTS, READINGS)
def test_whenever_another_reading_would_give_other_figures_a_notice_names_it(parts, readings):
    claim = claim_from(parts)
    result = assess(claim, RULES, readings)
    named = {
        (n.values["reading"], n.values["other"]) for n in result.notices if n.code.startswith("READING_")
    }
    taken = result.rule.readings
    for reading in RULES.rules.readings:
        for option in set(reading.options) - {taken[reading.id]}:
            other = assess(claim, RULES, {**taken, reading.id: option})
            differs = amounts(other) != amounts(result)
            assert ((reading.id, option) in named) == differs, (reading.id, option)


@settings(max_examples=150, deadline=None)
@given(
    WITH_DISCOUNTS,
    st.dates(date(2025, 10, 1), date(2026, 3, 31)),
    st.sampled_from(["as_fy2026", "as_secondary"]),
)
def test_last_years_programme_keeps_the_same_bounds_and_its_own_window(parts, applied_on, category):
    lines_ = [{**line, "incurred_on": line["incurred_on"].replace(year=2025)} for line in parts["expenses"]]
    claim = claim_from(parts, lines_).model_copy(update={"fiscal_year": 2025, "applied_on": applied_on})
    result = assess(claim, LAST_YEAR, {"contested_category": category})
    assert 0 <= result.grant <= result.cap
    assert result.grant % 1000 == 0
    assert result.grant == 0 or date(2025, 10, 17) <= applied_on <= date(2026, 3, 13)
    assert "RULES_UNCONFIRMED" in {notice.code for notice in result.notices}


@settings(max_examples=100, deadline=None)
@given(WITH_DISCOUNTS, READINGS)
def test_the_same_claim_and_its_own_json_give_the_same_assessment(parts, readings):
    claim = claim_from(parts)
    again = Claim.model_validate_json(claim.model_dump_json())
    assert assess(again, RULES, readings).document() == assess(claim, RULES, readings).document()


MEDICAL = find_rules("kiban-medical", 2026)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [("hospital", 0), ("hospital", 199), ("hospital", 200), ("clinic", None), ("clinic", 19)]
    ),
    st.lists(st.integers(-100_000, 900_000), max_size=4),
    st.booleans(),
    st.integers(0, 60_000),
    st.sampled_from(["thousand", "none"]),
    st.sampled_from(["deducted", "kept"]),
)
def test_a_medical_grant_is_the_share_of_what_was_paid_less_income(
    band, costs, nonprofit, money, unit, income
):
    kind, beds = band
    line = {"incurred_on": date(2026, 6, 1)}
    other = {**line, "kind": "card_reader", "amount": 50_000}
    claim = Claim.model_validate({
        "programme": "kiban-medical",
        "fiscal_year": 2026,
        "applied_on": date(2026, 11, 22),
        "donations": money,
        "other_income": 1000,
        "office": {"number": "1310000001", "kind": kind, "beds": beds, "nonprofit": nonprofit},
        "expenses": [other, *({**line, "kind": "opinion_transmission", "amount": c} for c in costs)],
    })  # fmt: skip
    result = assess(claim, MEDICAL, {"medical_rounding": unit, "medical_income": income})
    large = kind == "hospital" and beds == 200
    paid = max(0, sum(costs)) if any(c > 0 for c in costs) else 0
    deducted = 0 if income == "kept" else 1000 + (0 if nonprofit else money)
    base = max(0, paid - deducted)
    wanted = min(base // 2 if large else base * 3 // 4, 550_000 if large else 398_000)
    assert result.grant == (wanted if unit == "none" else wanted // 1000 * 1000)
    assert result.lines[0].reason_codes == ("NOT_OPINION_TRANSMISSION",)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([("hospital", 199), ("hospital", 200), ("clinic", None)]),
    st.lists(st.integers(0, 900_000), min_size=1, max_size=4),
    st.integers(0, 100_000),
    st.integers(1, 100_000),
)
def test_a_medical_grant_keeps_to_rate_and_cap_and_grows_with_cost(band, costs, income, more):
    kind, beds = band

    def granted(amounts_):
        line = {"kind": "opinion_transmission", "incurred_on": date(2026, 6, 1)}
        claim = Claim.model_validate(
            {
                "programme": "kiban-medical",
                "fiscal_year": 2026,
                "applied_on": date(2026, 11, 22),
                "other_income": income,
                "office": {"number": "1310000001", "kind": kind, "beds": beds},
                "expenses": [{**line, "amount": amount} for amount in amounts_],
            }
        )
        return assess(claim, MEDICAL)

    result = granted(costs)
    rate = 2 if beds == 200 else 4 / 3
    assert 0 <= result.grant <= result.cap
    assert result.grant % 1000 == 0
    assert result.grant * rate <= max(0, sum(costs) - income) + 1e-6
    assert granted([costs[0] + more, *costs[1:]]).grant >= result.grant
    assert granted(costs[::-1]).grant == result.grant
