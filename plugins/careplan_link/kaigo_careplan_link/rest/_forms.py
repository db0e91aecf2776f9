"""A form's files together in one folder, which goes with the answer; a folder as a ZIP."""

from __future__ import annotations

import asyncio
import io
import zipfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from kaigo_gateway.web import OPTIONS, problem, receive, together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aiohttp import web


@asynccontextmanager
async def dropped(request: web.Request) -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """The folder with the form's files, which goes in the end, and the form's fields."""
    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        if not form.files:
            raise problem("FILE_MISSING", detail="file")
        yield await together(form), form.fields


async def over_files(request: web.Request, work: Callable[[Path, dict[str, str]], Any]) -> tuple[Any, Path]:
    """What ``work``, in a thread, makes of the folder with the form's files, and that folder."""
    async with dropped(request) as (folder, fields):
        return await asyncio.to_thread(work, folder, fields), folder


def zipped(folder: Path, more: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
        for name, data in more.items():
            archive.writestr(name, data)
    return target.getvalue()
