"""Check ``reader.service``: a smart card service runs and lists the site's readers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.model.results import Phase, Status

from kaigo_card_reader.checks._devices import without_spares
from kaigo_card_reader.checks._remote import in_remote_desktop
from kaigo_card_reader.drivers._codes import name_of
from kaigo_card_reader.drivers._interface import DriverError
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

EVIDENCE: Final = ("drivers", "readers", "simulated")


def service(drivers: Sequence[Driver], settings: CardReaderSettings) -> list[Finding]:
    """The service's finding, one for each driver in trouble, one for each reader that is not listed.

    A driver in trouble is only a notice while another one lists readers.
    """
    if in_remote_desktop():
        return [REASONS.finding("READER_REMOTE_SESSION")]
    started = time.perf_counter()
    listed: list[str] = []
    troubles: list[Finding] = []
    for driver in drivers:
        names, trouble = _listed(driver, settings)
        listed += names
        troubles += trouble
    phase = Phase(name="list", ms=round((time.perf_counter() - started) * 1000, 3))
    if not listed:
        return troubles or [REASONS.finding("READER_NONE", phases=[phase])]
    troubles = [trouble.model_copy(update={"status": Status.WARN}) for trouble in troubles]
    missing = [
        REASONS.finding("READER_NOT_LISTED", subject=name, seen={"reader": name.strip("*"), "listed": listed})
        for name in settings.missing(listed)
    ]
    return [*(missing or [_up(drivers, settings, listed, phase)]), *troubles]


def _listed(driver: Driver, settings: CardReaderSettings) -> tuple[list[str], list[Finding]]:
    try:
        return list(driver.readers()), []
    except DriverError as error:
        name = "-" if error.code is None else name_of(error.code)
        seen = {"name": name, "step": error.where, "limit": settings.call_limit}
        return [], [REASONS.finding(error.reason, subject=driver.name, seen=seen)]
    except NotInstalled:
        return [], [REASONS.finding("READER_SUPPORT_NOT_INSTALLED", subject=driver.name)]


def _up(drivers: Sequence[Driver], settings: CardReaderSettings, listed: list[str], phase: Phase) -> Finding:
    evidence = {
        "drivers": [driver.name for driver in drivers],
        "readers": listed,
        "simulated": settings.virtual,
    }
    count = len(wanted(drivers, settings))
    return REASONS.finding("READER_SERVICE_UP", seen={"count": count}, evidence=evidence, phases=[phase])


def wanted(drivers: Sequence[Driver], settings: CardReaderSettings) -> list[tuple[Driver, str]]:
    """The site's readers with their drivers, without the spare parts of a device unless named in full.

    Drivers in trouble have no readers here; :func:`service` has told of them.
    """
    pairs = [
        (driver, name) for driver in drivers for name in _listed(driver, settings)[0] if settings.wants(name)
    ]
    named = [pair for pair in pairs if pair[1] in settings.readers]
    return named + without_spares([pair for pair in pairs if pair not in named])
