"""Two languages from one run: gettext catalogues per package, the language in a context variable.

Every package of the product (and of a vendor) keeps its own catalogue in
``<package>/locale/<language>/LC_MESSAGES/<package>.mo``. English is the message id; Japanese is the
translation. Stored results carry codes and values only, so that one run can be read in both languages.
"""

from __future__ import annotations

import gettext as _gettext
import importlib.util
import locale
import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: Final = ("ja", "en")
_language: ContextVar[str | None] = ContextVar("kaigo_language", default=None)


def N_(message: str) -> str:  # noqa: N802 - gettext's conventional name
    """Mark a message for extraction without translating it yet."""
    return message


def system_language() -> str:
    """The language of this machine's user: ``ja`` where the locale is Japanese, otherwise ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    if os.name == "nt":  # Windows sets no LANG (not run on Windows)
        import ctypes

        windll = getattr(ctypes, "windll", None)
        japanese = 0x0411
        return "ja" if windll and windll.kernel32.GetUserDefaultUILanguage() == japanese else "en"
    return "ja" if (locale.getlocale()[0] or "").lower().startswith("ja") else "en"


def current_language() -> str:
    """The language chosen in this context, else the system's."""
    return _language.get() or system_language()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Speak ``language`` (``ja`` or ``en``) inside the block; other tasks are not touched."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=64)
def catalogue(domain: str, language: str) -> _gettext.NullTranslations:
    """The catalogue of a package; an empty one where the package has none in that language."""
    if language == "en":
        return _gettext.NullTranslations()
    spec = importlib.util.find_spec(domain)
    if spec is None or not spec.submodule_search_locations:
        return _gettext.NullTranslations()
    folder = Path(next(iter(spec.submodule_search_locations))) / "locale"
    return _gettext.translation(domain, str(folder), [language], fallback=True)


def translate(message: str, domain: str = "kaigo_gateway", language: str | None = None) -> str:
    """``message`` in the wanted language; the English id itself where there is no translation."""
    if not message:  # the empty id is the catalogue's header
        return ""
    return catalogue(domain, language or current_language()).gettext(message)


def gettext(message: str) -> str:
    """The core's own messages in the current language."""
    return translate(message)
