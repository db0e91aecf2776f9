"""Stress cycles and telling the card from the reader, on the real stack."""

from __future__ import annotations

import threading

import pytest
from card_rig import CONTACT, CONTACTLESS, TODAY
from kaigo_card_reader import CardReaderSettings, PcscDriver
from kaigo_card_reader.checks._split import by_other_reader, by_second_card
from kaigo_card_reader.checks._standalone import Run, Wishes
from kaigo_card_reader.checks._stress import percentiles, stress
from kaigo_card_reader.sandbox._personas import my_number_card

SETTINGS = CardReaderSettings()


def run(names=(CONTACT,), **wishes):
    report = Run([PcscDriver()], CardReaderSettings(readers=names), Wishes(**wishes)).report()
    return {result.check_id: result for result in report.results}


@pytest.mark.cardstack
def test_cycles_without_an_error_give_times_per_command(rig):
    rig.place()
    finding = stress(PcscDriver(), CONTACT, SETTINGS, TODAY, cycles=20)
    assert finding.reason_code == "READER_STRESS_OK"
    assert (finding.evidence["cycles"], finding.evidence["errors"]) == (20, 0)
    assert set(finding.evidence["apdu_ms"]) == {"select", "status", "read", "all"}
    assert 0 < finding.evidence["apdu_ms"]["all"]["p50"] <= finding.evidence["apdu_ms"]["all"]["p99"]


@pytest.mark.cardstack
def test_a_few_errors_are_a_notice_and_many_a_failure(rig):
    rig.place()
    rig.slot().faults.canned[0xB0] = [b"\x6f\x00"]
    few = stress(PcscDriver(), CONTACT, SETTINGS, TODAY, cycles=30)
    rig.slot().faults.canned[0xB0] = [b"\x6f\x00"] * 5
    many = stress(PcscDriver(), CONTACT, SETTINGS, TODAY, cycles=10)
    assert (few.reason_code, few.evidence["reasons"]) == (
        "READER_STRESS_ERRORS",
        {"READER_EXERCISED": 29, "CARD_REFUSED": 1},
    )
    assert (many.reason_code, many.evidence["error_rate"]) == ("READER_STRESS_FAILED", 0.5)


@pytest.mark.cardstack
def test_cycles_with_the_card_taken_off_and_put_on_each_time(rig):
    rig.place()
    asked = []

    def person(text: str) -> None:
        """Somebody who does what is asked."""
        if "Cycle" in text:
            asked.append(text)
            threading.Thread(target=lambda: (rig.pull(), rig.place())).start()

    found = run(repeat=3, reinsert=True, say=person)["reader.stress"]
    assert found.reason_code == "READER_STRESS_OK"
    assert len(asked) == 2


@pytest.mark.cardstack
def test_a_second_card_that_works_puts_it_on_the_first_card(rig):
    card = rig.place()
    card.applications.popitem()
    card.applications[next(iter(card.applications))].pop(0x000A)

    def person(text: str) -> None:
        threading.Thread(target=lambda: (rig.pull(), rig.place())).start() if "another" in text else None

    found = run(second_card=True, say=person)
    assert found["reader.exercise"].reason_code == "CARD_CERTIFICATE_UNREADABLE"
    assert found["reader.split"].reason_code == "SPLIT_CARD"


@pytest.mark.cardstack
def test_another_reader_that_works_narrows_the_trouble_down(rig):
    rig.place()
    rig.place(reader=CONTACTLESS)
    rig.slot().faults.canned[0xB0] = [b"\x6f\x00"]
    found = run((CONTACT, CONTACTLESS))["reader.split"]
    assert (found.reason_code, found.subject, found.evidence["other"]) == (
        "SPLIT_OTHER_READER",
        CONTACT,
        CONTACTLESS,
    )


def test_the_same_trouble_with_two_cards_puts_it_on_the_reader():
    assert by_second_card("R", "CARD_MUTE", "CARD_MUTE").reason_code == "SPLIT_READER"
    assert by_second_card("R", "CARD_MUTE", "CARD_REMOVED").reason_code == "SPLIT_UNDECIDED"


def test_without_a_working_reader_nothing_is_narrowed_down():
    assert by_other_reader([]) == []


def test_percentiles_are_milliseconds():
    assert percentiles([0.001] * 100) == {"p50": 1.0, "p99": 1.0}
    assert percentiles([0.002]) == {"p50": 2.0, "p99": 2.0}
    assert percentiles([]) == {"p50": 0.0, "p99": 0.0}


@pytest.mark.cardstack
def test_a_phone_on_the_reader_is_a_notice_about_the_card(rig):
    rig.place(my_number_card(token=b"JPKIAPGPSETOKEN"))
    found = run()
    assert found["reader.exercise"].status == "ok"
    assert found["reader.card"].reason_code == "CARD_PHONE"
