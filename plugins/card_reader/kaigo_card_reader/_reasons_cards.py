"""Reason codes about cards, and about telling them from readers."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

CONTACT: Final = (
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


CARD: Final = (
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


LONGER: Final = (
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
