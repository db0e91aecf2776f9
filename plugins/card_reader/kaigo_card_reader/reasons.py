"""Reason codes of this package: what was found, what to do, who does it."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.model.reasons import ReasonBook

from kaigo_card_reader._reasons_cards import CARD, CONTACT, LONGER
from kaigo_card_reader._reasons_readers import PURCHASE, READER, SERVICE

REASONS: Final = ReasonBook("kaigo_card_reader").add(*SERVICE, *READER, *CONTACT, *CARD, *LONGER, *PURCHASE)
