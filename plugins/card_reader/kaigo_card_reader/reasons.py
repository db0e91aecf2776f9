"""Reason codes of this package: what was found, what to do, who does it."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_SERVICE: Final = (
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

_READER: Final = (
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

_CONTACT: Final = (
    Reason(
        "CARD_MUTE",
        Status.FAIL,
        N_("The card does not answer the reader."),
        (
            N_("Contact: turn the card, chip side first; wipe the chip with a dry cloth."),
            N_("Try another My Number card: if that works, the first card's chip is faulty."),
            N_("If no card works, try another reader."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CARD_REMOVED",
        Status.FAIL,
        N_("The card was moved while it was read."),
        (
            N_("Put the card on the reader again and keep it still for about five seconds."),
            N_("If it happens again, change the place: metal and other radio cards disturb."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_RESET",
        Status.FAIL,
        N_("Another program reset the card again and again while it was read."),
        (N_("Close other programs that use the card."), N_("Run the check again.")),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_PROTOCOL",
        Status.FAIL,
        N_("Reader and card do not agree on a protocol."),
        (
            N_("Wipe the chip with a dry cloth and insert the card again."),
            N_("Try another My Number card; if that fails too, install the maker's driver."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CARD_NOT_MY_NUMBER",
        Status.FAIL,
        N_("The card on the reader is not a My Number card."),
        (
            N_("Put a My Number card on the reader (not a licence, insurance or IC transport card)."),
            N_("One card only: cards in the same case answer for each other."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_REFUSED",
        Status.FAIL,
        N_("The card refused the step {step} with {word}."),
        (
            N_("Take the card off, put it on again and run the check again."),
            N_("Try another My Number card to tell the card from the reader."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CARD_CERTIFICATE_UNREADABLE",
        Status.FAIL,
        N_("The authentication certificate on the card cannot be read."),
        (
            N_("Try another My Number card: if that works, the reader is in order."),
            N_(
                "The holder asks the municipality whether the card has a certificate for user authentication."
            ),
        ),
        Actor.OFFICE,
    ),
)

_CARD: Final = (
    Reason(
        "CARD_USABLE",
        Status.OK,
        N_("The card's authentication certificate is valid (until {until}); no PIN is locked."),
    ),
    Reason(
        "CARD_AUTH_PIN_LOCKED",
        Status.FAIL,
        N_("The card's four-digit authentication PIN is locked. The reader works."),
        (
            N_("The holder has the PIN reset at the municipality."),
            N_("To go on with the reader check, use another My Number card."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_AUTH_PIN_LOW",
        Status.WARN,
        N_("The card's four-digit authentication PIN has {left} of {tries} tries left."),
        (
            N_("Do not try PINs at random; a right PIN restores the count."),
            N_("If the holder is not sure of the PIN, have it reset at the municipality."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_SIGN_PIN_LOCKED",
        Status.WARN,
        N_(
            "The card's signature PIN shows no tries left: it is locked, or the card (holder under 15, or by "
            "choice) has no signature certificate. It is not needed here."
        ),
        (N_("Nothing to do for the readers. The holder may have it reset at the municipality."),),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_TEXT_PIN_LOCKED",
        Status.WARN,
        N_("The card's PIN for 券面事項入力補助 is locked. The reader works."),
        (N_("The holder has the PIN reset at the municipality, where it is needed."),),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_CERTIFICATE_GRACE",
        Status.WARN,
        N_(
            "The card's authentication certificate ended within the last {months} months: it still serves as "
            "health insurance card for that time, not for other purposes."
        ),
        (
            N_("The holder renews the certificate at the municipality; it is seen about 24 hours later."),
            N_("For the check of the readers use a card with a valid certificate where there is one."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_CERTIFICATE_EXPIRED",
        Status.FAIL,
        N_("The card's authentication certificate ended more than {months} months ago. The reader works."),
        (
            N_("Use another My Number card for the check of the readers."),
            N_("The holder renews the certificate at the municipality; it is seen about 24 hours later."),
        ),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_OLD_JUKI",
        Status.WARN,
        N_("This is an old Basic Resident Registration card (住基カード), not a My Number card."),
        (N_("Use a My Number card."),),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_PHONE",
        Status.WARN,
        N_("A smartphone answers as JPKI: without the PIN the validity of its certificate cannot be seen."),
        (N_("Use a plastic My Number card for the check of the readers."),),
        Actor.OFFICE,
    ),
    Reason(
        "CARD_TOKEN_UNKNOWN",
        Status.WARN,
        N_("The card answers as JPKI but its kind is not known here."),
        (N_("Try another My Number card and keep the result (--json)."),),
        Actor.SUPPORTER,
    ),
)

_LONGER: Final = (
    Reason("CARD_NONE_READ", Status.SKIP, N_("No card was read, so there is none to judge.")),
    Reason(
        "READER_STRESS_OK",
        Status.OK,
        N_("{cycles} cycles without an error; per command p50 {p50} ms, p99 {p99} ms."),
    ),
    Reason(
        "READER_STRESS_ERRORS",
        Status.WARN,
        N_("{errors} of {cycles} cycles failed; per command p50 {p50} ms, p99 {p99} ms."),
        (
            N_("Contactless: change the place of the reader (metal desk, other radio devices)."),
            N_("USB: use a short cable and no hub; Bluetooth: charge the reader and bring it nearer."),
            N_("Run the cycles again with another card and compare."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "READER_STRESS_FAILED",
        Status.FAIL,
        N_("{errors} of {cycles} cycles failed: the reader cannot be relied on here."),
        (
            N_("Run the cycles again with another card; if they fail too, try another reader in this place."),
            N_("If the other reader works, have this one exchanged."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "SPLIT_CARD",
        Status.WARN,
        N_("With another card the reader works: the first card is the trouble ({first}), not the reader."),
        (N_("The holder has the card looked at by the municipality."),),
        Actor.OFFICE,
    ),
    Reason(
        "SPLIT_READER",
        Status.FAIL,
        N_(
            "Two cards fail on this reader in the same way ({first}): the reader or its place is the trouble."
        ),
        (
            N_("Try this reader on another computer, or another reader here."),
            N_("Install the maker's driver; if the reader fails everywhere, have it exchanged."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "SPLIT_OTHER_READER",
        Status.WARN,
        N_("Another reader here works ({other}), so the trouble is the card or this reader."),
        (
            N_("Exchange the cards of the two readers and run the check again."),
            N_("If the trouble moves with the card, it is the card; if it stays, it is the reader."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "SPLIT_UNDECIDED",
        Status.WARN,
        N_("The second card gave another result ({first}, then {second}): card or reader is not decided."),
        (N_("Run the check again with a card that is known to work."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "REPLAY_DIFFERS",
        Status.ERROR,
        N_("The recording does not hold what this version asks next ({step})."),
        (N_("Replay it with the version that recorded it, or record it again with this one."),),
        Actor.OPERATOR,
    ),
)

_PURCHASE: Final = (
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

REASONS: Final = ReasonBook("kaigo_card_reader").add(
    *_SERVICE, *_READER, *_CONTACT, *_CARD, *_LONGER, *_PURCHASE
)
