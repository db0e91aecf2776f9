"""Lists of Setups: newest first, by words and by how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kaigo_gateway.ledger._rows import COLUMNS
from kaigo_gateway.ledger._tables import setup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LOOK: Final = sa.case((setup.c.state == "done", setup.c.overall), else_=setup.c.state)
"""How a Setup looks: its verdict where it is done, otherwise its state."""
_MOST_WORDS: Final = 10


def rows_query(
    limit: int, before: str | None, words: str, looks: Collection[str]
) -> sa.Select[tuple[Any, ...]]:
    """Setups of one page of a list."""
    query = sa.select(*COLUMNS).order_by(setup.c.created_at.desc(), setup.c.id).limit(limit)
    query = query.where(*_holding(words))
    if before is not None:
        query = query.where(_behind(before))
    return query.where(_LOOK.in_(looks)) if looks else query


def _behind(cursor: str) -> sa.ColumnElement[bool]:
    """Setups behind the place that a cursor names (a bare ``created_at`` is one, too)."""
    moment, _, last = cursor.partition("~")
    older = setup.c.created_at < moment
    return sa.or_(older, sa.and_(setup.c.created_at == moment, setup.c.id > last)) if last else older


def looks_query(words: str) -> sa.Select[tuple[Any, ...]]:
    """How many Setups look how."""
    query = sa.select(_LOOK.label("look"), sa.func.count().label("number"))
    return query.where(*_holding(words)).group_by(_LOOK)


def _holding(words: str) -> Iterator[sa.ColumnElement[bool]]:
    """Every word occurs in name, number or id."""
    for word in words.split()[:_MOST_WORDS]:
        columns = (setup.c.office_name, setup.c.office_number, setup.c.id)
        yield sa.or_(*(column.icontains(word, autoescape=True) for column in columns))


def counts_query(moment: float) -> sa.Select[tuple[Any, ...]]:
    """How many Setups there are: state, whether one is being worked on, verdict, number."""
    claimed = sa.and_(setup.c.state == "ready", setup.c.lease_until > moment)
    kinds = (setup.c.state, claimed, setup.c.overall)
    return sa.select(*kinds, sa.func.count()).group_by(*kinds)
