"""Writes of a step, straight to SQLite's driver: one hop to its thread for each, where a cursor takes three.

Everything else goes through SQLAlchemy's cursors. The transaction is SQLAlchemy's here, too: it begins and
commits it, so a statement that fails rolls everything back as ever.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_DIALECT = sqlite.dialect(paramstyle="named")


async def write(
    connection: AsyncConnection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Run a statement that answers nothing, once for each of ``rows``. Answers how many rows it changed."""
    if connection.dialect.name != "sqlite":
        return (await connection.execute(statement, [*rows] if len(rows) > 1 else rows[0])).rowcount
    sql, documents = _spelled(statement, tuple(rows[0]))
    begun = connection.sync_connection
    assert begun is not None
    driver: Any = begun.connection.driver_connection
    values = [{**row, **{name: json.dumps(row[name]) for name in documents}} for row in rows]
    cursor = await (driver.execute(sql, values[0]) if len(values) == 1 else driver.executemany(sql, values))
    return int(cursor.rowcount)


@lru_cache(maxsize=32)
def _spelled(statement: sa.Insert | sa.Update, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statement's text for these parameters, and which of them are JSON."""
    inserted = isinstance(statement, sa.Insert)
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(names) if inserted else None)
    documents = [name for name, bind in compiled.binds.items() if isinstance(bind.type, sa.JSON)]
    return str(compiled), tuple(name for name in documents if name in names)
