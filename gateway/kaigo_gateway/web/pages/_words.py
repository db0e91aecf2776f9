"""Words and signs of the page: meaning never by colour alone."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import Status
from kaigo_gateway.web.api.models import SetupStateWord

STATUS_SHOWN: Final = {
    Status.OK: N_("In order"),
    Status.WARN: N_("Note"),
    Status.FAIL: N_("Trouble"),
    Status.SKIP: N_("Not done"),
    Status.ERROR: N_("Fault"),
}

VERDICTS_SHOWN: Final = {
    Status.OK: N_("Everything checked is in order."),
    Status.WARN: N_("In order, with points to note."),
    Status.FAIL: N_("Something at the site needs attention."),
    Status.ERROR: N_("A check itself could not run."),
}

STATE_WORDS: Final = {
    SetupStateWord.READY: N_("Ready to run"),
    SetupStateWord.RUNNING: N_("Running"),
    SetupStateWord.WAITING: N_("Waiting for a confirmation"),
    SetupStateWord.DONE: N_("Finished"),
    SetupStateWord.FAILED: N_("Stopped"),
}

SIGNS: Final = {
    "ok": "M5 12.5 10 17.5 19 7.5",
    "warn": "M12 6v8M12 17.5v.5",
    "fail": "M7 7 17 17M17 7 7 17",
    "error": "M7 7 17 17M17 7 7 17M12 4v16",
    "skip": "M6 12h12",
    "pending": "M12 12h.01",
    "running": "M12 6v6l4 2.5",
    "waiting": "M9.5 9a2.5 2.5 0 1 1 3.5 2.4c-.8.4-1 .9-1 1.9M12 17v.5",
}
"""Paths of the little signs beside the words, on a 24 by 24 grid."""
