"""Fixtures of the core's tests: a ledger on either database, the program in a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from core_kit import Program
from kaigo_gateway.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("postgresql").fresh_database()


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    """An open ledger on either database."""
    async with Ledger(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An open ledger on SQLite, its file at ``tmp_path / 'ledger.db'``."""
    async with Ledger(f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The installed program with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return Program(home)
