"""The package's own messages: English ids in the code, Japanese in ``locale/ja``."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's conventional name
    """Mark a message for extraction without translating it yet."""
    return message


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = Path(__file__).parent / "locale"
    return gettext.translation("kaigo_certs", str(folder), [language], fallback=True)


class _Unknown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def render(message: str, values: dict[str, Any], language: str = "en") -> str:
    """``message`` in ``language`` (``en``, ``ja``), its ``{placeholders}`` filled; a missing one is ``?``."""
    text = _catalogue(language).gettext(message) if message and language != "en" else message
    return text.format_map(_Unknown(values))
