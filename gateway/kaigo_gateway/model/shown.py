"""Values as a person reads them: known words in the reader's language, moments in Japan's time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

_JAPAN: Final = timezone(timedelta(hours=9), "JST")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")

_CODE: Final = re.compile(r"[\w./:-]+", re.ASCII)  # one word is a code, a name or an option: never translated

_COMMON: Final = {
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("Directory not empty"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Too many open files"),
    N_("Too many levels of symbolic links"),
    N_("Connection refused"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("sandbox"),
}
"""Words that findings of every package use: what the operating system refuses (Windows says it in the
user's language by itself), and who confirms in the demo."""


@dataclass(frozen=True, slots=True)
class Named:
    """A code and its name: what to type, and what it is. ``title`` is a message id of ``domain``."""

    code: str
    title: str
    domain: str

    def __str__(self) -> str:
        return self.shown("en")

    def shown(self, language: str | None = None) -> str:
        """Name and code; the code alone where it has no name."""
        if self.title == self.code:
            return self.code
        title = translate(self.title, self.domain, language)
        return f"{title} ({self.code})" if title.isascii() else f"{title}（{self.code}）"


def shown(values: Mapping[str, Any], domain: str, language: str | None = None) -> dict[str, Any]:
    """``values`` for a sentence. What is stored stays as it was: English words, UTC.

    A text of several words that is itself a message of ``domain`` (a purpose), or one that all packages
    share ("Permission denied"), is translated; ``2026-11-23T00:58:41Z`` becomes ``2026-11-23 09:58``.
    """
    return {key: _shown(value, domain, language) for key, value in values.items()}


def _shown(value: Any, domain: str, language: str | None) -> Any:
    if isinstance(value, (list, tuple)):
        return [_shown(item, domain, language) for item in value]
    if isinstance(value, Named):
        return value.shown(language)
    if not isinstance(value, str):
        return value
    if _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(_JAPAN).strftime("%Y-%m-%d %H:%M")
    if value in _COMMON:
        return translate(value, language=language)
    return value if _CODE.fullmatch(value) else translate(value, domain, language)
