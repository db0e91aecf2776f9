"""A transaction once begun is brought to its end: a cancellation waits for it.

A database driver works in a thread or on a server and goes on when the task that waits for it is cancelled.
Without this, nobody would know whether a record was written, and a claim could be taken that nobody holds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T], undo: Callable[[T], Awaitable[Any]] | None = None) -> T:
    """Do ``work`` whole, then pass a cancellation on that came meanwhile, after ``undo`` of the result."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if undo is not None and not task.cancelled() and task.exception() is None:
            await undo(task.result())
        raise
