"""Check ``reader.service``: a smart card service runs and lists the site's readers."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.model.results import Phase, Status

from kaigo_card_reader.checks._remote import in_remote_desktop
from kaigo_card_reader.drivers._codes import name_of
from kaigo_card_reader.drivers._interface import DriverError, State
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.drivers._interface import Driver
    from kaigo_card_reader.settings import CardReaderSettings

EVIDENCE: Final = ("drivers", "readers", "simulated")
_SLOT: Final = re.compile(r"^(?P<device>.+) (?P<slot>[0-9A-F]{2})$")


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
    """The site's readers with their drivers, without the empty further slots of a device.

    Drivers in trouble have no readers here; :func:`service` has told of them.
    """
    pairs = [
        (driver, name) for driver in drivers for name in _listed(driver, settings)[0] if settings.wants(name)
    ]
    return [pair for pair in pairs if pair[1] in settings.readers or not _spare_slot(*pair)] or pairs


def _spare_slot(driver: Driver, reader: str) -> bool:
    """A second slot (for example for a SAM) with nothing in it: PC/SC names end in the slot's number."""
    match = _SLOT.match(reader)
    if match is None or match["slot"] == "00":
        return False
    try:
        return State.EMPTY in driver.state(reader)
    except DriverError:
        return False
