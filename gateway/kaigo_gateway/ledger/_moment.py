"""The ledger as it is at one moment: what is compared with each other must have been read at once."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from kaigo_gateway.ledger._engine import READING, make_engine
from kaigo_gateway.ledger._errors import explained
from kaigo_gateway.ledger._ledger import Ledger, threads_ended

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection


class Moment(Ledger):
    """A ledger for reading only, every read from one transaction."""

    def __init__(self, of: Ledger, connection: AsyncConnection) -> None:
        self.__dict__.update(of.__dict__)
        self._connection = connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """The one connection, which sees nothing that is written meanwhile."""
        with explained(self.where):
            yield self._connection


@asynccontextmanager
async def moment(ledger: Ledger) -> AsyncIterator[Ledger]:
    """The ledger frozen; nobody has to wait meanwhile, in this process or another."""
    if ledger.engine.dialect.name == "postgresql":
        once = ledger.engine.execution_options(isolation_level="REPEATABLE READ")
        with explained(ledger.where):
            async with once.connect() as connection:
                yield Moment(ledger, connection)
        return
    if ledger.engine.url.database in {None, "", ":memory:"}:  # no other connection sees it
        yield ledger
        return
    before = set(threading.enumerate())
    engine = make_engine(ledger.url)  # a connection of its own: the ledger's only one stays free for writing
    try:
        with explained(ledger.where):
            async with engine.execution_options(**{READING: True}).connect() as connection:
                await _begin(connection)
                yield Moment(ledger, connection)
    finally:
        await engine.dispose()
        await threads_ended(set(threading.enumerate()) - before)


async def _begin(connection: Any) -> None:
    raw = await connection.get_raw_connection()
    await raw.driver_connection.execute("BEGIN")
