"""Uploads: streamed into the service's private folder, within size and time, under safe names."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import BodyPartReader, web

from kaigo_gateway.web._keys import OPTIONS
from kaigo_gateway.web._problems import problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from kaigo_gateway.web._options import WebOptions

MOST_FILES: Final = 200
_FIELD: Final = 64 * 1024
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that arrived. ``path`` lies in a folder of its own below the uploads."""

    field: str
    name: str
    path: Path
    sha256: str
    size: int


@dataclass(slots=True)
class Form:
    """What a multipart form held."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)

    def print_of(self) -> bytes:
        """The same for the same fields and files, wherever the boundary between them was drawn."""
        files = sorted((each.field, number, each.name, each.sha256) for number, each in enumerate(self.files))
        parts = (sorted(self.fields.items()), [(field, name, sha) for field, _, name, sha in files])
        return hashlib.sha256(json.dumps(parts).encode()).digest()

    def one(self, name: str) -> Upload:
        """The one file of a field. Raises problem 422."""
        found = [upload for upload in self.files if upload.field == name]
        if len(found) != 1:
            raise problem("FILE_MISSING", detail=name)
        return found[0]


FORM: Final = web.RequestKey("kaigo_form", Form)
"""The form that was read from a request; its files may have gone."""


def safe_name(name: str | None) -> str:
    """A file name as a name only: no folder, no sign that a file system minds, at most 120 characters."""
    last = re.split(r"[/\\]", name or "")[-1]
    cleaned = _FORBIDDEN.sub("_", last).strip(" .")[:120]
    if not cleaned or _DEVICES.match(cleaned):
        cleaned = f"_{cleaned}"
    return cleaned


@asynccontextmanager
async def receive(
    request: web.Request, *, keep: bool = False, most: int | None = None
) -> AsyncIterator[Form]:
    """The form of a multipart request; its files are removed again unless ``keep``.

    It may be ``most`` bytes large, by default what the options say. Raises problems 408, 413, 415 and 422;
    whatever had arrived until then is removed.
    """
    options = request.config_dict[OPTIONS]
    if request.content_type != "multipart/form-data":
        raise problem("MEDIA_TYPE", Accept="multipart/form-data")
    folder = options.uploads / secrets.token_hex(8)
    await asyncio.to_thread(folder.mkdir, 0o700, parents=True)
    kept = False
    try:
        form = request[FORM] = await _read(request, folder, options, most or options.max_upload)
        yield form
        kept = keep
    finally:
        if not kept:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _read(request: web.Request, folder: Path, options: WebOptions, left: int) -> Form:
    form = Form()
    try:
        reader = await request.multipart()
        while (part := await _in_time(reader.next(), options)) is not None:
            if not isinstance(part, BodyPartReader):
                raise problem("BAD_REQUEST", detail="multipart")
            if not part.filename:
                form.fields[part.name or ""] = await _text(part, options)
                continue
            if len(form.files) >= MOST_FILES:
                raise problem("TOO_LARGE")
            upload = await _file(part, folder / str(len(form.files)), left, options)
            form.files.append(upload)
            left -= upload.size
    except (ValueError, AssertionError, EOFError):  # what aiohttp raises for a broken multipart body
        raise problem("BAD_REQUEST", detail="multipart") from None
    return form


async def _in_time(awaitable: object, options: WebOptions) -> object:
    try:
        async with asyncio.timeout(options.body_time_limit):
            return await awaitable  # type: ignore[misc]
    except TimeoutError:
        raise problem("TOO_SLOW") from None


async def _text(part: BodyPartReader, options: WebOptions) -> str:
    data = b""
    while chunk := await _in_time(part.read_chunk(), options):
        assert isinstance(chunk, bytes)
        data += chunk
        if len(data) > _FIELD:
            raise problem("TOO_LARGE")
    return data.decode("utf-8", errors="strict")


async def _file(part: BodyPartReader, folder: Path, left: int, options: WebOptions) -> Upload:
    await asyncio.to_thread(folder.mkdir, 0o700)
    name = safe_name(part.filename)
    path, digest, size = folder / name, hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while chunk := await _in_time(part.read_chunk(), options):
            assert isinstance(chunk, bytes)
            size += len(chunk)
            if size > left:
                raise problem("TOO_LARGE")
            digest.update(chunk)
            target.write(chunk)
    return Upload(part.name or "", name, path, digest.hexdigest(), size)


async def together(form: Form) -> Path:
    """All files of a form in one folder under their own names; of two with one name the second gets a number.

    The folder goes with the form.
    """
    folder = form.files[0].path.parent.parent / "together"
    await asyncio.to_thread(folder.mkdir, 0o700)
    for number, each in enumerate(form.files):
        place = folder / each.name
        if place.exists():
            place = folder / f"{number}-{each.name}"
        await asyncio.to_thread(each.path.rename, place)
    return folder


def without_our_folders(text: str, options: WebOptions) -> str:
    """A sentence that names an uploaded file by its own name, not by where we keep it."""
    place = re.escape(f"{options.uploads}{os.sep}")
    return re.sub(
        rf"{place}[0-9a-f]{{16}}{re.escape(os.sep)}(?:(?:[0-9]+|together){re.escape(os.sep)})?", "", text
    )


def forget_old_uploads(options: WebOptions) -> int:
    """Remove uploads that are older than the setting says; gives how many."""
    oldest = time.time() - options.keep_uploads_days * 24 * 3600
    removed = 0
    with suppress(FileNotFoundError):
        for folder in options.uploads.iterdir():
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed
