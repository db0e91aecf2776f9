"""The words that every rendering of a report shares."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import Actor, Stage, Status

STATUS_WORDS: Final = {
    Status.OK: N_(" OK "),
    Status.WARN: N_("WARN"),
    Status.FAIL: N_("FAIL"),
    Status.SKIP: N_("SKIP"),
    Status.ERROR: N_("ERROR"),
}

VERDICTS: Final = {
    Status.OK: N_("Everything checked is in order."),
    Status.WARN: N_("In order, with points to note."),
    Status.FAIL: N_("Something at the site needs attention."),
    Status.ERROR: N_("A check itself could not run."),
}

STAGE_TITLES: Final = {
    Stage.PLUGINS: N_("Plugins"),
    Stage.CERTIFICATE: N_("Client certificate"),
    Stage.READER: N_("Card readers"),
    Stage.PLATFORM: N_("Platform connection"),
    Stage.CAREPLAN: N_("CarePlan data link"),
    Stage.EXPENSE: N_("Expense records and grant"),
}

PHASES: Final = {
    "resolve": N_("name lookup"),
    "connect": N_("connection"),
    "proxy": N_("proxy"),
    "tls": N_("TLS"),
    "client_certificate": N_("client certificate"),
    "http": N_("HTTP"),
    "list": N_("list of readers"),
    "state": N_("state of the reader"),
    "select": N_("selection"),
    "tries": N_("tries left"),
    "certificate": N_("certificate"),
    "info": N_("card information"),
}
"""Phases of a check as a person reads them; other plugins' phases keep their own names."""

ACTORS: Final = {
    Actor.OFFICE: N_("the care office"),
    Actor.SUPPORTER: N_("the supporter"),
    Actor.NETWORK: N_("the network manager"),
    Actor.CARE_SOFTWARE_VENDOR: N_("the care-software vendor"),
    Actor.OPERATOR: N_("the operator of the service"),
}
