"""Check ``reader.card``: what the cards used for the exercise are good for. No card is touched again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kaigo_card_reader.card._facts import PINS, PinName, Token
from kaigo_card_reader.card._validity import Validity
from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kaigo_gateway.model.results import Finding

    from kaigo_card_reader.settings import CardReaderSettings

EVIDENCE: Final = ("token", "tries_left", "certificate_validity", "certificate_until")
_TOKENS: Final = {
    Token.OLD_CARD: "CARD_OLD_JUKI",
    Token.PHONE: "CARD_PHONE",
    Token.OTHER: "CARD_TOKEN_UNKNOWN",
}
_LOCKED: Final = {
    PinName.AUTH: "CARD_AUTH_PIN_LOCKED",
    PinName.SIGN: "CARD_SIGN_PIN_LOCKED",
    PinName.TEXT: "CARD_TEXT_PIN_LOCKED",
}
_VALIDITY: Final = {Validity.EXPIRED: "CARD_CERTIFICATE_EXPIRED", Validity.GRACE: "CARD_CERTIFICATE_GRACE"}
_GRAVITY: Final = {"fail": 0, "warn": 1, "ok": 2}


def card_findings(exercised: Sequence[Finding], settings: CardReaderSettings) -> list[Finding]:
    """For each card that was read: its troubles, the gravest first, or that it is usable."""
    return [
        found for finding in exercised if "token" in finding.evidence for found in _judge(finding, settings)
    ]


def _judge(exercised: Finding, settings: CardReaderSettings) -> list[Finding]:
    facts = exercised.evidence
    codes = sorted(_troubles(facts), key=lambda code: _GRAVITY[REASONS[code].status]) or ["CARD_USABLE"]
    seen = {
        "until": facts.get("certificate_until", "?"),
        "months": settings.grace_months,
        "left": facts.get("tries_left", {}).get(PinName.AUTH.value),
        "tries": PINS[0].tries,
    }
    evidence = {key: facts[key] for key in EVIDENCE if key in facts}
    return [REASONS.finding(code, subject=exercised.subject, seen=seen, evidence=evidence) for code in codes]


def _troubles(facts: Mapping[str, Any]) -> Iterator[str]:
    if (validity := facts.get("certificate_validity")) in _VALIDITY:
        yield _VALIDITY[Validity(validity)]
    if (code := _TOKENS.get(Token(facts["token"]))) is not None:
        yield code
    left: Mapping[str, int | None] = facts.get("tries_left", {})
    for pin in PINS:
        if left.get(pin.name) == 0:
            yield _LOCKED[pin.name]
    if 0 < (left.get(PinName.AUTH) or 0) < PINS[0].tries:
        yield "CARD_AUTH_PIN_LOW"
