"""``verify`` finds whatever was done to the file behind the ledger's back."""

from __future__ import annotations

import json
import sqlite3

import pytest
from core_kit import Bench, check, host_of, plugin_with
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kaigo_gateway.ledger import Ledger, verify
from kaigo_gateway.ledger._chain import record_hash

SITE_CHANGED = "UPDATE setup SET document = replace(document, '\"11\"', '\"15\"') WHERE id='S1'"
SWAPPED = (
    "UPDATE record SET seq=-1 WHERE setup_id='S1' AND seq=2",
    "UPDATE record SET seq=2 WHERE setup_id='S1' AND seq=3",
    "UPDATE record SET seq=3 WHERE setup_id='S1' AND seq=-1",
)
TAIL = "DELETE FROM record WHERE setup_id='S1' AND seq >= 4"
HEAD_MENDED = """UPDATE setup SET record_count=3,
    head_hash=(SELECT hash FROM record WHERE setup_id='S1' AND seq=3) WHERE id='S1'"""

DEEDS = {
    "a_result_is_changed": (
        ["UPDATE record SET body=replace(body, 'SEEN_WELL', 'SEEN_ODD') WHERE setup_id='S1' AND seq=2"],
        {"RECORD_CHANGED"},
    ),
    "a_body_is_no_json": (["UPDATE record SET body='{' WHERE setup_id='S1' AND seq=1"], {"RECORD_CHANGED"}),
    "a_body_is_written_differently": (
        ["UPDATE record SET body=body || ' ' WHERE setup_id='S1' AND seq=2"],
        {"RECORD_CHANGED"},
    ),
    "a_time_is_changed": (
        ["UPDATE record SET at='2020-01-01T00:00:00Z' WHERE setup_id='S1' AND seq=2"],
        {"RECORD_CHANGED"},
    ),
    "a_kind_is_changed": (
        ["UPDATE record SET kind='note' WHERE setup_id='S1' AND seq=2"],
        {"RECORD_CHANGED"},
    ),
    "a_record_in_the_middle_is_deleted": (
        ["DELETE FROM record WHERE setup_id='S1' AND seq=2"],
        {"RECORD_MISSING"},
    ),
    "the_tail_is_deleted": ([TAIL], {"RECORD_MISSING"}),
    "the_tail_is_deleted_and_the_head_mended": ([TAIL, HEAD_MENDED], {"RECORD_MISSING"}),
    "all_records_are_deleted": (["DELETE FROM record WHERE setup_id='S1'"], {"RECORD_MISSING"}),
    "records_are_reordered": (SWAPPED, {"RECORD_REORDERED"}),
    "a_record_is_moved_to_another_setup": (
        ["UPDATE record SET setup_id='S2', seq=99, key='x' WHERE setup_id='S1' AND seq=4"],
        {"RECORD_MISSING"},
    ),
    "a_seal_in_the_middle_is_removed": (["DELETE FROM seal WHERE number=1"], {"SEAL_MISSING"}),
    "the_last_seal_is_removed": (["DELETE FROM seal WHERE number=2"], {"SEAL_MISSING"}),
    "all_seals_are_removed": (["DELETE FROM seal"], {"SEAL_MISSING"}),
    "a_seal_is_changed": (["UPDATE seal SET at='2020-01-01T00:00:00Z' WHERE number=1"], {"SEAL_CHANGED"}),
    "a_seal_covers_nothing": (["UPDATE seal SET record_count=0 WHERE number=1"], {"SEAL_CHANGED"}),
    "seals_are_reordered": (
        [
            "UPDATE seal SET number=9 WHERE number=1",
            "UPDATE seal SET number=1 WHERE number=2",
            "UPDATE seal SET number=2 WHERE number=9",
        ],
        {"SEAL_REORDERED"},
    ),
    "a_signature_is_exchanged": (
        ["UPDATE seal SET signature=(SELECT signature FROM seal WHERE number=2) WHERE number=1"],
        {"SEAL_SIGNATURE_WRONG"},
    ),
    "a_signature_is_no_signature": (
        ["UPDATE seal SET signature='none' WHERE number=1"],
        {"SEAL_SIGNATURE_WRONG"},
    ),
    "a_seal_names_another_key": (["UPDATE seal SET key_id='key2' WHERE number=1"], {"SEAL_KEY_UNKNOWN"}),
    "the_site_is_changed": ([SITE_CHANGED], {"SETUP_CHANGED"}),
    "the_site_is_no_json": (["UPDATE setup SET document='{' WHERE id='S1'"], {"SETUP_CHANGED"}),
    "the_mark_of_a_simulation_is_removed": (
        ["UPDATE setup SET simulated=1-simulated WHERE id='S1'"],
        {"SETUP_CHANGED"},
    ),
    "the_office_is_exchanged": (
        ["UPDATE setup SET office_number='1370000002' WHERE id='S1'"],
        {"SETUP_CHANGED"},
    ),
    "the_verdict_is_exchanged": (["UPDATE setup SET overall='fail' WHERE id='S1'"], {"SETUP_CHANGED"}),
    "a_sealed_setup_is_deleted": (
        ["DELETE FROM record WHERE setup_id='S1'", "DELETE FROM setup WHERE id='S1'"],
        {"SETUP_MISSING"},
    ),
    "a_sealed_setup_is_deleted_with_its_seal": (
        [
            "DELETE FROM record WHERE setup_id='S1'",
            "DELETE FROM seal WHERE setup_id='S1'",
            "DELETE FROM setup WHERE id='S1'",
        ],
        {"SEAL_MISSING"},
    ),
}


@pytest.fixture
async def sealed(tmp_path):
    """Two sealed Setups in a closed ledger; gives its file and the key that verifies it."""
    path = tmp_path / "ledger.db"
    host = host_of(plugin_with(check("reader.a"), check("reader.b"), check("reader.c")))
    async with Ledger(f"sqlite+aiosqlite:///{path}") as ledger:
        bench = Bench(ledger, host)
        await bench.run("S1")
        await bench.run("S2")
    return path, bench.keys


def alter(path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        assert connection.execute(statement).rowcount > 0, statement
    connection.commit()
    connection.close()


async def faults(path, keys) -> set[str]:
    async with Ledger(f"sqlite+aiosqlite:///{path}") as ledger:
        return {fault.code for fault in (await verify(ledger, keys)).faults}


async def test_an_untouched_ledger_is_intact(sealed):
    assert await faults(*sealed) == set()


@pytest.mark.parametrize("deed", DEEDS)
async def test_verify_finds_that(sealed, deed):
    path, keys = sealed
    statements, expected = DEEDS[deed]
    alter(path, *statements)
    assert expected <= await faults(path, keys)


async def test_a_forged_chain_does_not_pass_the_seal(sealed):
    """Somebody who can compute hashes rewrites a whole chain; only the key is missing."""
    path, keys = sealed
    connection = sqlite3.connect(path)
    names = ("seq", "kind", "key", "at", "body")
    rows = connection.execute(
        f"SELECT {','.join(names)} FROM record WHERE setup_id='S1' ORDER BY seq"
    ).fetchall()
    head = "0" * 64
    for row in rows:
        fields = dict(zip(names, row, strict=True))
        fields["body"] = fields["body"].replace("SEEN_WELL", "SEEN_ODD1")
        new = record_hash(setup_id="S1", prev_hash=head, **fields)
        connection.execute(
            "UPDATE record SET body=?, prev_hash=?, hash=? WHERE setup_id='S1' AND seq=?",
            (fields["body"], head, new, fields["seq"]),
        )
        head = new
    connection.execute("UPDATE setup SET head_hash=? WHERE id='S1'", (head,))
    connection.commit()
    connection.close()
    assert await faults(path, keys) == {"SEAL_BROKEN"}


async def test_a_seal_of_another_key_under_the_same_name_is_found(sealed):
    path, _ = sealed
    assert await faults(path, {"key1": Ed25519PrivateKey.generate().public_key()}) == {"SEAL_SIGNATURE_WRONG"}


async def test_without_a_key_every_seal_is_named(sealed):
    path, _ = sealed
    async with Ledger(f"sqlite+aiosqlite:///{path}") as ledger:
        found = await verify(ledger, {})
    assert [fault.code for fault in found.faults] == ["SEAL_KEY_UNKNOWN"] * 2
    assert not found.intact


async def test_every_fault_names_its_place(sealed):
    path, keys = sealed
    alter(path, "UPDATE record SET body=replace(body, 'SEEN_WELL', 'SEEN_ODD') WHERE setup_id='S2' AND seq=3")
    async with Ledger(f"sqlite+aiosqlite:///{path}") as ledger:
        found = await verify(ledger, keys)
    assert [(fault.code, fault.place) for fault in found.faults] == [("RECORD_CHANGED", "S2 #3")]


def test_every_fault_code_has_words():
    from kaigo_gateway.cli.ledger import FAULTS

    named = set().union(*(expected for _, expected in DEEDS.values()), {"SEAL_BROKEN"})
    assert named <= set(FAULTS)
    assert json.dumps(FAULTS)
