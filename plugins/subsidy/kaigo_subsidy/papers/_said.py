"""A stored notice said in Japanese, whatever language it was made in."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from kaigo_subsidy._calendar import era_date
from kaigo_subsidy.reasons import REASONS, message

if TYPE_CHECKING:
    from kaigo_gateway.model.claims import Notice


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def said(notice: Notice) -> str:
    """The notice in Japanese; a code of another plugin keeps the message it was stored with.

    Its days are written in the era, as all days of a paper are.
    """
    if notice.code not in REASONS:
        return notice.message
    return message(notice.code, {name: _in_era(value) for name, value in notice.values.items()}, "ja")


def _in_era(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return era_date(date.fromisoformat(value))
        except ValueError:
            return value
    return value
