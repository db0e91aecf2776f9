"""The version of a Setup: whoever changes what they have seen names it, and the database compares.

What moves with each claim (``epoch``), each record, each change of state and each confirmation is in the rows
already, so no column is kept for it. Comparing and writing are one transaction that holds the Setup's row, so
of two callers with one version only the first is let through, whichever process they ask.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kaigo_gateway.ledger._errors import SetupMoved, UnknownSetup
from kaigo_gateway.ledger._rows import COLUMNS, SetupRow
from kaigo_gateway.ledger._tables import event, setup

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from kaigo_gateway.ledger._ledger import Ledger

_EVENTS: Final = (
    sa.select(sa.func.count())
    .select_from(event)
    .where(event.c.setup_id == setup.c.id)
    .scalar_subquery()
    .label("events")
)


@dataclass(frozen=True, slots=True)
class Version:
    """What moves whenever anything is entered about a Setup; ``events`` are the confirmations."""

    epoch: int
    record_count: int
    state: str
    events: int

    @property
    def tag(self) -> str:
        """The same for the same version, in every process; no other version of the Setup has it."""
        return f"{self.epoch}.{self.record_count}.{self.state}.{self.events}"


async def seen(ledger: Ledger, setup_id: str) -> tuple[SetupRow, Version]:
    """A Setup and its version, of one moment. Raises :class:`UnknownSetup`."""
    async with ledger.read() as connection:
        found = (await connection.execute(sa.select(*COLUMNS, _EVENTS).where(setup.c.id == setup_id))).first()
    if found is None:
        raise UnknownSetup(setup_id)
    values = dict(found._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    events = values.pop("events")
    row = SetupRow(**values)
    return row, Version(row.epoch, row.record_count, row.state, events)


async def unchanged(connection: AsyncConnection, setup_id: str, expect: Version | None) -> None:
    """Hold the Setup until the transaction ends, and raise :class:`SetupMoved` if it is not as expected.

    None expects nothing, and holds nothing. Two statements: PostgreSQL shows the second what was committed
    while the first waited. SQLite's writers are one at a time anyway.
    """
    if expect is None:
        return
    mine = setup.c.id == setup_id
    await connection.execute(sa.select(setup.c.id).where(mine).with_for_update())
    query = sa.select(setup.c.epoch, setup.c.record_count, setup.c.state, _EVENTS).where(mine)
    found = (await connection.execute(query)).first()
    if found is None or Version(*found) != expect:
        raise SetupMoved(setup_id)


async def renew(ledger: Ledger, setup_id: str, expect: Version) -> None:
    """Give a Setup on which nobody works a new version. Raises :class:`SetupMoved`.

    For what a caller asks for without entering anything: a second one with the same version is then refused.
    """
    async with ledger.begin() as connection:
        await unchanged(connection, setup_id, expect)
        free = sa.and_(setup.c.id == setup_id, setup.c.lease_until < time.time())
        await connection.execute(sa.update(setup).where(free).values(epoch=setup.c.epoch + 1))
