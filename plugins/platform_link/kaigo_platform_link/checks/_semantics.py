"""What an answer means beyond its status: API specification 1.0 of 介護WEBサービス (2026-08-31).

400, 401, 403, 404, 500 and 503 are classified by the probe. An error of the business arrives as HTTP 200
with an error body; the form of that body is not known to us, so its marks are a setting (``error_keys``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.probe import HttpAnswer


def business_error(answer: HttpAnswer, error_keys: Iterable[str]) -> str | None:
    """The key that marks a JSON answer as an error, or None; values are never taken over."""
    if "json" not in answer.headers.get("content-type", "").lower():
        return None
    try:
        document = json.loads(answer.body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    wanted = {key.casefold() for key in error_keys}
    return next(
        (str(key) for key, value in document.items() if str(key).casefold() in wanted and value), None
    )
