"""."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaigo_certs.texts._text import Text

TEXTS: tuple[Text, ...] = ()
