"""Is it the card or the reader? A second card, or a second reader, tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_card_reader.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("first", "second", "other")
WORKED: Final = "READER_EXERCISED"
DOUBTFUL: Final = frozenset(
    {
        "CARD_MUTE",
        "CARD_PROTOCOL",
        "CARD_REMOVED",
        "CARD_REFUSED",
        "CARD_CERTIFICATE_UNREADABLE",
        "READER_HUNG",
        "READER_TROUBLE",
    }
)
"""Troubles that can lie with the card as well as with the reader."""


def by_second_card(reader: str, first: str, second: str) -> Finding:
    """Conclude from the codes of two exercises of one reader, each with another card."""
    code = {WORKED: "SPLIT_CARD", first: "SPLIT_READER"}.get(second, "SPLIT_UNDECIDED")
    codes = {"first": first, "second": second}
    return REASONS.finding(code, subject=reader, seen=codes, evidence=codes)


def by_other_reader(exercised: Sequence[Finding]) -> list[Finding]:
    """For each doubtful reader: say so where another reader of the same run worked."""
    works = next((finding.subject for finding in exercised if finding.reason_code == WORKED), None)
    if works is None:
        return []
    return [
        REASONS.finding(
            "SPLIT_OTHER_READER",
            subject=finding.subject,
            seen={"other": works},
            evidence={"first": finding.reason_code, "other": works},
        )
        for finding in exercised
        if finding.reason_code in DOUBTFUL
    ]
