"""A register of claims as an append-only file: one JSON object for each event, never changed afterwards."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.reading import read_text
from pydantic import ValidationError

from kaigo_subsidy._places import first_mistake
from kaigo_subsidy._writing import cannot_write
from kaigo_subsidy.casebook._states import Case, Event, move, open_case

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kaigo_subsidy.rules import Rules


class Register:
    """The claims of many offices in one file (JSON Lines). One process writes at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cases(self) -> dict[str, Case]:
        """All claims by id. Raises :class:`InputError` naming a line that is damaged."""
        found: dict[str, Case] = {}
        if not self.path.exists():
            return found
        for number, text in enumerate(read_text(self.path).splitlines(), 1):
            try:
                entry = Case.model_validate(json.loads(text))
            except ValidationError as error:
                raise self._damaged(number, first_mistake(error)[1]) from None
            except ValueError as error:
                raise self._damaged(number, str(error)) from None
            before = found.get(entry.id)
            events = (*before.events, *entry.events) if before else entry.events
            found[entry.id] = entry.model_copy(update={"events": events})
        return found

    def open(self, office_number: str, rules: Rules, on: date) -> Case:
        """Begin a claim and write it down; a second one for an office number is refused."""
        case = open_case(self.cases().values(), office_number, rules, on)
        self._append(case)
        return case

    def move(self, office_number: str, rules: Rules, event: Event) -> Case:
        """Move a claim on and write it down. Raises :class:`InputError` with the reason of a refusal."""
        case = self.cases().get(f"{office_number}/{rules.id}")
        if case is None:
            raise InputError(
                N_("The register has no claim of office {number} in {rules}."),
                N_("Open it first: grant case open."),
                domain="kaigo_subsidy",
                number=office_number,
                rules=rules.id,
            )
        moved = move(case, event, rules)
        self._append(case.model_copy(update={"events": (event,)}))
        return moved

    def _append(self, entry: Case) -> None:
        line = (json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) + "\n").encode()
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error.strerror or type(error).__name__) from None

    def _damaged(self, number: int, why: str) -> InputError:
        return InputError(
            N_("{path} is damaged in line {number}: {why}."),
            N_("Restore the file from a copy; nothing was changed."),
            domain="kaigo_subsidy",
            path=self.path,
            number=number,
            why=why,
        )
