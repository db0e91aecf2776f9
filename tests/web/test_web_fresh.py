"""A repeated read is answered from memory and still never old."""

from __future__ import annotations

from kaigo_gateway.ledger import Entry, Ledger, SetupHead
from kaigo_gateway.web._fresh import Counter
from web_kit import Stage2, plugin, served, site_document, until, write_certificate


async def test_a_commit_of_another_connection_changes_the_number(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    async with Ledger(url) as ledger:
        counter = Counter(ledger)
        before = counter.now()
        assert before is not None
        assert counter.now() == before
        head = SetupHead("1370000001", "n", simulated=False, document={})
        await ledger.create("20261122-AAAAAA", head, [Entry("k", "x", {})])
        assert counter.now() != before
        counter.close()


def test_a_file_that_cannot_be_read_has_no_number(tmp_path):
    counter = Counter(Ledger(f"sqlite+aiosqlite:///{tmp_path / 'missing.db'}"))
    assert counter.now() is None
    (tmp_path / "missing.db").write_bytes(b"not a database at all" * 99)
    assert counter.now() is None


async def test_a_repeated_read_asks_the_ledger_once_and_sees_every_change(tmp_path, monkeypatch):
    stage = Stage2(asks=True)
    async with served(tmp_path, plugin(stage), files=(tmp_path,)) as client:
        document = site_document(certificate=write_certificate(tmp_path))
        _, _, made = await client.post("/api/v1/setups", document)
        address = f"/api/v1/setups/{made['id']}"
        await until(client, made["id"], "waiting")
        asked, row = [], Ledger.row

        async def counted(self, setup_id):
            asked.append(setup_id)
            return await row(self, setup_id)

        monkeypatch.setattr(Ledger, "row", counted)
        first = await client.get(address)
        del asked[:]
        assert await client.get(address) == first
        assert (await client.get(f"{address}?lang=ja"))["questions"] != []
        assert asked == []
        await client.post(f"{address}/confirmations", {"key": "kit.done", "answer": {"answer": "yes"}})
        await until(client, made["id"], "done")
        assert (await client.get(address))["record_count"] > first["record_count"]
