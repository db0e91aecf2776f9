"""The ledger: every result of every Setup, hash-chained, in the site's own database."""

from __future__ import annotations

from kaigo_gateway.ledger._casebook import CaseBook, CaseHead, CaseRecord, CaseRow
from kaigo_gateway.ledger._chain import GENESIS, canonical, record_hash
from kaigo_gateway.ledger._claim import Claimed
from kaigo_gateway.ledger._errors import (
    Busy,
    CaseMoved,
    CaseTaken,
    Fenced,
    LedgerUnavailable,
    SetupMoved,
    UnknownCase,
    UnknownSetup,
)
from kaigo_gateway.ledger._faults import LedgerFault, Verification
from kaigo_gateway.ledger._ledger import Ledger
from kaigo_gateway.ledger._records import Entry, Record
from kaigo_gateway.ledger._rows import LEASE, SetupHead, SetupRow, now
from kaigo_gateway.ledger._tables import STATES
from kaigo_gateway.ledger._verify import verify
from kaigo_gateway.ledger._version import Version, renew, seen

__all__ = [
    "GENESIS",
    "LEASE",
    "STATES",
    "Busy",
    "CaseBook",
    "CaseHead",
    "CaseMoved",
    "CaseRecord",
    "CaseRow",
    "CaseTaken",
    "Claimed",
    "Entry",
    "Fenced",
    "Ledger",
    "LedgerFault",
    "LedgerUnavailable",
    "Record",
    "SetupHead",
    "SetupMoved",
    "SetupRow",
    "UnknownCase",
    "UnknownSetup",
    "Verification",
    "Version",
    "canonical",
    "now",
    "record_hash",
    "renew",
    "seen",
    "verify",
]
