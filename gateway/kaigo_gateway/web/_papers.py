"""Papers of a Setup, one by one: what exporters write, and the report itself."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kaigo_gateway._papers import exporters
from kaigo_gateway._reports import assessment_in
from kaigo_gateway.errors import InputError, NotInstalled
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Assessment
from kaigo_gateway.report.html import render_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import Exporter, SetupView

REPORTS: Final = {
    "report-html": ("report.html", "text/html", N_("Connection report (HTML)")),
    "report-json": ("report.json", "application/json", N_("Connection report (JSON)")),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, written."""

    filename: str
    media_type: str
    data: bytes


def assessment_of(results: Mapping[str, Sequence[object]]) -> Assessment | None:
    """The assessment among a Setup's findings."""
    found = assessment_in({key: tuple(value) for key, value in results.items()})  # type: ignore[arg-type]
    return None if found is None else Assessment.model_validate(found)


async def paper(gateway: Gateway, setup_id: str, name: str, language: str) -> Paper:
    """Write one paper. Raises :class:`InputError` (unknown name) or ``NotInstalled`` (missing extra)."""
    if name in REPORTS:
        return await _report(gateway, setup_id, name, language)
    known = {exporter.name: exporter for exporter in await exporters(gateway)}
    if name not in known:
        raise InputError(
            N_("There is no paper named {name}."),
            N_("Known papers: {known}."),
            name=name,
            known=sorted([*known, *REPORTS]),
        )
    view = await gateway.view(setup_id)
    return await _export(known[name], view)


async def _export(exporter: Exporter, view: SetupView) -> Paper:
    data = await asyncio.to_thread(exporter.render, view, assessment_of(view.results))
    return Paper(exporter.filename, exporter.media_type, data)


async def _report(gateway: Gateway, setup_id: str, name: str, language: str) -> Paper:
    filename, media_type, _ = REPORTS[name]
    report = await gateway.report(setup_id, language)
    if name == "report-html":
        return Paper(filename, media_type, render_html(report, language).encode())
    document = json.dumps(report.document(), ensure_ascii=False, indent=2).encode() + b"\n"
    return Paper(filename, media_type, document)


async def all_papers(gateway: Gateway, setup_id: str, language: str) -> bytes:
    """All default papers and the report as one ZIP; papers whose extra is missing are left out."""
    view = await gateway.view(setup_id)
    written = [await _report(gateway, setup_id, name, language) for name in REPORTS]
    for exporter in await exporters(gateway):
        if exporter.default:
            try:
                written.append(await _export(exporter, view))
            except NotInstalled:
                continue
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in written:
            archive.writestr(f"{setup_id}/{each.filename}", each.data)
    return target.getvalue()
