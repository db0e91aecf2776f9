"""A stored notice said in Japanese, whatever language it was made in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_subsidy.reasons import REASONS, message

if TYPE_CHECKING:
    from kaigo_gateway.model.claims import Notice


def said(notice: Notice) -> str:
    """The notice in Japanese; a code of another plugin keeps the message it was stored with."""
    return message(notice.code, notice.values, "ja") if notice.code in REASONS else notice.message
