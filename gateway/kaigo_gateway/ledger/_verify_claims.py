"""Finding a claim, or an entry of one, that was changed, taken out or put elsewhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from kaigo_gateway.ledger._casebook import CaseBook
from kaigo_gateway.ledger._chain import GENESIS, canonical, entry_hash
from kaigo_gateway.ledger._faults import LedgerFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kaigo_gateway.ledger._casebook import CaseRecord, CaseRow
    from kaigo_gateway.ledger._ledger import Ledger


async def verify_claims(ledger: Ledger) -> tuple[int, int, list[LedgerFault]]:
    """How many claims and entries there are, and every contradiction among them."""
    book = CaseBook(ledger)
    rows, last = [], None
    while page := await book.rows(limit=1000, after=last):
        rows.extend(page)
        last = page[-1].id
    records = await book.records()
    faults = [*_chain(records), *_claims({row.id: row for row in rows}, records)]
    return len(rows), len(records), faults


def _chain(records: Sequence[CaseRecord]) -> Iterator[LedgerFault]:
    head = GENESIS
    for expected, item in enumerate(records, 1):
        place = f"{item.case_id} #{item.seq}"
        if item.number != expected:
            yield LedgerFault("RECORD_MISSING", f"claim entry {expected}", f"followed by {item.number}")
            return
        if item.prev_hash != head:
            yield LedgerFault("RECORD_REORDERED", place, "does not follow the entry before it")
        if not _is_canonical(item.body) or item.hash != _hash_of(item):
            yield LedgerFault("RECORD_CHANGED", place, f"claim entry {item.number}")
        head = item.hash


def _claims(rows: Mapping[str, CaseRow], records: Sequence[CaseRecord]) -> Iterator[LedgerFault]:
    """What the rows of claims say must be what their entries hold."""
    entries: dict[str, list[CaseRecord]] = {case_id: [] for case_id in rows}
    for item in records:
        if item.case_id in rows:
            entries[item.case_id].append(item)
        else:
            yield LedgerFault("CLAIM_MISSING", item.case_id, f"claim entry {item.number} names it")
    for case_id, row in rows.items():
        mine = entries[case_id]
        head = mine[-1].hash if mine else GENESIS
        if (row.entry_count, row.head_hash) != (len(mine), head):
            detail = f"{len(mine)} entries, {row.entry_count} were written"
            yield LedgerFault("RECORD_MISSING", f"{case_id} #{len(mine) + 1}", detail)
        yield from _row(row, mine)


def _row(row: CaseRow, mine: Sequence[CaseRecord]) -> Iterator[LedgerFault]:
    if not mine or not all(_is_canonical(each.body) for each in (mine[0], mine[-1])):
        return  # named by its chain
    opened, last = mine[0].document, mine[-1].document
    for name, recorded in opened.get("case", {}).items():
        if getattr(row, name) != recorded:
            yield LedgerFault("CLAIM_CHANGED", row.id, f"{name} differs from what was recorded at the start")
    if last.get("entry", {}).get("state") != row.state:
        yield LedgerFault("CLAIM_CHANGED", row.id, "the state differs from the last entry")


def _is_canonical(body: str) -> bool:
    try:
        document = json.loads(body)
        return isinstance(document, dict) and canonical(document).decode() == body
    except ValueError:
        return False


def _hash_of(item: CaseRecord) -> str:
    fields = asdict(item)
    fields.pop("hash")
    return entry_hash(**fields)
