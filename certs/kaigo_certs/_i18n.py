"""The package's own messages: English ids in the code, Japanese in ``locale/ja``."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Any, Final


def N_(message: str) -> str:  # noqa: N802 - gettext's conventional name
    """Mark a message for extraction without translating it yet."""
    return message


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = Path(__file__).parent / "locale"
    return gettext.translation("kaigo_certs", str(folder), [language], fallback=True)


SYSTEM: Final = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Connection refused"),
)
"""What the operating system refuses, in its own words: values of messages, translated like them."""


class _Unknown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def render(message: str, values: dict[str, Any], language: str = "en") -> str:
    """``message`` in ``language`` (``en``, ``ja``), its ``{placeholders}`` filled; a missing one is ``?``.

    A value of several words that is itself a message ("Permission denied") is said in ``language`` too.
    """
    if not message or language == "en":
        return message.format_map(_Unknown(values))
    said = _catalogue(language).gettext
    phrases = {key: said(each) for key, each in values.items() if isinstance(each, str) and " " in each}
    return said(message).format_map(_Unknown(values | phrases))
