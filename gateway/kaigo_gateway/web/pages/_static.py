"""The page's own files: styles, script and the icon; named here, served compressed, cached by version."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from aiohttp import web

from kaigo_gateway.web.access import public

_FOLDER: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {
    "tokens.css": "text/css",
    "app.css": "text/css",
    "app.js": "text/javascript",
    "wizard.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


@lru_cache(maxsize=len(_TYPES))
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


@lru_cache(maxsize=len(_TYPES))
def static_version(name: str) -> str:
    """A short name for the present content of a file."""
    return hashlib.sha256(_content(name)).hexdigest()[:12]


@public
async def static(request: web.Request) -> web.StreamResponse:
    """One of the known files; any other name is not found."""
    name = request.match_info["name"]
    if name not in _TYPES:
        raise web.HTTPNotFound
    response = web.Response(body=_content(name), content_type=_TYPES[name], charset="utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.enable_compression()
    return response


ROUTES: Final = (web.get("/static/{name}", static, name="static"),)
