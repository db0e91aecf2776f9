"""Files that are written: mended copies, samples."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_gateway.web import attachment, problem, query_of, without_folder

from kaigo_careplan_link.rest._forms import over_files, zipped
from kaigo_careplan_link.rest._models import SampleQuery

if TYPE_CHECKING:
    from aiohttp import web


async def fix(request: web.Request) -> web.StreamResponse:
    """Mended copies with the list of every change, as one ZIP; ``report.json`` says what was left."""

    def work(folder: Path, fields: dict[str, str]) -> bytes:
        from kaigo_careplan_link.files import fix as fix_files

        out = folder.parent / "mended"
        report = fix_files([folder], out, replace_characters=fields.get("replace_characters", "") == "true")
        told = without_folder({**report.as_dict(), "folder": ""}, f"{folder}")
        return zipped(out, {"report.json": json.dumps(told, ensure_ascii=False, indent=2).encode()})

    data, _ = await over_files(request, work)
    return attachment("careplan-fixed.zip", data, "application/zip")


async def sample(request: web.Request) -> web.StreamResponse:
    """A correct sample sending with invented people, as one ZIP."""
    from tempfile import TemporaryDirectory

    from kaigo_careplan_link.files import unit_names, write_sample

    asked = query_of(request, SampleQuery)
    if asked.unit not in unit_names():
        raise problem("NOT_FOUND", detail="unit")
    services = ("11", "43") if asked.unit.startswith("service") else ("43", "11")

    def work() -> bytes:
        with TemporaryDirectory() as name:
            write_sample(
                Path(name), unit=asked.unit, sender="9970000106", receiver="9970000205",
                sender_service=services[0], receiver_service=services[1], month=asked.month,
                stamp="20261225101500", people=asked.people,
            )  # fmt: skip
            return zipped(Path(name), {})

    return attachment("careplan-sample.zip", await asyncio.to_thread(work), "application/zip")
