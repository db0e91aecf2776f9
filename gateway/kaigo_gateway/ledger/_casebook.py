"""Claims in the ledger: opened once for each office number, entries only ever added, one chain over all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kaigo_gateway.ledger._chain import GENESIS, canonical, entry_hash
from kaigo_gateway.ledger._errors import CaseMoved, CaseTaken, UnknownCase
from kaigo_gateway.ledger._rows import now
from kaigo_gateway.ledger._tables import claim_case, claim_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from kaigo_gateway.ledger._ledger import Ledger

_BOOK_LOCK: Final = 776_230_013


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What a claim is about. A simulated one does not stand in the way of the real one."""

    programme: str
    fiscal_year: int
    office_number: str
    simulated: bool = False
    setup_id: str | None = None

    @property
    def id(self) -> str:
        """Readable, the same wherever it is made: ``kiban-office-2026-1370000001``."""
        mark = "-simulated" if self.simulated else ""
        return f"{self.programme}-{self.fiscal_year}-{self.office_number}{mark}"

    def body(self) -> dict[str, Any]:
        """As the first entry of the claim records it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A claim as its row says; the entries are what counts."""

    id: str
    programme: str
    fiscal_year: int
    office_number: str
    simulated: bool
    setup_id: str | None
    opened_at: str
    state: str
    entry_count: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One link of the chain over all claims. ``body`` is canonical JSON text; ``at`` UTC, ISO 8601."""

    number: int
    case_id: str
    seq: int
    at: str
    body: str
    prev_hash: str
    hash: str

    @property
    def document(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


_COLUMNS: Final = [claim_case.c[name] for name in CaseRow.__slots__]


class CaseBook:
    """The claims of one ledger. Every write is one transaction: row and entry, or neither."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def open(self, head: CaseHead, state: str, body: Mapping[str, Any]) -> CaseRow:
        """Enter a new claim with its first entry. Raises :class:`CaseTaken`, also in a race of two."""
        row = {"id": head.id, "opened_at": now(), "state": state, "entry_count": 0, "head_hash": GENESIS}
        async with self._ledger.begin() as connection:
            inserted = await connection.execute(
                self._ledger.insert(claim_case)
                .values(**head.body(), **row)
                .on_conflict_do_nothing()
                .returning(claim_case.c.id)
            )
            if inserted.first() is None:
                taken = await self._row(connection, head.id)
                raise CaseTaken(taken.id, taken.office_number, taken.state)
            record = await _next(connection, head.id, 1, {"case": head.body(), **body})
            return await self._write(connection, record, state)

    async def append(self, case_id: str, state: str, body: Mapping[str, Any], *, after: int) -> CaseRow:
        """Enter what happened behind entry number ``after``. Raises :class:`CaseMoved` if there is more."""
        async with self._ledger.begin() as connection:
            return await self._write(connection, await _next(connection, case_id, after + 1, body), state)

    async def _write(self, connection: AsyncConnection, record: CaseRecord, state: str) -> CaseRow:
        changed = await connection.execute(
            sa.update(claim_case)
            .where(claim_case.c.id == record.case_id, claim_case.c.entry_count == record.seq - 1)
            .values(state=state, entry_count=record.seq, head_hash=record.hash)
            .returning(*_COLUMNS)
        )
        row = changed.first()
        if row is None:
            raise CaseMoved(record.case_id)
        await connection.execute(sa.insert(claim_entry).values(**asdict(record)))
        return CaseRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name

    async def _row(self, connection: AsyncConnection, case_id: str) -> CaseRow:
        found = (await connection.execute(sa.select(*_COLUMNS).where(claim_case.c.id == case_id))).first()
        if found is None:
            raise UnknownCase(case_id)
        return CaseRow(**found._mapping)  # noqa: SLF001

    async def row(self, case_id: str) -> CaseRow:
        """One claim. Raises :class:`UnknownCase`."""
        async with self._ledger.read() as connection:
            return await self._row(connection, case_id)

    async def rows(self, *, limit: int = 100, after: str | None = None, **equal: Any) -> list[CaseRow]:
        """Claims by id, behind the id ``after``; ``equal`` narrows them (``office_number="…"``)."""
        query = sa.select(*_COLUMNS).order_by(claim_case.c.id).limit(limit)
        for name, value in equal.items():
            query = query.where(claim_case.c[name] == value)
        if after is not None:
            query = query.where(claim_case.c.id > after)
        async with self._ledger.read() as connection:
            found = (await connection.execute(query)).all()
        return [CaseRow(**each._mapping) for each in found]  # noqa: SLF001

    async def records(self, case_id: str | None = None) -> Sequence[CaseRecord]:
        """The entries of one claim, or of all, in the order in which they were made."""
        query = sa.select(claim_entry).order_by(claim_entry.c.number)
        if case_id is not None:
            query = query.where(claim_entry.c.case_id == case_id)
        async with self._ledger.read() as connection:
            found = (await connection.execute(query)).all()
        return [CaseRecord(**each._mapping) for each in found]  # noqa: SLF001


async def _next(connection: AsyncConnection, case_id: str, seq: int, body: Mapping[str, Any]) -> CaseRecord:
    """The next link behind the last one of the whole book; holds the book until the transaction ends."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_BOOK_LOCK})")
    query = sa.select(claim_entry.c.number, claim_entry.c.hash).order_by(claim_entry.c.number.desc()).limit(1)
    last = (await connection.execute(query)).first()
    fields: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "case_id": case_id,
        "seq": seq,
        "at": now(),
        "body": canonical(dict(body)).decode(),
        "prev_hash": last.hash if last else GENESIS,
    }
    return CaseRecord(**fields, hash=entry_hash(**fields))
