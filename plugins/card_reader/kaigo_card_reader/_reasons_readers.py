"""Reason codes about the service, the readers and what was bought."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

SERVICE: Final = (
    Reason("READER_SERVICE_UP", Status.OK, N_("The smart card service runs and lists {count} reader(s).")),
    Reason(
        "READER_SUPPORT_NOT_INSTALLED",
        Status.ERROR,
        N_("Reader support is not installed (pyscard)."),
        (N_("Install it: pip install 'kaigo-gateway[card]'"), N_("Then run the check again.")),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_NOT_SIMULATED",
        Status.SKIP,
        N_(
            "There is no PC/SC service with a virtual reader here, so the simulated job exercised no reader "
            "(it needs Linux, pyscard, pcscd, vsmartcard-vpcd and the right to make namespaces)."
        ),
    ),
    Reason(
        "READER_SERVICE_DOWN",
        Status.FAIL,
        N_("The smart card service (PC/SC) does not run ({name})."),
        (
            N_("Connect the reader: Windows stops the service after the last reader was unplugged."),
            N_('Windows: start the service "Smart Card" (SCardSvr). Linux: start pcscd.'),
            N_("Run the check again."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_DRIVER_BROKEN",
        Status.ERROR,
        N_("The reader driver of the plugin {plugin} cannot be used: {detail}."),
        (
            N_("Update the plugin or ask its maker; the other drivers go on."),
            N_("To go without it: --no-plugins={plugin}"),
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "READER_REMOTE_SESSION",
        Status.FAIL,
        N_(
            "This is a remote desktop session: the readers listed here are those of the operator's own "
            "computer."
        ),
        (
            N_("Run the check at the office's computer itself, or through a tool that shares its screen."),
            N_("Or leave Remote Desktop and let the office start the check."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_NONE",
        Status.FAIL,
        N_("No card reader is found."),
        (
            N_("Unplug the reader and plug it into another USB port of the computer, without a hub."),
            N_("Bluetooth: switch the reader on, charge it and pair it again."),
            N_("Install the maker's driver; the Device Manager must list the reader as a smart card reader."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_NOT_LISTED",
        Status.FAIL,
        N_("The reader {reader} is not found; found: {listed}."),
        (
            N_("Connect that reader, or correct its name under [plugins.card_reader] readers."),
            N_("Run: kaigo-gateway reader list"),
        ),
        Actor.SUPPORTER,
    ),
)


READER: Final = (
    Reason(
        "READER_EXERCISED",
        Status.OK,
        N_("The reader read a My Number card ({apdus} commands) without a PIN."),
    ),
    Reason(
        "READER_NO_CARD",
        Status.FAIL,
        N_("There is no card on the reader, so it was not exercised."),
        (
            N_("Put a My Number card on the reader and keep it still for about five seconds."),
            N_("Contactless: no metal desk or card case under it, one card only. Contact: chip side first."),
            N_("Run the check again."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_IN_USE",
        Status.FAIL,
        N_("Another program holds the card for itself."),
        (
            N_(
                "Close programs that use the card: e-Tax, the JPKI client software, medical or care software."
            ),
            N_("Run the check again."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "READER_BUSY",
        Status.FAIL,
        N_("Another program kept the card occupied for more than {limit} seconds."),
        (
            N_("Wait until that program has finished, or close it."),
            N_("Run the check again."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "READER_HUNG",
        Status.FAIL,
        N_("The reader gave no answer within {limit} seconds."),
        (
            N_("Unplug the reader, wait ten seconds, plug it in again."),
            N_("Try another cable or port; update the maker's driver."),
            N_("If another reader works in the same place, have this reader exchanged."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_GONE",
        Status.FAIL,
        N_("The reader was unplugged or changed its name during the check."),
        (
            N_("Check cable, hub and power saving of the USB port; Bluetooth: charge the reader."),
            N_("Run: kaigo-gateway reader list"),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_DRIVER_FAILED",
        Status.ERROR,
        N_("The reader's driver made a mistake ({step})."),
        (
            N_("Update the plugin that brings this driver, or ask its maker."),
            N_("Exercise the office's other readers meanwhile: they are not concerned."),
        ),
        Actor.OPERATOR,
    ),
    Reason(
        "READER_TROUBLE",
        Status.FAIL,
        N_("The reader reported an error that is not known here: {name} at {step}."),
        (
            N_("Unplug the reader and plug it in again, then run the check again."),
            N_("Keep the result (--json) and ask the reader's maker about this number."),
        ),
        Actor.SUPPORTER,
    ),
)


PURCHASE: Final = (
    Reason("READER_PURCHASE_PROVED", Status.OK, N_("All {bought} bought reader(s) were exercised.")),
    Reason("READER_NO_PURCHASE", Status.SKIP, N_("The site file names no bought reader.")),
    Reason(
        "READER_PURCHASE_PARTLY",
        Status.WARN,
        N_(
            "{bought} reader(s) were bought, {exercised} exercised: the expense record holds only the "
            "exercised ones ({recorded} of {paid} yen)."
        ),
        (
            N_("Connect the other readers, put a card on each and run the Setup again before the claim."),
            N_("If model or quantity in the site file is wrong, correct it by the receipt."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_NOT_COMPATIBLE",
        Status.WARN,
        N_("A source says that the model {model} does not work with マイナ資格確認アプリ: {source}"),
        (
            N_("Look the model up in the official list of the operator; only that list decides."),
            N_("If it is not on it, the purchase may not be eligible: ask before the claim."),
        ),
        Actor.SUPPORTER,
    ),
)
