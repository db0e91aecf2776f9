"""The checks of stage ``reader`` as the core runs them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.descriptors import Check, Waiting
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.results import Stage

from kaigo_card_reader.checks import _card, _purchase, _service
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._report import EVIDENCE
from kaigo_card_reader.checks._waiting import wait_until
from kaigo_card_reader.drivers._find import find_drivers
from kaigo_card_reader.drivers._interface import State
from kaigo_card_reader.reasons import REASONS
from kaigo_card_reader.settings import CardReaderSettings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.drivers._interface import Driver

DOMAIN: Final = "kaigo_card_reader"
CARD_QUESTION: Final = "reader.card_placed"
"""Key of the question that a Setup asks with ``ask_for_card``."""


def checks() -> list[Check]:
    """``reader.service`` → ``reader.exercise`` → ``reader.card`` and ``reader.purchase``."""
    return [
        Check(
            id="reader.service",
            stage=Stage.READER,
            title=N_("Smart card service and readers"),
            run=run_service,
            order=10,
            time_limit=60,
            evidence=_service.EVIDENCE,
        ),
        Check(
            id="reader.exercise",
            stage=Stage.READER,
            title=N_("Card reader exercised"),
            run=run_exercise,
            needs=("reader.service",),
            order=20,
            time_limit=900,
            evidence=EVIDENCE,
        ),
        Check(
            id="reader.card",
            stage=Stage.READER,
            title=N_("Card used for the exercise"),
            run=run_card,
            needs=("reader.exercise",),
            order=30,
            evidence=_card.EVIDENCE,
        ),
        Check(
            id="reader.purchase",
            stage=Stage.READER,
            title=N_("Bought readers on record"),
            run=run_purchase,
            needs=("reader.exercise",),
            order=40,
            evidence=_purchase.EVIDENCE,
        ),
    ]


def _settings(context: CheckContext) -> CardReaderSettings:
    return context.settings if isinstance(context.settings, CardReaderSettings) else CardReaderSettings()


def run_service(context: CheckContext) -> Sequence[Finding]:
    """A simulated job never touches a real reader: without a virtual one the stage is skipped."""
    settings = _settings(context)
    if context.simulated and not settings.virtual:
        return [REASONS.finding("READER_NOT_SIMULATED")]
    found = find_drivers(settings, context.offered)
    return [*_service.service(found.drivers, settings), *found.problems]


def run_exercise(context: CheckContext) -> Sequence[Finding]:
    """All readers of the site, side by side."""
    settings = _settings(context)
    if context.simulated and not settings.virtual:
        return [REASONS.finding("READER_NOT_SIMULATED")]
    drivers = find_drivers(settings, context.offered).drivers
    if settings.ask_for_card:
        _ask_for_cards(context, drivers, settings)
    return exercise_all(drivers, settings, context.today, context.progress)


def _ask_for_cards(context: CheckContext, drivers: Sequence[Driver], settings: CardReaderSettings) -> None:
    """Wait, as rows and not as a failed check, until a person says that the cards are on the readers."""
    pairs = _service.wanted(drivers, settings)
    if all(wait_until(driver, reader, _has_card, 0.0) for driver, reader in pairs):
        return
    try:
        context.confirmed(CARD_QUESTION)
    except Waiting:
        question = N_("Does a My Number card lie on each reader of the site?")
        raise Waiting(CARD_QUESTION, question) from None


def _has_card(states: frozenset[State]) -> bool:
    return State.EMPTY not in states


def exercise_all(
    drivers: Sequence[Driver],
    settings: CardReaderSettings,
    today: dt.date,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """One finding per reader, in the order in which they are listed."""
    pairs = _service.wanted(drivers, settings)
    if not pairs:
        return [REASONS.finding("READER_NONE")]

    def one(pair: tuple[Driver, str]) -> Finding:
        driver, reader = pair
        _wait_for_card(driver, reader, settings.wait_for_card, progress)
        report = exercise(driver, reader, settings, today)
        evidence = dict(report.evidence()) | ({"simulated": True} if settings.virtual else {})
        return REASONS.finding(
            report.code, subject=reader, seen=report.seen, evidence=evidence, phases=report.phases
        )

    contexts = [copy_context() for _ in pairs]
    with ThreadPoolExecutor(max_workers=len(pairs), thread_name_prefix="reader") as pool:
        # each thread speaks the caller's language
        return list(pool.map(lambda context, pair: context.run(one, pair), contexts, pairs))


def _wait_for_card(driver: Driver, reader: str, seconds: float, progress: Callable[[str], None]) -> None:
    if seconds and not wait_until(driver, reader, _has_card, 0.0):
        progress(fill(translate(N_("Put a My Number card on {reader}."), DOMAIN), {"reader": reader}))
        wait_until(driver, reader, _has_card, seconds)


def run_card(context: CheckContext) -> Sequence[Finding]:
    """Judge the cards from what the exercise saw."""
    exercised = context.results.get("reader.exercise", ())
    if not any("token" in finding.evidence for finding in exercised):
        return [REASONS.finding("CARD_NONE_READ")]
    return _card.card_findings(exercised, _settings(context))


def run_purchase(context: CheckContext) -> Sequence[Finding]:
    """Compare the site's bought readers with the exercised ones."""
    return _purchase.purchase_findings(context.site.expenses, context.results.get("reader.exercise", ()))
