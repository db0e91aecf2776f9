"""What is concluded from an exercise: the card, the purchase, the expense lines. No reader needed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaigo_card_reader import REASONS, CardReaderSettings, ReaderInfo
from kaigo_card_reader.card._validity import Validity, add_months, judge
from kaigo_card_reader.checks._card import card_findings
from kaigo_card_reader.checks._expenses import expenses
from kaigo_card_reader.checks._purchase import allot, purchase_findings
from kaigo_card_reader.data import find, models, recognise
from kaigo_gateway.model.descriptors import SetupView
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.site import Site

DAY = dt.date(2026, 6, 1)


def exercised(subject="Some Reader 00 00", code="READER_EXERCISED", **evidence):
    facts = {
        "token": "my_number_card",
        "tries_left": {"auth": 3, "sign": 5, "text": 3},
        "certificate_validity": "valid",
        "certificate_until": "2029-03",
        "model_known": False,
    }
    return REASONS.finding(code, subject=subject, evidence=facts | evidence)


def bought(model=None, quantity=1, amount=6500, **more):
    return ExpenseLine(
        kind="card_reader",
        model=model,
        quantity=quantity,
        amount=amount,
        incurred_on=DAY,
        condition="new",
        **more,
    )


def judged(**evidence):
    return card_findings([exercised(**evidence)], CardReaderSettings())[0]


@pytest.mark.parametrize(
    ("evidence", "code", "status"),
    [
        ({}, "CARD_USABLE", "ok"),
        ({"tries_left": {"auth": 0, "sign": 5, "text": 3}}, "CARD_AUTH_PIN_LOCKED", "fail"),
        ({"tries_left": {"auth": 2, "sign": 5, "text": 3}}, "CARD_AUTH_PIN_LOW", "warn"),
        ({"tries_left": {"auth": 3, "sign": 0, "text": 3}}, "CARD_SIGN_PIN_LOCKED", "warn"),
        ({"tries_left": {"auth": 3, "sign": 5, "text": 0}}, "CARD_TEXT_PIN_LOCKED", "warn"),
        ({"tries_left": {"auth": None, "sign": None, "text": None}}, "CARD_USABLE", "ok"),
        ({"certificate_validity": "expired"}, "CARD_CERTIFICATE_EXPIRED", "fail"),
        ({"certificate_validity": "expired_within_grace"}, "CARD_CERTIFICATE_GRACE", "warn"),
        ({"token": "juki_card"}, "CARD_OLD_JUKI", "warn"),
        ({"token": "smartphone", "certificate_validity": None}, "CARD_PHONE", "warn"),
        ({"token": "other"}, "CARD_TOKEN_UNKNOWN", "warn"),
    ],
)
def test_each_state_of_a_card_has_its_word(evidence, code, status):
    finding = judged(**evidence)
    assert (finding.reason_code, finding.status) == (code, status)


def test_all_troubles_of_a_card_are_told_the_gravest_first():
    tries = {"auth": 0, "sign": 0, "text": 3}
    found = card_findings([exercised(certificate_validity="expired", tries_left=tries)], CardReaderSettings())
    assert [finding.reason_code for finding in found] == [
        "CARD_CERTIFICATE_EXPIRED",
        "CARD_AUTH_PIN_LOCKED",
        "CARD_SIGN_PIN_LOCKED",
    ]


def test_a_signature_pin_without_tries_is_not_called_locked_without_the_caveat():
    finding = judged(tries_left={"auth": 3, "sign": 0, "text": 3})
    assert "15" in REASONS.message(finding.reason_code, finding.seen, "en")
    assert "15歳未満" in REASONS.message(finding.reason_code, finding.seen, "ja")


END = dt.datetime(2026, 8, 31, 14, 59, 59, tzinfo=dt.UTC)  # 31 August, 23:59:59 in Japan


@pytest.mark.parametrize(
    ("today", "validity"),
    [
        (dt.date(2026, 8, 31), Validity.VALID),
        (dt.date(2026, 9, 1), Validity.GRACE),
        (dt.date(2026, 11, 30), Validity.GRACE),  # August has a 31st, November has not
        (dt.date(2026, 12, 1), Validity.EXPIRED),
    ],
)
def test_validity_follows_the_calendar_of_japan(today, validity):
    assert judge(END, today, 3) is validity


def test_an_end_after_three_in_the_afternoon_utc_is_the_next_day_in_japan():
    assert judge(END + dt.timedelta(seconds=1), dt.date(2026, 9, 1), 3) is Validity.VALID


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 12))
def test_adding_months_never_leaves_the_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_a_fully_exercised_line_is_recorded_as_on_the_receipt():
    line = bought("CIR315A", quantity=2, amount=13000)
    view = setup([line], [exercised("A 00 00"), exercised("B 00 00")])
    (recorded,) = expenses(view)
    assert (recorded.quantity, recorded.amount, recorded.key) == (2, 13000, "card_reader.1")
    assert recorded.proof == ("reader.service", "reader.exercise")


def test_never_more_readers_are_recorded_than_were_exercised():
    line = bought("CIR315A", quantity=3, amount=10000)
    (recorded,) = expenses(setup([line], [exercised()]))
    assert (recorded.quantity, recorded.amount) == (1, 3333)
    (notice,) = purchase_findings([line], [exercised()])
    assert (notice.reason_code, notice.seen["recorded"], notice.seen["paid"]) == (
        "READER_PURCHASE_PARTLY",
        3333,
        10000,
    )


def test_failed_exercises_prove_nothing():
    view = setup([bought(), check_line()], [exercised(code="READER_NO_CARD"), exercised(code="CARD_MUTE")])
    assert expenses(view) == []


def test_a_reader_known_to_be_another_model_proves_no_line():
    sony = exercised("SONY FeliCa RC-S300/P 00 00", model="SONY RC-S300", model_known=True)
    assert [p.exercised for p in allot([bought("ACR39U")], [sony])] == [0]
    assert [p.exercised for p in allot([bought("RC-S300/S1")], [sony])] == [1]


def test_a_reader_goes_to_the_line_of_its_model_first():
    sony = exercised("SONY FeliCa RC-S300/P 00 00", model="SONY RC-S300", model_known=True)
    strange = exercised("Maker X 00 00")
    lines = [bought("ACR39U"), bought("RC-S300/S1")]
    found = allot(lines, [sony, strange])
    assert [[f.subject for f in p.readers] for p in found] == [["Maker X 00 00"], [sony.subject]]


def test_the_reader_check_is_recorded_once_a_reader_was_exercised():
    (line,) = expenses(setup([check_line()], [exercised()]))
    assert (line.key, line.amount) == ("reader_check.1", 8000)


def test_serial_numbers_come_from_the_readers_that_have_one():
    view = setup([bought(quantity=2)], [exercised("A", serials=["123456"]), exercised("B")])
    assert expenses(view)[0].serials == ("123456",)


def test_no_purchase_is_a_skip():
    assert purchase_findings([check_line()], [exercised()])[0].reason_code == "READER_NO_PURCHASE"


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 10**7))
def test_the_recorded_amount_never_exceeds_the_receipt(quantity, readers, amount):
    line = bought(quantity=quantity, amount=amount)
    (purchase,) = allot([line], [exercised(f"R{n}") for n in range(readers)])
    assert purchase.exercised == min(quantity, readers)
    assert 0 <= purchase.recorded <= amount
    assert (purchase.recorded == amount) or purchase.exercised < quantity


def test_every_reader_model_has_a_source_and_claims_nothing_official():
    for model in models():
        assert model.source
        assert {model.pcsc, model.compatible} <= {"yes", "no", "unknown"}
        assert "official list" not in model.source.casefold()
        assert find(model.name) is model, f"{model.name} is hidden by an earlier row"


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("SONY FeliCa RC-S300/P (1021398) 00 00", "SONY RC-S300"),
        ("SONY FeliCa Port/PaSoRi 4.0 0", "SONY RC-S300"),
        ("ACS ACR39U ICC Reader 00 00", "ACS ACR39U"),
        ("ACS ACR3901U ICC Reader 00 00", "ACS ACR3901U"),
        ("ACS ACR1251 1S CL Reader PICC 0", "ACS ACR1251"),
        (
            "NTT Communications Corp. SCR3310-NTTCom USB SmartCard Reader 00 00",
            "NTT Communications SCR3310-NTTCom",
        ),
        ("Circle CIR315 Dual & 1S CL 0", "Circle CIR315"),
        ("Unheard-of Reader 00 00", None),
    ],
)
def test_readers_are_recognised_by_their_names(name, model):
    found = recognise(name, ReaderInfo())
    assert (found.name if found else None) == model


def setup(lines, findings):
    site = Site.model_validate(
        {
            "schema": 1,
            "office": {"number": "1370000001", "name": "Office", "services": ["11"]},
            "supporter": {"name": "Supporter"},
            "expenses": [line.model_dump(mode="json") for line in lines],
        }
    )
    return SetupView("S", site, simulated=False, today=DAY, results={"reader.exercise": findings})


def check_line():
    return ExpenseLine(kind="connection_support", item="reader_check", amount=8000, incurred_on=DAY)
