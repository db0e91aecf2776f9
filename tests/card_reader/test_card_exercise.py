"""The exercise of a reader on the real stack, in health and with every listed fault."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from card_rig import CONTACT, CONTACTLESS, TODAY
from kaigo_card_reader import CardReaderSettings, DriverError, PcscDriver, State
from kaigo_card_reader.card._facts import JPKI, TEXT, Token
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._run import exercise_all
from kaigo_card_reader.drivers._pcsc import scard
from kaigo_card_reader.sandbox._personas import ATR_CONTACTLESS, my_number_card, other_card, pin_of

pytestmark = pytest.mark.cardstack


def day(value: dt.date) -> dt.datetime:
    return dt.datetime(value.year, value.month, value.day, 14, 59, 59, tzinfo=dt.UTC)


def connect(reader: str, share: str = "SHARED"):
    """What another program does: a handle of its own."""
    api = scard()
    _, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
    result, handle, _ = api.SCardConnect(context, reader, getattr(api, f"SCARD_SHARE_{share}"), 3)
    assert result == 0, hex(result & 0xFFFFFFFF)
    return api, context, handle


def let_go(api, context, handle, how: str = "LEAVE"):
    api.SCardDisconnect(handle, getattr(api, f"SCARD_{how}_CARD"))
    api.SCardReleaseContext(context)


def test_a_healthy_card_proves_the_reader(rig):
    card = rig.place()
    report = rig.exercise()
    assert report.code == "READER_EXERCISED"
    assert report.token is Token.CARD
    assert report.tries == {"auth": 3, "sign": 5, "text": 3}
    assert report.validity == "valid"
    assert report.apdus == len(card.log)


def test_asking_for_tries_left_costs_none(rig):
    card = rig.place()
    pin_of(card, JPKI, 0x0018).left = 2
    for _ in range(5):
        assert rig.exercise().tries["auth"] == 2


def test_a_contactless_reader_is_told_by_the_answer_to_reset_only_as_a_hint(rig):
    rig.place(my_number_card(atr=ATR_CONTACTLESS), CONTACTLESS)
    report = rig.exercise(CONTACTLESS)
    assert (report.code, report.evidence()["interface_hint"]) == ("READER_EXERCISED", "contactless")


def test_an_unknown_answer_to_reset_hides_no_my_number_card(rig):
    rig.place(my_number_card(atr=bytes.fromhex("3B8A8001AABBCCDDEEFF00112233BA")))
    report = rig.exercise()
    assert (report.code, report.evidence()["interface_hint"]) == ("READER_EXERCISED", "unknown")


def test_no_card(rig):
    assert rig.exercise().code == "READER_NO_CARD"


def test_a_mute_card(rig):
    rig.slot().faults.atr = b"\x3b" * 40
    rig.place(want=State.MUTE)
    assert rig.exercise().code == "CARD_MUTE"


def test_a_garbled_answer_to_reset(rig):
    rig.slot().faults.atr = b"\x3b\xff\xff"
    rig.place()
    assert rig.exercise().code in {"CARD_MUTE", "CARD_PROTOCOL"}


def test_another_card(rig):
    rig.place(other_card())
    assert rig.exercise().code == "CARD_NOT_MY_NUMBER"


@pytest.mark.parametrize("commands", [0, 1, 5, 12, 15])
def test_a_card_torn_off_at_any_moment(rig, commands):
    rig.place()
    rig.slot().faults.tear_after = commands
    assert rig.exercise().code == "CARD_REMOVED"


def test_a_hung_reader_is_given_up_and_its_handle_freed(rig):
    rig.place()
    rig.slot().faults.hang = True
    assert rig.exercise(limit=0.4).code == "READER_HUNG"
    rig.slot().faults.hang = False
    end = time.monotonic() + 5
    api = scard()
    _, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
    while time.monotonic() < end:  # exclusive use succeeds only when no handle is left open
        result, handle, _ = api.SCardConnect(context, CONTACT, api.SCARD_SHARE_EXCLUSIVE, 3)
        if result == 0:
            api.SCardDisconnect(handle, api.SCARD_LEAVE_CARD)
            break
        time.sleep(0.02)
    api.SCardReleaseContext(context)
    assert result == 0, "the given-up call left its handle open"


def test_a_slow_card_is_no_trouble(rig):
    rig.place()
    rig.slot().faults.delay = 0.02
    assert rig.exercise().code == "READER_EXERCISED"


def test_another_program_holds_the_card_for_itself(rig):
    rig.place()
    other = connect(CONTACT, "EXCLUSIVE")
    try:
        assert rig.exercise().code == "READER_IN_USE"
    finally:
        let_go(*other)
    assert rig.exercise().code == "READER_EXERCISED"


def test_another_programs_endless_transaction_is_reported_as_busy(rig):
    rig.place()
    api, context, handle = connect(CONTACT)
    assert api.SCardBeginTransaction(handle) == 0
    try:
        assert rig.exercise(limit=0.5).code == "READER_BUSY"
    finally:
        api.SCardEndTransaction(handle, api.SCARD_LEAVE_CARD)
        let_go(api, context, handle)


def test_another_program_resets_the_card_before_we_begin(rig):
    rig.place()
    session = PcscDriver().open(CONTACT)
    let_go(*connect(CONTACT), "RESET")
    with session.transaction():
        assert session.transmit(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
    session.close()


def test_another_program_unpowers_the_card_before_we_begin(rig):
    rig.place()
    session = PcscDriver().open(CONTACT)
    let_go(*connect(CONTACT), "UNPOWER")
    with session.transaction():
        assert session.transmit(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
    session.close()


@pytest.fixture
def powered_down(rig):
    """Two other programs: one powers the card down and goes, the other carries on with the dead card."""
    rig.place()
    first, second = connect(CONTACT), connect(CONTACT)
    let_go(*second, "UNPOWER")
    api, _, handle = first
    assert api.SCardReconnect(handle, api.SCARD_SHARE_SHARED, 3, api.SCARD_LEAVE_CARD)[0] == 0
    return first


def test_a_card_that_another_program_powered_down_for_a_moment_is_waited_for(rig, powered_down):
    soon = threading.Timer(0.5, let_go, powered_down)
    soon.start()
    assert rig.exercise().code == "READER_EXERCISED"
    soon.join()


def test_a_card_that_another_program_keeps_powered_down_is_in_use_not_mute(rig, powered_down):
    assert rig.exercise().code == "READER_IN_USE"
    let_go(*powered_down)
    assert rig.exercise().code == "READER_EXERCISED"


def test_a_second_program_on_the_same_card_never_spoils_the_counts(rig):
    card = rig.place()
    pin_of(card, JPKI, 0x0018).left = 1
    stop, at_work = threading.Event(), threading.Event()

    def meddle():
        """Another well-behaved program that asks for another PIN's tries all the time."""
        session = PcscDriver().open(CONTACT)
        while not stop.is_set():
            with session.transaction():
                for command in ("00A4040C0AD3921000310001010408", "00A4020C020011", "00200080"):
                    session.transmit(bytes.fromhex(command))
            at_work.set()
        session.close()

    other = threading.Thread(target=meddle)
    other.start()
    try:
        assert at_work.wait(10)
        counts = [rig.exercise().tries for _ in range(10)]
    finally:
        stop.set()
        other.join()
    assert counts == [{"auth": 1, "sign": 5, "text": 3}] * 10


def test_a_stopped_service_is_named_and_a_restarted_one_used_again(rig):
    rig.place()
    rig.stack.stop_service()
    assert rig.exercise().code == "READER_SERVICE_DOWN"
    rig.stack.start_service()
    rig.wait(CONTACT, State.PRESENT)
    assert rig.exercise().code == "READER_EXERCISED"


def test_an_unplugged_reader(rig):
    with pytest.raises(DriverError) as trouble:
        PcscDriver().state("No Such Reader 00 00")
    assert trouble.value.reason == "READER_GONE"


@pytest.mark.parametrize(
    ("application", "file", "name"), [(JPKI, 0x0018, "auth"), (JPKI, 0x001B, "sign"), (TEXT, 0x0011, "text")]
)
def test_a_locked_pin_is_read_as_nought_and_the_reader_still_proved(rig, application, file, name):
    card = rig.place()
    pin_of(card, application, file).left = 0
    report = rig.exercise()
    assert (report.code, report.tries[name]) == ("READER_EXERCISED", 0)


@pytest.mark.parametrize(
    ("end", "validity"),
    [
        (TODAY + dt.timedelta(days=2), "valid"),
        (TODAY - dt.timedelta(days=2), "expired_within_grace"),
        (TODAY - dt.timedelta(days=200), "expired"),
    ],
)
def test_the_certificate_has_three_states(rig, end, validity):
    rig.place(my_number_card(not_after=day(end)))
    assert rig.exercise().validity == validity


def test_an_old_card_and_a_phone_are_told_apart(rig):
    rig.place(my_number_card(token=b"JPKIAPICCTOKEN"))
    assert rig.exercise().token is Token.OLD_CARD
    rig.place(my_number_card(token=b"JPKIAPGPSETOKEN"), CONTACTLESS)
    phone = rig.exercise(CONTACTLESS)
    assert (phone.code, phone.token, phone.validity) == ("READER_EXERCISED", Token.PHONE, None)


def test_a_card_without_an_authentication_certificate(rig):
    card = rig.place()
    del card.applications[JPKI][0x000A]
    assert rig.exercise().code == "CARD_CERTIFICATE_UNREADABLE"


def test_a_certificate_file_full_of_noughts(rig):
    card = rig.place()
    card.applications[JPKI][0x000A].data = bytes(1500)
    assert rig.exercise().code == "CARD_CERTIFICATE_UNREADABLE"


def test_an_unexpected_status_word_is_named(rig):
    rig.place()
    rig.slot().faults.canned[0xB0] = [b"\x6f\x00"]
    report = rig.exercise()
    assert (report.code, report.seen["word"]) == ("CARD_REFUSED", "6F00")


def test_two_readers_hold_two_cards_and_are_exercised_side_by_side(rig):
    first = rig.place()
    second = rig.place(my_number_card(atr=ATR_CONTACTLESS), CONTACTLESS)
    pin_of(second, JPKI, 0x0018).left = 1
    found = {f.subject: f for f in exercise_all([PcscDriver()], CardReaderSettings(), TODAY)}
    assert set(found) == {CONTACT, CONTACTLESS}  # empty second slots do not count
    assert found[CONTACT].evidence["tries_left"]["auth"] == 3
    assert found[CONTACTLESS].evidence["tries_left"]["auth"] == 1
    assert first.log
    assert second.log


def test_a_card_swapped_between_two_exercises_is_the_new_card(rig):
    pin_of(rig.place(), JPKI, 0x0018).left = 2
    assert rig.exercise().tries["auth"] == 2
    rig.pull()
    rig.place()
    assert rig.exercise().tries["auth"] == 3


def test_waiting_for_a_card_goes_on_when_it_is_put_on(rig):
    timer = threading.Timer(0.5, rig.place)
    timer.start()
    settings = CardReaderSettings(readers=(CONTACT,), wait_for_card=20)
    said = []
    found = exercise_all([PcscDriver()], settings, TODAY, said.append)
    timer.join()
    assert found[0].reason_code == "READER_EXERCISED"
    assert CONTACT in said[0]


def test_watching_reports_a_card_put_on(rig):
    timer = threading.Timer(0.3, rig.place)
    timer.start()
    for event in PcscDriver().watch(20):
        if event.reader == CONTACT and State.PRESENT in event.states:
            break
    else:
        raise AssertionError("no event")
    timer.join()


def test_a_driver_without_a_guard_of_its_own_is_put_behind_one(rig):
    """A vendor's driver hands out a bare session; the exercise must not notice and the guard must stand."""
    card = rig.place()

    class Bare:
        name = "bare"

        def readers(self):
            return [CONTACT]

        def state(self, reader):
            return PcscDriver().state(reader)

        def open(self, reader):
            return PcscDriver().open(reader)._session

    assert exercise(Bare(), CONTACT, CardReaderSettings(), TODAY).code == "READER_EXERCISED"
    assert card.pins_received == 0
