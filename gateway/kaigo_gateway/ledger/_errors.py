"""What can go wrong with the ledger, in words for a person."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Fenced(Exception):
    """Another worker owns the Setup now; nothing of ours may be recorded."""


class LedgerUnavailable(CouldNotRun):
    """The database cannot be opened or written. Exit code 3."""

    code = "LEDGER_UNAVAILABLE"


class LedgerTooNew(LedgerUnavailable):
    """The database stands at a revision that this release does not know. Exit code 3."""

    def __init__(self, where: str) -> None:
        super().__init__(
            N_("The ledger {where} was written by a newer version."),
            N_("Nothing was changed. Use that version, or another ledger."),
            where=where,
        )


class UnknownSetup(InputError):
    """No Setup of that id stands in this ledger. Exit code 2."""

    code = "SETUP_UNKNOWN"

    def __init__(self, setup_id: str) -> None:
        super().__init__(
            N_("There is no Setup {id} in this ledger."),
            N_("`kaigo-gateway setup list` shows those that are."),
            id=setup_id,
        )


class UnknownCase(InputError):
    """No claim of that id stands in this ledger. Exit code 2."""

    code = "CLAIM_UNKNOWN"

    def __init__(self, case_id: str) -> None:
        super().__init__(
            N_("There is no claim {id} in this ledger."),
            N_("`kaigo-gateway grant case list` shows those that are."),
            id=case_id,
        )


class CaseTaken(InputError):
    """The office number has a claim in this programme and year already. Exit code 2."""

    code = "CLAIM_TAKEN"

    def __init__(self, case_id: str, office_number: str, state: str) -> None:
        super().__init__(
            N_("Office {number} already has the claim {id} in this programme (state: {state})."),
            N_("An office number claims once; go on with that claim, also after it was returned."),
            number=office_number,
            id=case_id,
            state=state,
        )
        self.case_id, self.office_number, self.state = case_id, office_number, state

    def naming(self, named: Callable[[str], object]) -> CaseTaken:
        """The same with the state's name beside its code."""
        error = CaseTaken(self.case_id, self.office_number, self.state)
        error.values["state"] = named(self.state)
        return error


class CaseMoved(CouldNotRun):
    """Somebody else entered something for this claim meanwhile. Exit code 3."""

    code = "CLAIM_MOVED"

    def __init__(self, case_id: str) -> None:
        super().__init__(
            N_("Claim {id} was changed by somebody else meanwhile."),
            N_("Nothing was entered. Look at it again, then decide."),
            id=case_id,
        )


class SetupMoved(CouldNotRun):
    """Something was entered for this Setup meanwhile. Exit code 3."""

    code = "SETUP_MOVED"

    def __init__(self, setup_id: str) -> None:
        super().__init__(
            N_("Setup {id} was changed by somebody else meanwhile."),
            N_("Nothing was entered. Look at it again, then decide."),
            id=setup_id,
        )


class WrongDatabase(InputError):
    """The setting ``ledger.url`` names no database that can hold a ledger. Exit code 2."""

    code = "LEDGER_URL"

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            N_("The database URL {url} cannot be used: {why}."),
            N_("Write ledger.url as sqlite+aiosqlite:///PATH or postgresql://USER@HOST/DATABASE."),
            url=url,
            why=why,
        )


class Busy(CouldNotRun):
    """Another process works on the Setup right now. Exit code 3."""

    code = "SETUP_BUSY"

    def __init__(self, setup_id: str, owner: str) -> None:
        super().__init__(
            N_("Setup {id} is being worked on by another process ({owner})."),
            N_("Wait until it has ended, or end it first."),
            id=setup_id,
            owner=owner,
        )


_KNOWN = (
    ("disk is full", N_("The disk is full")),
    ("no space left", N_("The disk is full")),
    ("readonly database", N_("The file is write-protected")),
    ("unable to open", N_("The file or its folder cannot be opened for writing")),
    ("not a database", N_("The file is not a ledger")),
    ("malformed", N_("The file is damaged")),
    ("database is locked", N_("Another program holds the file")),
    ("connect", N_("The database server cannot be reached")),
)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn a database error into :class:`LedgerUnavailable` with the place and the likely cause."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        original = getattr(error, "orig", None) or error
        text = " ".join(str(original).split())
        why = next((words for sign, words in _KNOWN if sign in text.lower()), None)
        raise LedgerUnavailable(
            N_("The ledger {where} cannot be used: {why}."),
            N_("Nothing is half-written. Mend it, then run again with --resume."),
            where=where,
            why=_translated(why) if why else text[:200],
        ) from error


def _translated(words: str) -> str:
    from kaigo_gateway.i18n import gettext

    return gettext(words)
