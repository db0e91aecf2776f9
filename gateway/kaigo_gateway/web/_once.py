"""Idempotency-Key: a POST that is sent twice is done once, also across a restart of the service.

The answer is kept in the service's private folder for a day (draft-ietf-httpapi-idempotency-key-header): the
same key with another request is refused (422), and while the first is still running the second is too (409).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.web._keys import OPTIONS, PRINCIPAL
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.api._operation import read_body

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp.typedefs import Handler

HEADER: Final = "Idempotency-Key"
_DAY: Final = 24 * 3600
_LONGEST: Final = 200
MOST: Final = 5000
"""Answers that are kept; beyond them the oldest go, so that keys without end do not fill the disk."""
_EVERY: Final = 200
"""Answers between two looks at what can go: looking reads the whole folder."""
_running: set[str] = set()
_written: dict[Path, int] = {}


def once(handler: Handler) -> Handler:
    """Make a POST handler remember its answers by key. Its body is read before (and may be read again)."""

    @wraps(handler)
    async def keyed(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(HEADER)
        if key is None:
            return await handler(request)
        if not 1 <= len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
            raise problem("BAD_REQUEST", detail=HEADER)
        return await _keyed(request, handler, key)

    return keyed


async def _keyed(request: web.Request, handler: Handler, key: str) -> web.StreamResponse:
    folder = request.config_dict[OPTIONS].folder / "answers"
    name = _digest(f"{request[PRINCIPAL].role}\n{key}")
    print_ = _digest(f"{request.method} {request.path_qs}\n", await read_body(request))
    kept = await asyncio.to_thread(_read, folder / f"{name}.json")
    if kept is not None:
        if kept["request"] != print_:
            raise problem("KEY_REUSED")
        return web.Response(body=kept["body"].encode(), status=kept["status"], headers=kept["headers"])
    if str(folder / name) in _running:
        raise problem("KEY_IN_USE", Retry_After="1")
    _running.add(str(folder / name))
    try:
        response = await handler(request)
        await asyncio.to_thread(_write, folder, name, _answer(print_, response))
    finally:
        _running.discard(str(folder / name))
    return response


def _digest(text: str, more: bytes = b"") -> str:
    return hashlib.sha256(text.encode() + more).hexdigest()


def _answer(print_: str, response: web.StreamResponse) -> dict[str, Any]:
    assert isinstance(response, web.Response)
    body = response.body
    assert isinstance(body, bytes)
    kept = {
        key: response.headers[key] for key in ("Content-Type", "Location", "ETag") if key in response.headers
    }
    return {"request": print_, "status": response.status, "headers": kept, "body": body.decode()}


def _read(file: Path) -> dict[str, Any] | None:
    try:
        if time.time() - file.stat().st_mtime > _DAY:
            return None
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept


def _write(folder: Path, name: str, answer: dict[str, Any]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    beside = folder / f"{name}.part"
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as target:
        json.dump(answer, target)
    beside.replace(folder / f"{name}.json")


def _forget_old(folder: Path) -> None:
    """Remove answers of yesterday and those beyond the most, at the first answer and then now and again."""
    written = _written.get(folder, 0)
    _written[folder] = written + 1
    if written % _EVERY:
        return
    ages = sorted((_age(file), file) for file in folder.iterdir())
    for position, (age, file) in enumerate(ages):
        if age > _DAY or position >= MOST:
            with suppress(OSError):
                file.unlink()


def _age(file: Path) -> float:
    """Seconds since an answer was written."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return 0.0
