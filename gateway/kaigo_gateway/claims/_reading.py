"""A claim from its records, an entry from what a person gave."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.cases import Case, CaseEntry, EvidenceFile
from kaigo_gateway.model.plainwords import in_plain_words
from kaigo_gateway.reading import unreadable
from kaigo_gateway.setup._state import JAPAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kaigo_gateway.ledger import CaseHead, CaseRecord, CaseRow
    from kaigo_gateway.model._base import Model

M = TypeVar("M", bound="Model")


def case_of(row: CaseRow, records: Sequence[CaseRecord]) -> Case:
    """A claim with its history. Raises :class:`CouldNotRun` for one whose records cannot be read."""
    try:
        return Case.model_validate(
            {
                "id": row.id,
                "programme": row.programme,
                "fiscal_year": row.fiscal_year,
                "office_number": row.office_number,
                "simulated": bool(row.simulated),
                "setup_id": row.setup_id,
                "entries": [_entry(record) for record in records],
            }
        )
    except (ValueError, KeyError, TypeError) as error:  # pydantic's error is a ValueError
        raise CouldNotRun(
            N_("The records of claim {id} cannot be read."),
            N_("`kaigo-gateway ledger verify` names what was changed; restore the ledger from a copy."),
            id=row.id,
        ) from error


def _entry(record: CaseRecord) -> dict[str, Any]:
    return {**record.document["entry"], "at": record.at, "hash": record.hash}


def today() -> date:
    """The day it is in Japan, wherever this runs."""
    return datetime.now(JAPAN).date()


def entry_of(values: Mapping[str, Any]) -> CaseEntry:
    """An entry from plain values; today where no day is given. Raises :class:`InputError`."""
    given = {name: value for name, value in values.items() if name not in {"at", "hash"}}
    return _valid(CaseEntry, {"on": today(), **given})


def like(head: CaseHead, entry: CaseEntry) -> Case:
    """The claim that would be opened, to see that its parts are valid. Raises :class:`InputError`."""
    return _valid(Case, {"id": head.id, **head.body(), "entries": (entry,)})


def not_in_the_future(entry: CaseEntry) -> None:
    """What is entered has happened. Raises :class:`InputError`."""
    if entry.on > today():
        raise InputError(
            N_("{day} has not come yet."),
            N_("Enter a move on or after the day on which it happened."),
            day=entry.on,
        )


def _valid(model: type[M], values: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = in_plain_words(first["type"], first["msg"], first.get("ctx", {}))
        raise InputError(
            N_("The entry is wrong at {place}: {why}."),
            N_("Correct that place."),
            place=".".join(map(str, first["loc"])),
            why=why,
        ) from None


def evidence_of(path: Path) -> EvidenceFile:
    """A file as evidence: name, size and SHA-256; it is read in pieces. Raises :class:`InputError`."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise unreadable(path, error) from None
    return EvidenceFile(name=path.name[-255:], sha256=digest.hexdigest(), size=size)
