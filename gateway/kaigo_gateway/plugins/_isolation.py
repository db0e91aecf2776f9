"""Running somebody else's code: a time limit, and no exception that escapes."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


GRACE: Final = 1.0
"""Seconds in which cancelled code may tidy up before it is left to itself."""


class TookTooLong(Exception):
    """The code did not come back within its time limit."""


class Exited(Exception):
    """The code tried to end the process or raised something that is not an ``Exception``."""


def in_thread(function: Callable[[], Any]) -> asyncio.Future[Any]:
    """Run ``function`` in a daemon thread of its own.

    Not the loop's executor: a call that hangs would hold one of its few threads and stop the process from
    ending.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def deliver(value: Any, error: BaseException | None) -> None:
        if future.done():  # the caller has given up
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def work() -> None:
        value: Any = None
        error: BaseException | None = None
        try:
            value = context.run(function)
        except StopIteration as raised:  # no future may hold one
            error = RuntimeError(f"StopIteration: {raised}")
        except Exception as raised:  # noqa: BLE001 - handed to the caller
            error = raised
        except BaseException as raised:  # noqa: BLE001 - SystemExit must not vanish with the thread
            error = Exited(type(raised).__name__)
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, value, error)

    threading.Thread(target=work, name="kaigo-plugin", daemon=True).start()
    return future


async def guarded(function: Callable[[], Any], time_limit: float) -> Any:
    """Call ``function`` (sync in a thread, async on the loop) and wait at most ``time_limit`` seconds.

    Raises :class:`TookTooLong`, :class:`Exited` or whatever ``Exception`` the code raised; a cancellation of
    the caller passes through.
    """
    try:
        async with asyncio.timeout(time_limit):
            return await _call(function)
    except TimeoutError:
        raise TookTooLong(f"{time_limit:g} s") from None


async def _call(function: Callable[[], Any]) -> Any:
    wrapped = getattr(function, "func", function)  # functools.partial
    value = await _no_exit(function()) if inspect.iscoroutinefunction(wrapped) else await in_thread(function)
    return await _no_exit(value) if inspect.isawaitable(value) else value


async def _no_exit(awaitable: Awaitable[Any]) -> Any:
    task = asyncio.ensure_future(_contained(awaitable))
    try:
        await asyncio.wait({task})  # not the task itself: code that swallows its cancellation would hold us
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE)
        raise
    if task.cancelled():
        raise Exited("CancelledError")
    return task.result()


async def _contained(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        raise Exited(type(error).__name__) from None
