"""Answers that are files: to be saved, never shown by the browser."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web


def attachment(name: str, data: bytes, media_type: str) -> web.Response:
    """A file to be saved. Its name is percent-encoded as a whole (RFC 6266): no sign ends the header."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Type": media_type}
    return web.Response(body=data, headers=headers)
