"""Opening the database: SQLite with one writer, or PostgreSQL by URL; migrations from the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger._errors import LedgerTooNew, WrongDatabase
from kaigo_gateway.ledger._tables import REVISION, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

READING: Final = "kaigo_reading"
"""Execution option of connections that only read."""

_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON")
_MIGRATION_LOCK: Final = 776_230_011


def make_engine(url: str) -> AsyncEngine:
    """An engine for ``sqlite+aiosqlite:///PATH`` or ``postgresql+psycopg://…``.

    SQLite gets exactly one connection: several writers in one process only fight over the file's lock.
    Raises :class:`WrongDatabase` for anything else.
    """
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return _server_engine(url)
    if not url.startswith("sqlite+aiosqlite://"):
        raise WrongDatabase(_without_secret(url), N_("unknown kind of database"))
    engine = create_async_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        pool_reset_on_return=None,  # every use is a transaction of ours that has ended by then
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.isolation_level = None  # transactions begin where we say so

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(READING):
            return  # a lone SELECT is its own snapshot and needs no writer's lock
        # straight to the driver: one hop to its thread instead of the three of a cursor
        connection.connection.dbapi_connection.run_async(_begin_at_once)  # type: ignore[union-attr]

    return engine


async def _begin_at_once(driver: Any) -> None:
    try:
        await driver.execute("BEGIN IMMEDIATE")
    except BaseException:  # cancelled: the driver's thread begins all the same, and would hold the lock
        await driver.rollback()
        raise


def _server_engine(url: str) -> AsyncEngine:
    try:
        return create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=10)
    except ModuleNotFoundError as error:
        raise NotInstalled(str(error.name), "pip install 'kaigo-gateway[postgresql]'") from None
    except (sa.exc.ArgumentError, ValueError):
        raise WrongDatabase(_without_secret(url), "not a database URL") from None


def _without_secret(url: str) -> str:
    """A URL that may not even be one, without what stands between ``//`` and ``@``."""
    kind, sign, rest = url.partition("://")
    return f"{kind}{sign}***@{rest.rpartition('@')[2]}" if "@" in rest else url


def _alembic(connection: sa.Connection, action: Callable[..., Any], *arguments: Any) -> None:
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    action(config, *arguments)


def _upgrade(connection: sa.Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":  # one migrator at a time
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
    if revision == "head" and not sa.inspect(connection).get_table_names():
        _create(connection)
        return
    from alembic import command
    from alembic.util import CommandError

    try:
        _alembic(connection, command.upgrade, revision)
    except CommandError as error:  # a revision that this release does not know
        raise LedgerTooNew(connection.engine.url.render_as_string(hide_password=True)) from error


def _create(connection: sa.Connection) -> None:
    """Lay an empty database out as the migrations would (a test compares), without loading their tool."""
    metadata.create_all(connection)
    connection.execute(sa.schema.CreateTable(_VERSION))
    connection.execute(sa.insert(_VERSION).values(version_num=REVISION))


_VERSION: Final = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the database to ``revision``; safe when several processes do it at once.

    A database that is there already is left alone: no lock, no migration tool, and a damaged one can still
    be opened to be verified.

    SQLite's batch migrations re-create tables, so foreign keys are off while they run and are checked
    before the commit.
    """
    if revision == "head" and await _is_current(engine):
        return
    async with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            await _foreign_keys(connection, on=False)
        async with connection.begin():
            await connection.run_sync(_upgrade, revision)
            if sqlite:
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise sa.exc.IntegrityError(
                        "migration", {}, Exception(f"foreign keys broken: {broken[:3]}")
                    )
        if sqlite:
            await _foreign_keys(connection, on=True)


async def _is_current(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        if not await connection.run_sync(lambda plain: sa.inspect(plain).has_table("alembic_version")):
            return False
        found = (await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalars().all()
    return list(found) == [REVISION]


async def _foreign_keys(connection: Any, *, on: bool) -> None:
    raw = await connection.get_raw_connection()
    await raw.driver_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
