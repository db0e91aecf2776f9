"""Papers of a Setup: the report by the core, everything else by the exporters that plugins bring."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from kaigo_gateway._reports import assessment_in
from kaigo_gateway.errors import CouldNotRun, GatewayError, InputError, NotInstalled
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Exporter
from kaigo_gateway.plugins._isolation import guarded
from kaigo_gateway.plugins._loader import describe
from kaigo_gateway.report.html import render_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.claims import Assessment
    from kaigo_gateway.model.descriptors import SetupView

_TIME_LIMIT = 120.0
REPORT_HTML, REPORT_JSON = "report.html", "report.json"


async def exporters(gateway: Gateway) -> list[Exporter]:
    """All exporters of the plugins in their order."""
    called = await gateway.host.call("gateway_exporters", expected=Exporter)
    found = [exporter for outcome in called.outcomes for exporter in outcome.value]
    return sorted(found, key=lambda exporter: (exporter.order, exporter.name))


async def write_papers(
    gateway: Gateway, setup_id: str, folder: Path, names: Sequence[str] = ()
) -> list[Path]:
    """Write the wanted papers (all default ones if none is named) and the report last.

    Raises :class:`InputError` for a name that no exporter has, :class:`CouldNotRun` for a folder that
    cannot be written. A paper whose extra is not installed is left out unless it was named. A renderer that
    fails keeps no other paper from being written; :class:`CouldNotRun` names it when all others are there.
    """
    wanted = await _wanted(gateway, names)
    view = await gateway.view(setup_id)
    assessment = _assessment(view)
    make_folder(folder)
    written: list[Path] = []
    failed: dict[str, str] = {}
    for exporter in wanted:
        try:
            data = await guarded(partial(exporter.render, view, assessment), _TIME_LIMIT)
        except NotInstalled:
            if names:
                raise
        except GatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            failed[exporter.name] = describe(error)
        else:
            written.append(write_file(folder / exporter.filename, data))
    if not names:
        written.extend(await _write_report(gateway, setup_id, folder, written))
    if failed:
        raise _papers_failed(failed)
    return written


def _papers_failed(failed: Mapping[str, str]) -> CouldNotRun:
    return CouldNotRun(
        N_("These papers could not be made: {papers}."),
        N_("All others were written. Give this message to the vendor of the plugin that brings them."),
        papers=[f"{name} ({why})" for name, why in failed.items()],
    )


async def _wanted(gateway: Gateway, names: Sequence[str]) -> list[Exporter]:
    every = await exporters(gateway)
    if not names:
        return [exporter for exporter in every if exporter.default]
    known = {exporter.name: exporter for exporter in every}
    for name in names:
        if name not in known:
            raise InputError(
                N_("There is no paper named {name}."),
                N_("Known papers: {known}."),
                name=name,
                known=sorted(known),
            )
    return [known[name] for name in names]


def _assessment(view: SetupView) -> Assessment | None:
    from kaigo_gateway.model.claims import Assessment

    found = assessment_in({key: tuple(value) for key, value in view.results.items()})
    return None if found is None else Assessment.model_validate(found)


async def _write_report(gateway: Gateway, setup_id: str, folder: Path, written: Sequence[Path]) -> list[Path]:
    html, document = folder / REPORT_HTML, folder / REPORT_JSON
    report = await gateway.report(setup_id)
    papers = tuple(str(path) for path in (*written, html, document))
    report = report.model_copy(update={"papers": papers})
    write_file(html, render_html(report).encode())
    write_file(document, json.dumps(report.document(), ensure_ascii=False, indent=2).encode() + b"\n")
    return [html, document]


def make_folder(folder: Path) -> None:
    """Create the output folder. Raises :class:`CouldNotRun`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def prepare_folder(folder: Path) -> None:
    """Create the output folder and try to write there before any work. Raises :class:`CouldNotRun`."""
    make_folder(folder)
    write_file(folder / ".kaigo-gateway", b"").unlink(missing_ok=True)


def write_file(path: Path, data: bytes) -> Path:
    """Write a whole file or none: beside its place first, then moved onto it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return path


def _unwritable(path: Path, error: OSError) -> CouldNotRun:
    why: Any = error.strerror or type(error).__name__
    return CouldNotRun(
        N_("{path} cannot be written: {why}."),
        N_("Choose a folder with --out in which you may write and where there is room."),
        path=path,
        why=why,
    )
