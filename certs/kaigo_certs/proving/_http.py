"""The HTTP session of the network questions: one proxy rule for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp


def http_session(proxy: str | None, time_limit: float) -> aiohttp.ClientSession:
    """A session through ``proxy``: a URL, ``none`` for the direct way, or None for the system's settings.

    ``time_limit`` in seconds is for each question as a whole.
    """
    import aiohttp

    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=time_limit),
        trust_env=proxy is None,
        proxy=None if proxy == "none" else proxy,
    )
