"""A bug report: recorded on one machine in redacted form, replayed on another with the same result."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from card_rig import CONTACT, TODAY
from hypothesis import given
from hypothesis import strategies as st
from kaigo_card_reader import CardReaderSettings, DriverError, PcscDriver, ReaderInfo, State
from kaigo_card_reader.card._facts import JPKI
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.drivers._record import RecordingDriver, public_name
from kaigo_card_reader.drivers._recording import SCHEMA, Recording
from kaigo_card_reader.drivers._replay import ReplayDriver, load_recording
from kaigo_card_reader.sandbox._personas import ATR_CONTACTLESS, my_number_card, other_card, pin_of
from kaigo_gateway.errors import InputError

SETTINGS = CardReaderSettings()


def record(limit=5.0):
    recorder = RecordingDriver(PcscDriver(limit))
    recorder.readers()
    return recorder, exercise(recorder, CONTACT, SETTINGS, TODAY)


def replayed(recorder, tmp_path):
    path = tmp_path / "recording.json"
    recorder.save(path)
    return exercise(ReplayDriver.from_file(path), CONTACT, SETTINGS, TODAY)


def facts(report):
    evidence = dict(report.evidence())
    evidence.pop("driver")
    return report.code, evidence, {key: report.seen[key] for key in report.seen if key != "name"}


def healthy():
    return my_number_card()


def low():
    card = my_number_card()
    pin_of(card, JPKI, 0x0018).left = 1
    return card


def without_certificate():
    card = my_number_card()
    del card.applications[JPKI][0x000A]
    return card


def with_a_garbled_certificate():
    card = my_number_card()
    card.applications[JPKI][0x000A].data = b"\x30\x82\x03\x00" + bytes(0x300)
    return card


def phone():
    return my_number_card(token=b"JPKIAPGPSETOKEN", atr=ATR_CONTACTLESS)


@pytest.mark.cardstack
@pytest.mark.parametrize(
    "card", [healthy, low, other_card, without_certificate, with_a_garbled_certificate, phone]
)
def test_a_replay_gives_the_result_of_the_recording(rig, tmp_path, card):
    rig.place(card())
    recorder, live = record()
    assert facts(replayed(recorder, tmp_path)) == facts(live)


@pytest.mark.cardstack
@pytest.mark.parametrize("commands", [3, 13, 15])
def test_a_card_torn_off_is_torn_off_in_the_replay(rig, tmp_path, commands):
    rig.place()
    rig.slot().faults.tear_after = commands
    recorder, live = record()
    assert live.code == "CARD_REMOVED"
    assert facts(replayed(recorder, tmp_path)) == facts(live)


@pytest.mark.cardstack
def test_a_hung_reader_hangs_in_the_replay_without_waiting(rig, tmp_path):
    rig.place()
    rig.slot().faults.hang = True
    recorder, live = record(limit=0.3)
    assert facts(replayed(recorder, tmp_path)) == facts(live)
    assert live.code == "READER_HUNG"


@pytest.mark.cardstack
def test_nothing_personal_enters_the_recording(rig, tmp_path):
    card = rig.place()
    recorder, _ = record()
    recorder.save(tmp_path / "recording.json")
    text = (tmp_path / "recording.json").read_text(encoding="utf-8").upper()
    certificate = card.applications[JPKI][0x000A].data.hex().upper()
    assert all(certificate[start : start + 24] not in text for start in range(0, len(certificate), 8))
    assert "HOLDER" not in text
    words = {event["answer"]["word"] for event in recorder.events if event["call"] == "transmit"}
    assert words == {"9000", "63C3", "63C5"}


def test_a_serial_number_in_the_readers_name_is_taken_out():
    assert public_name("Gemalto PC Twin Reader (70D7E2EE) 00 00") == "Gemalto PC Twin Reader (serial) 00 00"
    assert public_name("ACS ACR39U ICC Reader 00 00") == "ACS ACR39U ICC Reader 00 00"


def test_a_replay_asked_for_something_else_says_so():
    driver = ReplayDriver(Recording(schema=SCHEMA, events=({"call": "open", "reader": "R"},)))
    session = driver.open("R")
    with pytest.raises(DriverError) as trouble:
        session.transmit(b"\x00\xa4\x04\x0c\x00")
    assert trouble.value.reason == "REPLAY_DIFFERS"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "other"}', "\x00"])
def test_a_file_that_is_no_recording_is_refused(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        load_recording(path)


def test_a_recording_with_a_damaged_event_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"schema": "kaigo-gateway/reader-recording/1", "events": [{"call": 3}, 7]}))
    with pytest.raises(InputError):
        ReplayDriver.from_file(path)


@pytest.mark.cardstack
def test_an_occupied_card_is_occupied_in_the_replay(rig, tmp_path):
    rig.place()
    other = PcscDriver().open(CONTACT)
    with other.transaction():
        recorder, live = record(limit=0.3)
    other.close()
    assert live.code == "READER_BUSY"
    assert facts(replayed(recorder, tmp_path)) == facts(live)


SECRET = b"\xde\xad\xbe\xefSECRET-OF-THE-HOLDER"


class Telling:
    """A session that gives a secret to whatever is asked."""

    atr = b"\x3b\x88\x80\x01" + SECRET[:8]

    def transmit(self, apdu):
        return SECRET + b"\x90\x00"

    def transaction(self):
        return nullcontext()

    def close(self):
        pass


class Talkative:
    name = "talkative"

    def readers(self):
        return ["R (12345678) 00 00"]

    def state(self, reader):
        return frozenset({State.PRESENT})

    def open(self, reader):
        return Telling()

    def info(self, reader):
        return ReaderInfo("V", "M", SECRET.decode("latin-1"), "1")


@given(st.lists(st.binary(min_size=4, max_size=40), max_size=8))
def test_whatever_a_card_tells_the_recording_keeps_only_its_length(commands):
    recorder = RecordingDriver(Talkative())
    recorder.readers()
    session = recorder.open("R (12345678) 00 00")
    with session.transaction():
        for command in [b"\x00\xa4\x02\x0c\x02\x00\x06", b"\x00\xb0\x00\x00\x20", *commands]:
            session.transmit(command)
    recorder.info("R (12345678) 00 00")
    text = json.dumps(recorder.document())
    assert "SECRET" not in text
    assert SECRET.hex().upper()[:16] not in text.upper()
    assert "12345678" not in text
