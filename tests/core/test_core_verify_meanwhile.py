"""Verifying a ledger in which somebody works: what is written meanwhile is no fault."""

from __future__ import annotations

import asyncio

import pytest
from core_kit import Bench, check, host_of, open_setup, plugin_with
from kaigo_gateway.ledger import CaseBook, CaseHead, Entry, Ledger, verify

BODY = {"entry": {"state": "preparing"}}


@pytest.mark.parametrize("before", ["ids", "records", "row"])
async def test_records_and_seals_written_while_it_reads_are_no_fault(ledger, monkeypatch, before):
    bench = Bench(ledger, host_of(plugin_with(check("one"))))
    await open_setup(ledger)
    await bench.runner.advance("S1")
    await open_setup(ledger, "S2")
    real, written = getattr(Ledger, before), []

    async def meanwhile(self, *arguments):
        if self is not ledger and not written:
            written.append(await bench.runner.advance("S2"))
        return await real(self, *arguments)

    monkeypatch.setattr(Ledger, before, meanwhile)
    found = await verify(ledger, bench.keys)
    assert written == ["done"]
    assert found.intact, found.faults
    assert (await verify(ledger, bench.keys)).seals == 2


async def test_claims_moved_while_it_reads_are_no_fault(ledger, monkeypatch):
    book = CaseBook(ledger)
    row = await book.open(CaseHead("kiban-office", 2026, "1370000001"), "preparing", BODY)
    real, written = CaseBook.records, []

    async def meanwhile(self, *arguments):
        if not written:
            written.append(await book.append(row.id, "ready", {"entry": {"state": "ready"}}, after=1))
        return await real(self, *arguments)

    monkeypatch.setattr(CaseBook, "records", meanwhile)
    found = await verify(ledger, {})
    assert written
    assert found.intact, found.faults


async def test_nobody_waits_for_a_verification(sqlite_ledger, monkeypatch):
    """SQLite has one connection for writing; verifying takes another one."""
    await open_setup(sqlite_ledger)
    claimed = await sqlite_ledger.claim("S1")
    real = Ledger.ids

    async def slow(self):
        await asyncio.wait_for(claimed.append([Entry("note", "1", {})]), 5)
        return await real(self)

    monkeypatch.setattr(Ledger, "ids", slow)
    assert (await verify(sqlite_ledger, {})).intact
