"""What a proof asks of a browser, whichever protocol drives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Look:
    """The page that came: HTTP status, text, picture (PNG) and, where the browser tells, the connection."""

    status: int
    text: str
    picture: bytes | None = None
    server_issuer: str = ""
    protocol: str = ""


class Page(Protocol):
    """One tab of a fresh headless browser. Both raise :class:`kaigo_certs.ProofError` when it is gone."""

    async def open(self, url: str) -> str:
        """Navigate; the browser's own word for what went wrong, empty where a page came."""
        ...

    async def look(self) -> Look:
        """What is on the page."""
        ...
