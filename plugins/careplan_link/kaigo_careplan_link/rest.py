"""``kaigo-gateway careplan …`` over REST, below ``/api/v1/plugins/careplan_link``.

Files come as multipart forms, are streamed to disk and removed again with the answer; the answers are made in
threads and never name our folders.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from aiohttp import web
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web import (
    GATEWAY,
    OPTIONS,
    Operation,
    Part,
    Role,
    attachment,
    problem,
    query_of,
    receive,
    rules_of,
    together,
    without_folder,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaigo_careplan_link.link._site import site_settings
from kaigo_careplan_link.link.settings import CareplanSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_DOMAIN: Final = "kaigo_careplan_link"


class CareplanDocument(BaseModel):
    """A document of this plugin, such as ``kaigo-gateway/careplan/1``; docs/careplan.md has its parts."""

    model_config = ConfigDict(extra="allow")


class RulesQuery(BaseModel):
    """In which language the texts are."""

    model_config = ConfigDict(extra="forbid")
    lang: Literal["ja", "en"] | None = None


class SampleQuery(RulesQuery):
    """Which sample: the unit of files, the service month (YYYYMM), the number of invented people."""

    unit: str = Field(default="home-2", max_length=20)
    month: str = Field(default="202701", pattern="^[0-9]{6}$")
    people: int = Field(default=2, ge=1, le=99)


class RecordsQuery(RulesQuery):
    """Language of the items' names."""

    names: Literal["ja", "en"] = "ja"


async def _over_files(request: web.Request, work: Callable[[Path, dict[str, str]], Any]) -> tuple[Any, Path]:
    """What ``work`` makes of the folder with the form's files, and that folder."""
    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        if not form.files:
            raise problem("FILE_MISSING", detail="file")
        folder = await together(form)
        return await asyncio.to_thread(work, folder, form.fields), folder


async def check(request: web.Request) -> web.StreamResponse:
    """Check files with a profile and changed rules, as ``careplan validate`` does.

    With ``setup_id`` both begin with what the site file of that Setup says; the form's own come on top.
    """
    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        if not form.files:
            raise problem("FILE_MISSING", detail="file")
        settings = await _settings(request, form.fields.get("setup_id", ""))
        folder = await together(form)
        document = await asyncio.to_thread(_checked, folder, form.fields, settings)
    return web.json_response(without_folder(document, f"{folder}"))


def _checked(folder: Path, fields: dict[str, str], settings: CareplanSettings) -> dict[str, Any]:
    from kaigo_careplan_link.files import validate

    rules = {**settings.rules, **rules_of(fields.get("rules", ""))}
    shown = fields.get("show_values", "") == "true"
    return validate(
        [folder], fields.get("profile") or settings.profile, rules=rules, show_values=shown
    ).as_dict()


async def _settings(request: web.Request, setup_id: str) -> CareplanSettings:
    """The plugin's settings in the site file of a Setup, their defaults without one."""
    if not setup_id:
        return CareplanSettings()
    view = await request.config_dict[GATEWAY].view(setup_id)
    try:
        return site_settings(view.site)
    except ValidationError as error:
        raise InputError(
            N_("The settings [plugins.careplan_link] of Setup {id} do not fit: {detail}"),
            N_("Leave setup_id out and send profile and rules."),
            domain=_DOMAIN,
            id=setup_id,
            detail=error.errors()[0]["msg"],
        ) from None


async def fix(request: web.Request) -> web.StreamResponse:
    """Mended copies with the list of every change, as one ZIP; ``report.json`` says what was left."""

    def work(folder: Path, fields: dict[str, str]) -> bytes:
        from kaigo_careplan_link.files import fix as fix_files

        out = folder.parent / "mended"
        report = fix_files([folder], out, replace_characters=fields.get("replace_characters", "") == "true")
        told = without_folder({**report.as_dict(), "folder": ""}, f"{folder}")
        return _zipped(out, {"report.json": json.dumps(told, ensure_ascii=False, indent=2).encode()})

    data, _ = await _over_files(request, work)
    return attachment("careplan-fixed.zip", data, "application/zip")


def _zipped(folder: Path, more: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
        for name, data in more.items():
            archive.writestr(name, data)
    return target.getvalue()


async def readiness(request: web.Request) -> web.StreamResponse:
    """Judge past sendings for January 2027, office by office."""

    def work(folder: Path, _fields: dict[str, str]) -> dict[str, Any]:
        from kaigo_careplan_link.files import readiness as judge

        return judge([folder]).as_dict()

    document, folder = await _over_files(request, work)
    return web.json_response(without_folder(document, f"{folder}"))


async def records(request: web.Request) -> web.StreamResponse:
    """The files' records as JSON lines, one by one; they are personal data, as the files are."""
    names = query_of(request, RecordsQuery).names
    async with receive(request, most=request.config_dict[OPTIONS].max_validated) as form:
        if not form.files:
            raise problem("FILE_MISSING", detail="file")
        folder = await together(form)
        async with aclosing(_lines(folder, names)) as lines:  # type: ignore[type-var]
            first = await anext(
                lines, b""
            )  # a mistake of the first file is still a problem, not a broken stream
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
            return _zipped(Path(name), {})

    return attachment("careplan-sample.zip", await asyncio.to_thread(work), "application/zip")


_FILE: Final = Part("file", file=True, required=True, says=N_("files or a ZIP of a sending; may be repeated"))
_TAG: Final = N_("CarePlan files")
OPERATIONS: Final = (
    Operation(
        "POST", "/checks", check, N_("Check CarePlan files with a profile and changed rules"), _TAG,
        CareplanDocument, role=Role.SUPPORTER,
        parts=(
            _FILE, Part("profile", says=N_("lenient, standard or strict")),
            Part("rules", says=N_("CODE=SEVERITY, separated by commas")),
            Part("setup_id", says=N_("a Setup whose site file gives profile and rules to begin with")),
            Part("show_values", says=N_("true: values of personal fields stand in the answer")),
        ),
        problems=("SETUP_UNKNOWN",),
    ),
    Operation(
        "POST", "/fixes", fix, N_("Mended copies of CarePlan files with every change listed, as a ZIP"), _TAG,
        "application/zip", role=Role.SUPPORTER,
        parts=(_FILE, Part("replace_characters", says=N_("true: also what MS932 does not have"))),
        problems=("COULD_NOT_RUN",),
    ),
    Operation(
        "POST", "/readiness", readiness, N_("Judge past sendings for January 2027"), _TAG, CareplanDocument,
        role=Role.SUPPORTER, parts=(_FILE,),
    ),
    Operation(
        "POST", "/records", records, N_("The records of CarePlan files as JSON lines (personal data)"), _TAG,
        "application/x-ndjson", role=Role.SUPPORTER, parts=(_FILE,), query=RecordsQuery,
    ),
    Operation(
        "GET", "/rules", rules, N_("All rules of the CarePlan file standard"), _TAG, CareplanDocument,
        query=RulesQuery,
    ),
    Operation(
        "GET", "/rules/{code}", rule, N_("One rule: why, an example, what to do"), _TAG, CareplanDocument,
        query=RulesQuery,
    ),
    Operation(
        "GET", "/sample.zip", sample, N_("A correct sample sending with invented people"), _TAG,
        "application/zip", query=SampleQuery, problems=("INPUT_ERROR", "NOT_FOUND"),
    ),
)  # fmt: skip
