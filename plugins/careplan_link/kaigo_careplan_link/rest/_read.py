"""What is read out: the records of files, the rules of the standard."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Literal

from aiohttp import web
from kaigo_gateway.web import problem, query_of

from kaigo_careplan_link.rest._forms import dropped
from kaigo_careplan_link.rest._models import RecordsQuery, RulesQuery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def records(request: web.Request) -> web.StreamResponse:
    """The files' records as JSON lines, one by one; they are personal data, as the files are."""
    names = query_of(request, RecordsQuery).names
    async with dropped(request) as (folder, _), aclosing(_lines(folder, names)) as lines:  # type: ignore[type-var]
        first = await anext(lines, b"")  # a mistake of the first file is still a problem, not a broken stream
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        await response.write(first)
        async for line in lines:
            await response.write(line)
    return response


async def _lines(folder: Path, names: Literal["ja", "en"]) -> AsyncIterator[bytes]:
    """Batches of lines; reading happens in a thread, a batch at a time."""
    from itertools import islice

    from kaigo_careplan_link.files import find_sources, read_records

    every = (
        json.dumps({"path": source.name, "record": record}, ensure_ascii=False).encode() + b"\n"
        for source in find_sources([folder])[0]
        if source.name.upper().endswith(".CSV")
        for record in read_records(source, names)
    )
    while batch := await asyncio.to_thread(lambda: b"".join(islice(every, 200))):
        yield batch


async def rules(request: web.Request) -> web.StreamResponse:
    """All rules with their severities."""
    from kaigo_careplan_link.files import explain
    from kaigo_careplan_link.files import rules as every

    query_of(request, RulesQuery)
    return web.json_response({"rules": [explain(code) for code in every()]})


async def rule(request: web.Request) -> web.StreamResponse:
    """One rule: why it matters, an example, what to do and who acts."""
    from kaigo_careplan_link.files import explain
    from kaigo_careplan_link.files import rules as every

    query_of(request, RulesQuery)
    code = request.match_info["code"].upper()
    if code not in every():
        raise problem("NOT_FOUND")
    return web.json_response(explain(code))
