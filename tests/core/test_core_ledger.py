"""The ledger on SQLite and PostgreSQL: claims, fences, leases, events, outbox, migrations."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa
from core_kit import OFFICE, open_setup
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kaigo_gateway.ledger import (
    GENESIS,
    Busy,
    Entry,
    Fenced,
    Ledger,
    LedgerUnavailable,
    SetupHead,
    UnknownSetup,
    canonical,
    verify,
)
from kaigo_gateway.ledger._rows import this_owner
from kaigo_gateway.ledger._tables import REVISION, metadata, setup

HEAD = SetupHead(OFFICE, "架空事業所", simulated=True, document={"site": {}, "base": "."})


def entry(key: str = "a", **body: object) -> Entry:
    return Entry("check.result", key, body)


async def alter(ledger: Ledger, **values: object) -> None:
    async with ledger.engine.begin() as connection:
        await connection.execute(sa.update(setup).values(**values))


async def seal(
    ledger: Ledger, setup_id: str = "S1", key: Ed25519PrivateKey | None = None
) -> Ed25519PrivateKey:
    key = key or Ed25519PrivateKey.generate()
    claimed = await ledger.claim(setup_id)
    await claimed.seal(Entry("setup.sealed", "1", {"overall": "ok"}), key, "key1", "ok")
    return key


async def test_creating_twice_leaves_one_setup(ledger):
    for _ in range(2):
        await ledger.create("S1", HEAD, [Entry("setup.opened", "1", {"site": {}})])
    assert [row.id for row in await ledger.rows()] == ["S1"]
    assert [(record.seq, record.prev_hash) for record in await ledger.records("S1")] == [(1, GENESIS)]
    row = await ledger.row("S1")
    assert (row.office_number, row.simulated, row.state) == (OFFICE, True, "ready")


async def test_unknown_setup_is_a_clear_input_error(ledger):
    for action in (ledger.row("nope"), ledger.claim("nope"), ledger.send("nope", "k", {})):
        with pytest.raises(UnknownSetup) as caught:
            await action
        assert "nope" in caught.value.text("en")
        assert caught.value.exit_code == 2


async def test_records_link_to_each_other(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await claimed.append([entry("a", n=1), entry("b", text="介護")])
    await claimed.append([entry("c")])
    records = await ledger.records("S1")
    assert [record.seq for record in records] == [1, 2, 3, 4]
    assert [record.prev_hash for record in records] == [GENESIS, *(record.hash for record in records[:-1])]
    assert (await ledger.row("S1")).head_hash == records[-1].hash
    assert [record.document for record in await ledger.records("S1", after=2)] == [{"text": "介護"}, {}]


async def test_one_key_is_recorded_once_and_a_refused_append_leaves_nothing(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await claimed.append([entry("a")])
    with pytest.raises(LedgerUnavailable):
        await claimed.append([entry("b"), entry("a")], {"S1/b": {"n": 1}})
    assert [record.key for record in await ledger.records("S1")] == ["1", "a"]
    assert await ledger.unsent() == []
    await claimed.append([entry("b")])
    assert (await verify(ledger, {})).intact


async def test_a_second_claim_is_busy_while_the_first_lives(ledger):
    await open_setup(ledger)
    await ledger.claim("S1")
    with pytest.raises(Busy) as caught:
        await ledger.claim("S1")
    assert this_owner() in caught.value.text("en")


async def test_claims_at_once_give_one_owner(ledger):
    await open_setup(ledger)
    taken = await asyncio.gather(*(ledger.claim("S1") for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(each, Exception) for each in taken) == 1
    assert sum(isinstance(each, Busy) for each in taken) == 7


async def test_an_expired_lease_can_be_taken_and_the_old_owner_is_fenced(ledger):
    await open_setup(ledger)
    old = await ledger.claim("S1")
    await alter(ledger, lease_until=time.time() - 1)
    new = await ledger.claim("S1")
    for action in (old.append([entry("a")]), old.beat(), old.release("ready")):
        with pytest.raises(Fenced):
            await action
    with pytest.raises(Fenced):
        await old.seal(entry("s"), Ed25519PrivateKey.generate(), "key1", "ok")
    await new.append([entry("a")])
    assert [record.key for record in await ledger.records("S1")] == ["1", "a"]
    assert await ledger.seals() == []


@pytest.mark.skipif(os.name != "posix", reason="process ids are asked on POSIX only")
async def test_the_claim_of_a_dead_process_of_this_machine_is_free_at_once(ledger):
    await open_setup(ledger)
    await ledger.claim("S1")
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await child.wait()
    host = this_owner().rpartition("/")[0]
    await alter(ledger, owner=f"{host}/{child.pid}")
    assert (await ledger.claim("S1")).row.owner == this_owner()
    await alter(ledger, owner=f"elsewhere/{child.pid}")
    with pytest.raises(Busy):
        await ledger.claim("S1")


async def test_a_beat_lengthens_the_lease(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await alter(ledger, lease_until=time.time() + 1)
    await claimed.beat()
    assert (await ledger.row("S1")).lease_until > time.time() + 10


async def test_claims_ask_for_the_wanted_states_only(ledger):
    await open_setup(ledger)
    await seal(ledger)
    assert (await ledger.row("S1")).state == "done"
    assert await ledger.claim("S1") is None
    assert await ledger.claim("S1", states=("done",)) is not None


async def test_due_lists_what_is_ready_and_unclaimed(ledger):
    for name in ("S1", "S2", "S3"):
        await open_setup(ledger, name)
    assert sorted(await ledger.due()) == ["S1", "S2", "S3"]
    await (await ledger.claim("S1")).release("waiting", seen_events=0)
    await ledger.claim("S2")
    assert await ledger.due() == ["S3"]
    await ledger.send("S1", "card", {"answer": "yes"})
    assert sorted(await ledger.due()) == ["S1", "S3"]


async def test_the_first_answer_to_a_question_stands(ledger):
    await open_setup(ledger)
    await ledger.send("S1", "card", {"answer": "yes"})
    await ledger.send("S1", "card", {"answer": "no"})
    assert await ledger.events("S1") == {"card": {"answer": "yes"}}


async def test_an_answer_during_the_work_is_not_slept_over(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await ledger.send("S1", "card", {"answer": "yes"})
    assert await claimed.release("waiting", seen_events=0) == "ready"
    assert await ledger.due() == ["S1"]


async def test_outbox_rows_come_once_and_in_order(ledger):
    await open_setup(ledger)
    claimed = await ledger.claim("S1")
    await claimed.append([entry("a")], {"S1/a": {"n": 1}})
    await claimed.append([entry("b")], {"S1/b": {"n": 2}, "S1/a": {"n": 9}})
    rows = await ledger.unsent()
    assert [(key, body) for _, key, body in rows] == [("S1/a", {"n": 1}), ("S1/b", {"n": 2})]
    await ledger.mark_sent([rows[0][0]])
    assert [key for _, key, _ in await ledger.unsent()] == ["S1/b"]


async def test_seals_form_one_chain_over_all_setups(ledger):
    key = Ed25519PrivateKey.generate()
    for name in ("S1", "S2", "S3"):
        await open_setup(ledger, name)
        await seal(ledger, name, key)
    seals = await ledger.seals()
    assert [each["number"] for each in seals] == [1, 2, 3]
    assert [each["prev_hash"] for each in seals] == [GENESIS, *(each["hash"] for each in seals[:-1])]
    found = await verify(ledger, {"key1": key.public_key()})
    assert (found.setups, found.records, found.seals, found.intact) == (3, 6, 3, True)


async def test_seals_at_once_do_not_collide(ledger):
    key = Ed25519PrivateKey.generate()
    names = [f"S{number}" for number in range(8)]
    for name in names:
        await open_setup(ledger, name)
    await asyncio.gather(*(seal(ledger, name, key) for name in names))
    assert [each["number"] for each in await ledger.seals()] == list(range(1, 9))
    assert (await verify(ledger, {"key1": key.public_key()})).intact


async def test_setups_are_listed_newest_first_page_by_page(ledger):
    for number in range(5):
        await open_setup(ledger, f"S{number}")
    first = await ledger.rows(limit=2)
    rest = await ledger.rows(limit=10, before=first[-1].created_at)
    assert [row.id for row in (*first, *rest)] == ["S4", "S3", "S2", "S1", "S0"]


async def test_migrating_twice_changes_nothing(database_url):
    async with Ledger(database_url) as ledger:
        await open_setup(ledger)
    async with Ledger(database_url) as ledger:
        assert len(await ledger.records("S1")) == 1


async def test_migrations_and_tables_agree(ledger):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with ledger.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def shape(connection):
    """Everything that a database says of its tables."""
    look = sa.inspect(connection)

    def listed(found):
        return sorted(str({key: plain(value) for key, value in sorted(each.items())}) for each in found)

    def plain(value):
        return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else str(value)

    return {
        name: {
            "columns": [str(sorted(each.items(), key=str)) for each in look.get_columns(name)],
            "key": str(sorted(look.get_pk_constraint(name).items(), key=str)),
            "unique": listed(look.get_unique_constraints(name)),
            "foreign": listed(look.get_foreign_keys(name)),
            "checks": listed(look.get_check_constraints(name)),
            "indexes": listed(look.get_indexes(name)),
        }
        for name in sorted(look.get_table_names())
    }


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_a_new_database_is_laid_out_exactly_as_the_migrations_do(kind, request, tmp_path):
    from kaigo_gateway.ledger._engine import make_engine, migrate

    shapes = []
    for number, revision in enumerate(("head", REVISION)):
        url = f"sqlite+aiosqlite:///{tmp_path / f'{number}.db'}"
        if kind == "postgresql":
            url = request.getfixturevalue("postgresql").fresh_database()
        engine = make_engine(url)
        await migrate(engine, revision)
        async with engine.connect() as connection:
            shapes.append(await connection.run_sync(shape))
            version = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            assert version.scalars().all() == [REVISION]
        await engine.dispose()
    assert shapes[0] == shapes[1]


async def test_an_empty_schema_with_foreign_tables_is_migrated_beside_them(database_url):
    from kaigo_gateway.ledger._engine import make_engine

    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE somebody_elses (x INTEGER)")
    await engine.dispose()
    async with Ledger(database_url) as ledger:
        await open_setup(ledger)
        assert len(await ledger.records("S1")) == 1


def test_the_newest_migration_is_the_one_the_tables_name():
    from pathlib import Path

    from alembic.script import ScriptDirectory
    from kaigo_gateway import ledger

    folder = Path(ledger.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [REVISION]


MIGRATE = """
import asyncio, sys
from kaigo_gateway.ledger import Ledger

async def main():
    async with Ledger(sys.argv[1]) as ledger:
        await ledger.rows()

asyncio.run(main())
"""


def test_four_processes_may_migrate_at_once(database_url):
    children = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, database_url], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ends = [(child.communicate()[1].decode(), child.returncode) for child in children]
    assert ends == [("", 0)] * 4


async def test_a_ledger_of_a_newer_version_is_left_alone(database_url):
    async with Ledger(database_url) as ledger, ledger.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num='9999'")
    with pytest.raises(LedgerUnavailable) as caught:
        await Ledger(database_url).__aenter__()
    assert "newer version" in caught.value.text("en")


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql+nope://host/x", "sqlite:///x.db", "postgresql://h:port/x"]
)
def test_a_wrong_database_url_is_a_clear_input_error(url):
    from kaigo_gateway.errors import GatewayError

    with pytest.raises(GatewayError) as caught:
        Ledger(url)
    assert caught.value.exit_code == 2


@pytest.mark.postgresql
async def test_a_password_in_the_url_never_shows(postgresql):
    ledger = Ledger("postgresql+psycopg://somebody:hunter22@127.0.0.1:1/nothing?connect_timeout=2")
    with pytest.raises(LedgerUnavailable) as caught:
        await ledger.__aenter__()
    assert "hunter22" not in f"{caught.value.text('en')} {caught.value}"
    assert "127.0.0.1" in caught.value.text("en")


def test_canonical_json_is_the_rfc_form():
    assert canonical({"b": 1.0, "a": ["介", None, True], "A": 1e21}) == (
        '{"A":1e+21,"a":["介",null,true],"b":1}'.encode()
    )
    for bad in (float("nan"), 2**60, {1: 2}, object()):
        with pytest.raises(ValueError, match=r"."):
            canonical(bad)
