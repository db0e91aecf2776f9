"""The register file of earlier days (JSON Lines, one claim's events on each line), read to be taken over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.reading import read_text

if TYPE_CHECKING:
    from pathlib import Path

Key = tuple[str, str, int]


def entries_of(path: Path) -> dict[Key, list[dict[str, Any]]]:
    """Entries by office number, programme and year. Raises :class:`InputError` naming a damaged line."""
    found: dict[Key, list[dict[str, Any]]] = {}
    for number, text in enumerate(read_text(path).splitlines(), 1):
        try:
            case = json.loads(text)
            key = (str(case["office_number"]), str(case["programme"]), int(case["fiscal_year"]))
            found.setdefault(key, []).extend(_entry(event) for event in case["events"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                N_("{path} is damaged in line {number}: {why}."),
                N_("Restore the file from a copy; nothing was changed."),
                domain="kaigo_subsidy",
                path=path,
                number=number,
                why=str(error) or type(error).__name__,
            ) from None
    return found


def _entry(event: dict[str, Any]) -> dict[str, Any]:
    entry = {name: value for name, value in event.items() if name != "readiness"}
    readiness = event.get("readiness")
    return {**entry, "facts": {"readiness": readiness} if readiness else {}}
