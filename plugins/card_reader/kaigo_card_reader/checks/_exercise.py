"""One reader, from its state to the card's certificate, without a PIN."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.results import Phase, Status

from kaigo_card_reader._guard import GuardedSession
from kaigo_card_reader.card._facts import JPKI, PINS, TEXT, PinName, Token
from kaigo_card_reader.card._reading import (
    NOT_ALLOWED,
    NOT_FOUND,
    CardAnswer,
    UnreadableCertificate,
    certificate_end,
    read_token,
    select_application,
    select_jpki,
    tries_left,
)
from kaigo_card_reader.card._validity import judge, last_day
from kaigo_card_reader.checks._report import Exercise
from kaigo_card_reader.drivers._codes import UNPOWERED, name_of
from kaigo_card_reader.drivers._interface import DriverError, InformedDriver, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from kaigo_card_reader.card._reading import Channel
    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

    Timed = Callable[[bytes, float], None]

_ATTEMPTS: Final = 2  # a card that another program reset is read once more from the beginning
_STATES: Final = (
    (State.UNKNOWN, "READER_GONE"),
    (State.UNAVAILABLE, "READER_GONE"),
    (State.EMPTY, "READER_NO_CARD"),
    (State.MUTE, "CARD_MUTE"),
    (State.EXCLUSIVE, "READER_IN_USE"),
)


class _Channel:
    """Counts the commands and times each."""

    def __init__(self, session: GuardedSession, report: Exercise, timed: Timed) -> None:
        self._session, self._report, self._timed = session, report, timed

    def transmit(self, apdu: bytes) -> bytes:
        self._report.apdus += 1
        started = time.perf_counter()
        answer = self._session.transmit(apdu)
        self._timed(apdu, time.perf_counter() - started)
        return answer


def _untimed(apdu: bytes, seconds: float) -> None:
    """Nobody wants the times."""


def exercise(
    driver: Driver,
    reader: str,
    settings: CardReaderSettings,
    today: dt.date,
    *,
    timed: Timed = _untimed,
) -> Exercise:
    """Exercise one reader; every trouble of reader and card ends up in the report, none is raised.

    ``timed`` is told each command with the seconds that its answer took.
    """
    report = Exercise(reader, driver.name)
    states: frozenset[State] = frozenset()
    try:
        with _phase(report, "state"):
            states = driver.state(reader)
            _judge_state(states)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                _read(driver, report, settings, today, timed)
                break
            except DriverError as error:
                if error.reason != "CARD_RESET" or attempt == _ATTEMPTS:
                    raise
    except DriverError as error:
        report = deepcopy(report)  # a call that was given up may still come back and write into the first
        _note(report, _blame(error, states), settings)
    except CardAnswer as answer:
        _note_answer(report, answer)
    except UnreadableCertificate:
        report.code = "CARD_CERTIFICATE_UNREADABLE"
    report.seen["apdus"] = report.apdus
    return report


def _judge_state(states: frozenset[State]) -> None:
    for state, reason in _STATES:
        if state in states:
            raise DriverError(reason, "state")


def _read(
    driver: Driver, report: Exercise, settings: CardReaderSettings, today: dt.date, timed: Timed
) -> None:
    with _phase(report, "connect"):
        session = driver.open(report.reader)
    guarded = session if isinstance(session, GuardedSession) else GuardedSession(session)
    try:
        report.atr = guarded.atr
        guarded.inside(lambda: _read_card(guarded, report, settings, today, timed))
    finally:
        guarded.close()
    if isinstance(driver, InformedDriver):
        with _phase(report, "info"), suppress(DriverError):  # what a reader says about itself is no test
            report.info = driver.info(report.reader)


def _read_card(
    session: GuardedSession, report: Exercise, settings: CardReaderSettings, today: dt.date, timed: Timed
) -> None:
    channel = _Channel(session, report, timed)
    with session.transaction():
        with _phase(report, "select"):
            select_jpki(channel)
            report.token = read_token(channel)
        with _phase(report, "tries"):
            _count_tries(channel, report)
        with _phase(report, "certificate"):
            _read_certificate(channel, report, settings, today)


def _blame(error: DriverError, states: frozenset[State]) -> DriverError:
    """Name another program as the cause where it is one.

    Time that ran out before the first command was spent waiting for its transaction (pcsc-lite makes a
    connection wait for it, too); a card without power while others use it was powered down by one of them.
    """
    if error.code == UNPOWERED and State.INUSE in states:
        return DriverError("READER_IN_USE", error.where, error.code)
    occupied = error.where == "begin" or (error.where == "connect" and State.INUSE in states)
    return DriverError("READER_BUSY", error.where) if error.reason == "READER_HUNG" and occupied else error


def _count_tries(channel: Channel, report: Exercise) -> None:
    """The JPKI application is selected; 券面事項入力補助 has one of its own."""
    for pin in PINS:
        if pin.application == TEXT:
            try:
                select_application(channel, TEXT, "text")
            except CardAnswer as answer:
                if answer.word != NOT_FOUND:  # a smartphone has none
                    raise
                report.tries[pin.name.value] = None
                continue
        report.tries[pin.name.value] = tries_left(channel, pin)


def _read_certificate(
    channel: Channel, report: Exercise, settings: CardReaderSettings, today: dt.date
) -> None:
    select_application(channel, JPKI, "select")
    try:
        not_after = certificate_end(channel)
    except CardAnswer as answer:
        if report.token is Token.PHONE and answer.word == NOT_ALLOWED:
            return  # a phone shows its certificate only after the PIN
        if answer.word in {NOT_FOUND, NOT_ALLOWED}:
            raise UnreadableCertificate from None
        raise
    report.validity = judge(not_after, today, settings.grace_months).value
    # the month only: the last day is the holder's birthday
    report.until = f"{last_day(not_after):%Y-%m}"


def _note(report: Exercise, error: DriverError, settings: CardReaderSettings) -> None:
    report.code = error.reason
    name = "-" if error.code is None else name_of(error.code)
    report.seen |= {"name": name, "step": error.where, "limit": settings.call_limit}
    if report.phases:
        report.phases[-1] = report.phases[-1].model_copy(update={"status": Status.FAIL})


def _note_answer(report: Exercise, answer: CardAnswer) -> None:
    missing_jpki = answer.step == "select" and answer.word == NOT_FOUND
    report.code = "CARD_NOT_MY_NUMBER" if missing_jpki else "CARD_REFUSED"
    report.seen |= {"step": answer.step, "word": f"{answer.word:04X}"}
    if report.phases:
        report.phases[-1] = report.phases[-1].model_copy(update={"status": Status.FAIL})


@contextmanager
def _phase(report: Exercise, name: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        report.phases.append(Phase(name=name, ms=_ms(started)))


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


__all__ = ["PinName", "exercise"]
