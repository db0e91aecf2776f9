"""The ledger: every result of every Setup, hash-chained, in the site's own database."""

from __future__ import annotations

from kaigo_gateway.ledger._chain import GENESIS, canonical, record_hash
from kaigo_gateway.ledger._claim import Claimed
from kaigo_gateway.ledger._errors import Busy, Fenced, LedgerUnavailable, UnknownSetup
from kaigo_gateway.ledger._ledger import Ledger
from kaigo_gateway.ledger._records import Entry, Record
from kaigo_gateway.ledger._rows import LEASE, SetupHead, SetupRow, now
from kaigo_gateway.ledger._verify import LedgerFault, Verification, verify

__all__ = [
    "GENESIS",
    "LEASE",
    "Busy",
    "Claimed",
    "Entry",
    "Fenced",
    "Ledger",
    "LedgerFault",
    "LedgerUnavailable",
    "Record",
    "SetupHead",
    "SetupRow",
    "UnknownSetup",
    "Verification",
    "canonical",
    "now",
    "record_hash",
    "verify",
]
