"""The ledger's door: create Setups, claim one, append its records, seal it."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from kaigo_gateway.ledger._chain import GENESIS
from kaigo_gateway.ledger._claim import Claimed, take
from kaigo_gateway.ledger._engine import READING, make_engine, migrate
from kaigo_gateway.ledger._errors import UnknownSetup, explained
from kaigo_gateway.ledger._listing import counts_query, looks_query, rows_query
from kaigo_gateway.ledger._records import Entry, Record, chain
from kaigo_gateway.ledger._rows import COLUMNS, SetupHead, SetupRow, now
from kaigo_gateway.ledger._tables import event, outbox, record, seal, setup
from kaigo_gateway.ledger._unbroken import unbroken
from kaigo_gateway.ledger._version import unchanged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from kaigo_gateway.ledger._version import Version


async def threads_ended(threads: Iterable[threading.Thread]) -> None:
    """Wait a moment for aiosqlite's thread: it answers the loop once more and complains where that closed."""
    for thread in threads:
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 1.0)


async def _give_back(claimed: Claimed | None) -> None:
    if claimed is not None:
        await claimed.give_back()


class Ledger:
    """One database. Open with ``async with Ledger(url) as ledger``; migrations run then.

    Raises :class:`LedgerUnavailable` wherever the database cannot be used, :class:`InputError` for a URL
    that names no database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._reader = self.engine.execution_options(**{READING: True})
        self.where = self.engine.url.render_as_string(hide_password=True)
        self.send_once = self.insert(outbox).on_conflict_do_nothing()  # built once, used by every append

    async def __aenter__(self) -> Self:
        before = set(threading.enumerate())
        try:
            with explained(self.where):
                await migrate(self.engine)
        except BaseException:  # a connection left open would keep the process from ending
            await self.engine.dispose()
            await threads_ended(set(threading.enumerate()) - before)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        with explained(self.where):
            async with self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SELECTs: on SQLite without the writer's lock."""
        with explained(self.where):
            async with self._reader.connect() as connection:
                yield connection

    def insert(self, table: sa.Table) -> Any:
        if self.engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as on_server

            return on_server(table)
        from sqlalchemy.dialects.sqlite import insert as on_file

        return on_file(table)

    async def create(self, setup_id: str, head: SetupHead, entries: Sequence[Entry]) -> None:
        """Enter a new Setup with its first records; a second call with the same id changes nothing."""
        at = now()
        records = chain(setup_id, list(entries), after=0, head=GENESIS, at=at)
        async with self.begin() as connection:
            inserted = await connection.execute(
                self.insert(setup)
                .values(
                    id=setup_id,
                    created_at=at,
                    office_number=head.office_number,
                    office_name=head.office_name,
                    simulated=head.simulated,
                    document=dict(head.document),
                    state="ready",
                    record_count=len(records),
                    head_hash=records[-1].hash if records else GENESIS,
                )
                .on_conflict_do_nothing()
                .returning(setup.c.id)
            )
            if inserted.first() is not None and records:  # rowcount says nothing on PostgreSQL
                await connection.execute(sa.insert(record), [item.row() for item in records])

    async def row(self, setup_id: str) -> SetupRow:
        """One Setup. Raises :class:`UnknownSetup`."""
        async with self.read() as connection:
            found = (await connection.execute(sa.select(*COLUMNS).where(setup.c.id == setup_id))).first()
        if found is None:
            raise UnknownSetup(setup_id)
        return SetupRow(**found._mapping)  # noqa: SLF001 - SQLAlchemy's documented name

    async def rows(
        self, *, limit: int = 100, before: str | None = None, words: str = "", looks: Collection[str] = ()
    ) -> list[SetupRow]:
        """Setups, newest first; ``before`` is :meth:`SetupRow.cursor` of the last one of the page before.

        The cursor names a place, not a number of rows: what is opened meanwhile moves no page. ``words`` must
        all occur in office name, number or id; ``looks`` are keys of :meth:`looks`.
        """
        query = rows_query(limit, before, words, looks)
        async with self.read() as connection:
            found = (await connection.execute(query)).all()
        return [SetupRow(**each._mapping) for each in found]  # noqa: SLF001

    async def looks(self, words: str = "") -> dict[str, int]:
        """How many Setups look how: by ``overall`` where they are done, otherwise by their state."""
        async with self.read() as connection:
            found = (await connection.execute(looks_query(words))).all()
        return {str(row._mapping["look"]): int(row._mapping["number"]) for row in found}  # noqa: SLF001

    async def counts(self) -> list[tuple[str, bool, str | None, int]]:
        """How many Setups there are: state, whether one is being worked on, verdict, number."""
        async with self.read() as connection:
            found = (await connection.execute(counts_query(time.time()))).all()
        return [(state, bool(running), overall, number) for state, running, overall, number in found]

    async def ids(self) -> list[str]:
        """The ids of all Setups."""
        async with self.read() as connection:
            return list((await connection.execute(sa.select(setup.c.id).order_by(setup.c.id))).scalars())

    async def records(self, setup_id: str, after: int = 0) -> list[Record]:
        """The records of a Setup behind number ``after``, in order."""
        query = (
            sa.select(record)
            .where(record.c.setup_id == setup_id, record.c.seq > after)
            .order_by(record.c.seq)
        )
        async with self.read() as connection:
            found = (await connection.execute(query)).all()
        return [Record(**each._mapping) for each in found]  # noqa: SLF001

    async def events(self, setup_id: str) -> dict[str, Any]:
        """What people confirmed for a Setup, by key."""
        query = sa.select(event.c.key, event.c.body).where(event.c.setup_id == setup_id)
        async with self.read() as connection:
            return {each.key: each.body for each in await connection.execute(query)}

    async def send(
        self, setup_id: str, key: str, body: Mapping[str, Any], *, expect: Version | None = None
    ) -> None:
        """Enter a person's confirmation and wake the Setup; the first answer to a key stands.

        Raises :class:`SetupMoved` where the Setup is no longer as ``expect`` says.
        """
        await self.row(setup_id)
        async with self.begin() as connection:
            await unchanged(connection, setup_id, expect)
            await connection.execute(
                self.insert(event)
                .values(setup_id=setup_id, key=key, body=dict(body), at=now())
                .on_conflict_do_nothing()
            )
            await connection.execute(
                sa.update(setup)
                .where(setup.c.id == setup_id, setup.c.state == "waiting")
                .values(state="ready", wake_at=0)
            )

    async def due(self, limit: int = 1000) -> list[str]:
        """Ids of Setups that are ready and that nobody works on."""
        moment = time.time()
        query = (
            sa.select(setup.c.id)
            .where(setup.c.state == "ready", setup.c.wake_at <= moment, setup.c.lease_until < moment)
            .order_by(setup.c.wake_at)
            .limit(limit)
        )
        async with self.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def unsent(self, limit: int = 100) -> list[tuple[int, str, Any]]:
        """Outbox rows not yet delivered: id, key, body."""
        query = (
            sa.select(outbox.c.id, outbox.c.key, outbox.c.body)
            .where(outbox.c.sent_at.is_(None))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        async with self.read() as connection:
            return [tuple(each) for each in await connection.execute(query)]

    async def waiting(self) -> int:
        """How many outbox rows are not yet delivered."""
        query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
        async with self.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def mark_sent(self, ids: Sequence[int]) -> None:
        """Note that outbox rows were delivered."""
        async with self.begin() as connection:
            await connection.execute(
                sa.update(outbox).where(outbox.c.id.in_(list(ids))).values(sent_at=time.time())
            )

    async def claim(
        self, setup_id: str, *, states: Sequence[str] = ("ready",), expect: Version | None = None
    ) -> Claimed | None:
        """Take a Setup to work on it; None when its state is not one of ``states``.

        Raises :class:`Busy` while another living process holds it, :class:`SetupMoved` where it is no longer
        as ``expect`` says. A claim whose task is cancelled is given back.
        """
        return await unbroken(take(self, setup_id, states, expect), undo=_give_back)

    async def seals(self) -> list[Mapping[str, Any]]:
        """All seals in the order of their numbers."""
        async with self.read() as connection:
            found = (await connection.execute(sa.select(seal).order_by(seal.c.number))).all()
        return [dict(each._mapping) for each in found]  # noqa: SLF001
