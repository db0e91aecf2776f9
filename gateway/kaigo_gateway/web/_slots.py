"""How many streams one caller may hold open: who opens them without end is refused, others go on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kaigo_gateway.web._keys import OPTIONS, PRINCIPAL, STREAMS
from kaigo_gateway.web._problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web


@contextmanager
def stream_slot(request: web.Request) -> Iterator[None]:
    """Hold one of the caller's streams while the block runs. Raises problem 429."""
    caller = request[PRINCIPAL]
    key = f"{caller.by}/{caller.key or caller.role}"
    held = request.config_dict[STREAMS]
    if held[key] >= request.config_dict[OPTIONS].max_streams:
        raise problem("TOO_MANY_STREAMS", Retry_After="5")
    held[key] += 1
    try:
        yield
    finally:
        held[key] -= 1
        if not held[key]:
            del held[key]
