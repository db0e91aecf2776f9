"""Every reason code of this package: its usual status, sentence, remedy and who acts.

Sentences are English message ids; the Japanese stands in the package's catalogue.
"""

from __future__ import annotations

from functools import lru_cache

from kaigo_certs.texts._text import Text

__all__ = ["Text", "all_texts", "text"]


@lru_cache(maxsize=1)
def all_texts() -> dict[str, Text]:
    """All codes with their texts, in the order of the work."""
    from kaigo_certs.texts import _installing, _judging, _keeping, _proving, _reading

    rooms = (_reading.TEXTS, _judging.TEXTS, _keeping.TEXTS, _installing.TEXTS, _proving.TEXTS)
    table: dict[str, Text] = {}
    for entry in (entry for room in rooms for entry in room):
        if entry.code in table:
            raise ValueError(f"reason code {entry.code} stands twice")
        table[entry.code] = entry
    return table


def text(code: str) -> Text:
    """The text of a code; ``KeyError`` for an unknown one."""
    return all_texts()[code]
