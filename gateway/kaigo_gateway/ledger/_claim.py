"""Working on one Setup: every write is fenced by the epoch of the claim."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import sqlalchemy as sa

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.ledger._chain import GENESIS, seal_hash
from kaigo_gateway.ledger._errors import Busy, Fenced
from kaigo_gateway.ledger._records import Entry, Record, chain
from kaigo_gateway.ledger._rows import COLUMNS, LEASE, SetupRow, is_dead, now, this_owner
from kaigo_gateway.ledger._straight import write
from kaigo_gateway.ledger._tables import event, record, seal, setup
from kaigo_gateway.ledger._unbroken import unbroken
from kaigo_gateway.ledger._version import unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy.ext.asyncio import AsyncConnection

    from kaigo_gateway.ledger._ledger import Ledger
    from kaigo_gateway.ledger._version import Version

_SEAL_LOCK: Final = 776_230_012


# Statements built once: building them for each append costs more than running them.
_MINE: Final = sa.and_(
    setup.c.id == sa.bindparam("its_id"),
    setup.c.epoch == sa.bindparam("its_epoch"),
    setup.c.record_count == sa.bindparam("its_count"),
)


def _fenced(*columns: str) -> sa.Update:
    return sa.update(setup).where(_MINE).values({name: sa.bindparam(name) for name in columns})


_ADVANCE: Final = _fenced("record_count", "head_hash", "lease_until")
_RELEASE: Final = _fenced("state", "lease_until", "error")
_INSERT: Final = sa.insert(record)


class Claimed:
    """A Setup that this process works on; every write is fenced by the epoch of the claim.

    A write is done whole even where its task is cancelled meanwhile. As ``async with claimed`` a Setup is
    given back as it was when the block ends by an exception.
    """

    def __init__(self, ledger: Ledger, row: SetupRow) -> None:
        self.ledger, self.row = ledger, row
        self.count, self.head = row.record_count, row.head_hash
        self._held = True

    @property
    def id(self) -> str:
        """The Setup's id."""
        return self.row.id

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            await self.give_back()

    async def give_back(self) -> None:
        """Give the Setup back in the state in which it was taken, unless it is no longer ours."""
        with suppress(Fenced, GatewayError):
            await self.release(self.row.state)

    async def _own(self, connection: AsyncConnection, statement: sa.Update, **values: Any) -> None:
        """Run one of the fenced updates; another worker's claim or record makes it match no row."""
        mine = {"its_id": self.id, "its_epoch": self.row.epoch, "its_count": self.count}
        if await write(connection, statement, [{**mine, **values}]) != 1 or not self._held:
            raise Fenced(self.id)

    async def beat(self) -> None:
        """Say that this process still works on it. Raises :class:`Fenced`."""
        async with self.ledger.begin() as connection:
            mine = sa.and_(setup.c.id == self.id, setup.c.epoch == self.row.epoch)
            changed = await connection.execute(
                sa.update(setup).where(mine).values(lease_until=time.time() + LEASE)
            )
            if changed.rowcount != 1:
                raise Fenced(self.id)

    async def append(
        self, entries: Sequence[Entry], messages: Mapping[str, Any] | None = None
    ) -> list[Record]:
        """Record ``entries`` and put ``messages`` (key → body) into the outbox, in one transaction."""
        records = chain(self.id, list(entries), after=self.count, head=self.head, at=now())
        await unbroken(self._append(records, messages or {}))
        return records

    async def _append(self, records: list[Record], messages: Mapping[str, Any]) -> None:
        async with self.ledger.begin() as connection:
            await self._write(connection, records)
            if messages:
                rows = [{"key": key, "body": body} for key, body in messages.items()]
                await write(connection, self.ledger.send_once, rows)
        self._advance(records)

    async def _write(self, connection: AsyncConnection, records: list[Record]) -> None:
        await self._own(
            connection,
            _ADVANCE,
            record_count=self.count + len(records),
            head_hash=records[-1].hash,
            lease_until=time.time() + LEASE,
        )
        await write(connection, _INSERT, [item.row() for item in records])

    def _advance(self, records: list[Record]) -> None:
        self.count, self.head = self.count + len(records), records[-1].hash

    async def seal(self, entry: Entry, key: Ed25519PrivateKey, key_id: str, overall: str) -> None:
        """Record ``entry``, sign the chain's head into the book of seals and end the Setup as done.

        A message of the end, with the verdict and the sealed hash, goes into the outbox.
        """
        records = chain(self.id, [entry], after=self.count, head=self.head, at=now())
        await unbroken(self._end(records, key, key_id, overall))

    async def _end(self, records: list[Record], key: Ed25519PrivateKey, key_id: str, overall: str) -> None:
        async with self.ledger.begin() as connection:
            await self._write(connection, records)
            await self._seal(connection, records[-1], key, key_id)
            await write(connection, self.ledger.send_once, [self._message_of_end(records[-1], overall)])
            await connection.execute(
                sa.update(setup)
                .where(setup.c.id == self.id)
                .values(state="done", overall=overall, lease_until=0, error=None)
            )
        self._advance(records)
        self._held = False

    def _message_of_end(self, last: Record, overall: str) -> dict[str, Any]:
        body = {"setup": self.id, "sealed": last.hash, "overall": overall, "simulated": self.row.simulated}
        return {"key": f"{self.id}/{last.kind}/{last.key}", "body": body}

    async def _seal(
        self, connection: AsyncConnection, last: Record, key: Ed25519PrivateKey, key_id: str
    ) -> None:
        if connection.dialect.name == "postgresql":  # the book of seals is one chain
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SEAL_LOCK})")
        before = (
            await connection.execute(
                sa.select(seal.c.number, seal.c.hash).order_by(seal.c.number.desc()).limit(1)
            )
        ).first()
        fields: dict[str, Any] = {
            "number": (before.number if before else 0) + 1,
            "setup_id": self.id,
            "record_count": last.seq,
            "head_hash": last.hash,
            "at": last.at,
            "prev_hash": before.hash if before else GENESIS,
        }
        fingerprint = seal_hash(**fields)
        signature = key.sign(bytes.fromhex(fingerprint)).hex()
        await connection.execute(
            sa.insert(seal).values(**fields, hash=fingerprint, key_id=key_id, signature=signature)
        )

    async def release(self, state: str, *, error: str | None = None, seen_events: int | None = None) -> str:
        """Give the Setup back as ``state``.

        With ``seen_events`` a waiting Setup becomes ready again when a confirmation came in meanwhile.
        """
        return await unbroken(self._release(state, error, seen_events))

    async def _release(self, state: str, error: str | None, seen_events: int | None) -> str:
        async with self.ledger.begin() as connection:
            if state == "waiting" and seen_events is not None:
                count = sa.select(sa.func.count()).select_from(event).where(event.c.setup_id == self.id)
                if (await connection.execute(count)).scalar_one() != seen_events:
                    state = "ready"
            await self._own(connection, _RELEASE, state=state, lease_until=0, error=error)
        self._held = False
        return state


async def take(
    ledger: Ledger, setup_id: str, states: Sequence[str], expect: Version | None
) -> Claimed | None:
    """What :meth:`Ledger.claim` does, in one piece."""
    row = await ledger.row(setup_id)
    if row.state not in states:
        return None
    moment = time.time()
    free = setup.c.lease_until < moment
    if row.lease_until >= moment and is_dead(row.owner):
        free = sa.and_(setup.c.epoch == row.epoch)
    query = (
        sa.update(setup)
        .where(setup.c.id == setup_id, setup.c.state.in_(list(states)), free)
        .values(epoch=setup.c.epoch + 1, lease_until=moment + LEASE, owner=this_owner())
        .returning(*COLUMNS)
    )
    async with ledger.begin() as connection:
        await unchanged(connection, setup_id, expect)
        taken = (await connection.execute(query)).first()
    if taken is None:
        raise Busy(setup_id, row.owner or "?")
    return Claimed(ledger, SetupRow(**taken._mapping))  # noqa: SLF001 - SQLAlchemy's documented name
