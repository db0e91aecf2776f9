"""``reader check`` without a Setup: the same checks, one report, nothing recorded."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.results import Stage, Status
from kaigo_gateway.report.model import make_report, result_from_finding

from kaigo_card_reader.card._validity import japan
from kaigo_card_reader.checks import _card, _report, _service, _split, _stress
from kaigo_card_reader.checks._run import DOMAIN, exercise_all
from kaigo_card_reader.checks._waiting import wait_until
from kaigo_card_reader.drivers._interface import State
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.report.model import Report, Result

    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

TITLES: Final = {
    "reader.service": N_("Smart card service and readers"),
    "reader.exercise": N_("Card reader exercised"),
    "reader.card": N_("Card used for the exercise"),
    "reader.split": N_("Card or reader"),
    "reader.stress": N_("Reader under repeated use"),
}
_EVIDENCE: Final = {
    "reader.service": _service.EVIDENCE,
    "reader.exercise": _report.EVIDENCE,
    "reader.card": _card.EVIDENCE,
    "reader.split": _split.EVIDENCE,
    "reader.stress": _stress.EVIDENCE,
}
_CHANGE_LIMIT: Final = 120.0
"""Seconds that a person has for taking a card off and putting one on."""


@dataclass(slots=True)
class Wishes:
    """What the command line asked for."""

    repeat: int = 0
    reinsert: bool = False
    second_card: bool = False
    say: Callable[[str], None] = lambda _: None


@dataclass(slots=True)
class Run:
    """One run over the wanted readers."""

    drivers: Sequence[Driver]
    settings: CardReaderSettings
    wishes: Wishes
    problems: Sequence[Finding] = ()
    today: dt.date = field(default_factory=lambda: dt.datetime.now(japan()).date())
    results: list[Result] = field(default_factory=list)

    def report(self) -> Report:
        """Service, exercise, card, and what was wished for besides."""
        service = self._take(
            "reader.service", lambda: [*_service.service(self.drivers, self.settings), *self.problems]
        )
        if any(finding.status is Status.OK for finding in service):
            self._readers()
        return make_report(self.results, simulated=self.settings.virtual)

    def _readers(self) -> None:
        exercised = self._take(
            "reader.exercise",
            lambda: exercise_all(self.drivers, self.settings, self.today, self.wishes.say),
        )
        self._take("reader.card", lambda: _card.card_findings(exercised, self.settings))
        self._take("reader.split", lambda: self._split(exercised))
        if self.wishes.repeat:
            self._take("reader.stress", self._stress)

    def _split(self, exercised: Sequence[Finding]) -> list[Finding]:
        if not self.wishes.second_card:
            return _split.by_other_reader(exercised)
        doubtful = {f.subject: f.reason_code for f in exercised if f.reason_code in _split.DOUBTFUL}
        pairs = _service.wanted(self.drivers, self.settings)
        found = []
        for driver, reader in [pair for pair in pairs if pair[1] in doubtful]:
            self._change_card(
                driver, reader, N_("Take the card off {reader} and put another My Number card on.")
            )
            only = self.settings.model_copy(update={"readers": (reader,)})
            second = exercise_all([driver], only, self.today)[0]
            found.append(_split.by_second_card(reader, doubtful[reader], second.reason_code))
        return found

    def _stress(self) -> list[Finding]:
        return [
            _stress.stress(
                driver,
                reader,
                self.settings,
                self.today,
                cycles=self.wishes.repeat,
                reinsert=self._reinserting(driver, reader) if self.wishes.reinsert else None,
            )
            for driver, reader in _service.wanted(self.drivers, self.settings)
        ]

    def _reinserting(self, driver: Driver, reader: str) -> Callable[[int], None]:
        def reinsert(cycle: int) -> None:
            text = N_("Cycle {cycle} of {cycles}: take the card off {reader} and put it on again.")
            self._change_card(driver, reader, text, cycle=cycle, cycles=self.wishes.repeat)

        return reinsert

    def _change_card(self, driver: Driver, reader: str, text: str, **values: Any) -> None:
        from kaigo_gateway.model.reasons import fill

        self.wishes.say(fill(translate(text, DOMAIN), values | {"reader": reader}))
        wait_until(driver, reader, lambda states: State.EMPTY in states, _CHANGE_LIMIT)
        wait_until(driver, reader, lambda states: State.EMPTY not in states, _CHANGE_LIMIT)

    def _take(self, check_id: str, work: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
        started = time.perf_counter()
        findings = work()
        elapsed = (time.perf_counter() - started) * 1000
        self.results += [result_of(check_id, finding, elapsed) for finding in findings]
        return findings


def result_of(check_id: str, finding: Finding, elapsed: float) -> Result:
    """A finding with its texts, its evidence cut to what the check declares."""
    from kaigo_gateway import __version__

    allowed = {key: value for key, value in finding.evidence.items() if key in _EVIDENCE[check_id]}
    return result_from_finding(
        finding.model_copy(update={"evidence": allowed}),
        check_id=check_id,
        stage=Stage.READER,
        title=translate(TITLES[check_id], DOMAIN),
        plugin="card_reader",
        version=__version__,
        duration_ms=elapsed,
        books=[REASONS],
    )
