"""``kaigo-gateway setup``: the whole job at a real site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaigo_gateway.cli._open import open_gateway
from kaigo_gateway.cli.toolkit import finish, json_option, note, print_json, run_async, say, show_report
from kaigo_gateway.i18n import N_, gettext, translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.results import Status

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.report.model import Report

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(short_help=N_("Run the whole job at a real site, or look at past Setups."))
def setup() -> None:
    """Run the whole job at a real site, or look at past Setups."""


@setup.command(short_help=N_("Write a commented site file."))
@click.argument("path", type=_FILE, default=Path("site.toml"))
@click.option("--force", is_flag=True, help=N_("Overwrite an existing file."))
def new(path: Path, *, force: bool) -> None:
    """Write a commented site file to fill in."""
    from kaigo_gateway._papers import write_file
    from kaigo_gateway.errors import InputError
    from kaigo_gateway.sitetemplate import site_template

    if path.exists() and not force:
        raise InputError(
            N_("{path} exists already."), N_("Choose another name, or overwrite it with --force."), path=path
        )
    write_file(path, site_template().encode())
    say(fill(gettext("Written: {path}. Fill it in, then: kaigo-gateway setup run {path}"), {"path": path}))


@setup.command(short_help=N_("Run the whole job for a site file."))
@click.argument("site_file", type=_FILE)
@click.option("--resume", is_flag=True, help=N_("Carry on the last Setup of this site where it stopped."))
@click.option("--out", type=_FOLDER, help=N_("Folder for the report and the papers."))
@json_option
@click.pass_context
def run(ctx: click.Context, site_file: Path, out: Path | None, *, resume: bool, as_json: bool) -> None:
    """Run the whole job for a site file: certificate, readers, platform, CarePlan link, expense records.

    Each result is recorded before the next step begins. After an interruption, --resume carries on.
    """
    from kaigo_gateway._papers import prepare_folder
    from kaigo_gateway.sitefile import read_site

    site = read_site(site_file)
    if out is not None:
        prepare_folder(out)
    report = run_async(_run(open_gateway(ctx), site, out, resume=resume, ask=not as_json))
    show_report(report, as_json=as_json)


async def _run(gateway: Gateway, site: Site, out: Path | None, *, resume: bool, ask: bool) -> Report:
    async with gateway:
        await gateway.vault.open()  # a wrong passphrase is said before a Setup is opened
        setup_id = await _to_resume(gateway, site) if resume else None
        if setup_id is None:
            setup_id = await gateway.create(site)
        note(fill(gettext("Setup {id}"), {"id": setup_id}))
        await _carry_on(gateway, setup_id, ask=ask)
        papers = await gateway.export(setup_id, out) if out else []
        report = await gateway.report(setup_id)
        return report.model_copy(update={"papers": tuple(map(str, papers))})


async def _to_resume(gateway: Gateway, site: Site) -> str | None:
    """The newest Setup of the site's office that is not sealed, or that is sealed for this very site file.

    The latter was interrupted after its seal at worst: nothing is left to do, and nothing may be doubled.
    """
    from kaigo_gateway.sitefile import site_document

    document = site_document(site)["site"]
    for row in await gateway.setups(limit=1000):
        if row.office_number != site.office.number or row.simulated:
            continue
        same = row.document["site"] == document
        if row.state != "done" and not same:
            note(gettext("The site file has changed since; the Setup carries on with what it began with."))
        if row.state != "done" or same:
            return row.id
    return None


async def _carry_on(gateway: Gateway, setup_id: str, *, ask: bool) -> None:
    while await gateway.advance(setup_id) == "waiting":
        open_keys = await _open_questions(gateway, setup_id)
        if not (ask and sys.stdin.isatty() and open_keys):
            for key, text in open_keys.items():
                note(fill(gettext("Waiting for a confirmation: {text} [{key}]"), {"text": text, "key": key}))
            note(fill(gettext("Answer with: kaigo-gateway setup confirm {id} KEY"), {"id": setup_id}))
            return
        for key, text in open_keys.items():
            await gateway.confirm(setup_id, key, _ask(text))


async def _open_questions(gateway: Gateway, setup_id: str) -> dict[str, str]:
    state = await gateway.state(setup_id)
    return {
        key: translate(asked["question"], asked["domain"] or "kaigo_gateway") or key
        for key, asked in state.questions.items()
        if key not in state.confirmed
    }


def _ask(text: str) -> dict[str, Any]:
    done = click.confirm(text, err=True)
    return {"answer": "yes" if done else "no", **_who()}


def _who() -> dict[str, str]:
    import getpass

    from kaigo_gateway.ledger import now

    return {"by": getpass.getuser(), "at": now()}


@setup.command(short_help=N_("Confirm a step that only a person can do."))
@click.argument("setup_id")
@click.argument("key")
@click.option("--no", "answer_no", is_flag=True, help=N_("Say that the step could not be done."))
@click.option("--evidence", type=_FILE, help=N_("A file whose SHA-256 goes into the record."))
@click.pass_context
def confirm(ctx: click.Context, setup_id: str, key: str, evidence: Path | None, *, answer_no: bool) -> None:
    """Confirm a step of the visit that only a person can do; KEY is the one that `setup run` names."""
    answer: dict[str, Any] = {"answer": "no" if answer_no else "yes", **_who()}
    if evidence is not None:
        answer["evidence"] = _evidence(evidence)
    run_async(_confirm(open_gateway(ctx), setup_id, key, answer))
    say(fill(gettext("Noted for Setup {id}: {key}."), {"id": setup_id, "key": key}))


def _evidence(path: Path) -> dict[str, Any]:
    import hashlib

    from kaigo_gateway.reading import read_bytes

    data = read_bytes(path)
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


async def _confirm(gateway: Gateway, setup_id: str, key: str, answer: dict[str, Any]) -> None:
    async with gateway:
        await gateway.confirm(setup_id, key, answer)


@setup.command("list", short_help=N_("List the Setups in the ledger."))
@json_option
@click.pass_context
def list_setups(ctx: click.Context, *, as_json: bool) -> None:
    """List the Setups in the ledger, newest first."""
    rows = run_async(_rows(open_gateway(ctx)))
    if as_json:
        print_json({"schema": "kaigo-gateway/setups/1", "setups": [_summary(row) for row in rows]})
    elif not rows:
        say(gettext("No Setup yet. Begin with: kaigo-gateway setup new"))
    else:
        for row in rows:
            say(_row_line(row))


def _row_line(row: SetupRow) -> str:
    from kaigo_gateway.report.console import word

    mark = gettext("SIMULATED") if row.simulated else ""
    verdict = word(Status(row.overall)) if row.overall else f"[{gettext(_STATES[row.state])}]"
    return f"{row.id}  {row.office_number}  {verdict}  {row.office_name}  {mark}".rstrip()


_STATES = {
    "ready": N_("unfinished"),
    "waiting": N_("waiting"),
    "done": N_("finished"),
    "failed": N_("stopped"),
}
"""What a Setup without a verdict says of itself in the list."""


async def _rows(gateway: Gateway) -> list[SetupRow]:
    async with gateway:
        return await gateway.setups(limit=1000)


def _summary(row: SetupRow) -> dict[str, Any]:
    keys = ("id", "created_at", "office_number", "office_name", "simulated", "state", "overall", "head_hash")
    return {key: getattr(row, key) for key in keys}


@setup.command(short_help=N_("Show the report of a Setup."))
@click.argument("setup_id")
@json_option
@click.pass_context
def show(ctx: click.Context, setup_id: str, *, as_json: bool) -> None:
    """Show the report of a Setup from the ledger."""

    async def report(gateway: Gateway) -> Report:
        async with gateway:
            return await gateway.report(setup_id)

    show_report(run_async(report(open_gateway(ctx))), as_json=as_json)


@setup.command(short_help=N_("Run checks of a Setup once more."))
@click.argument("setup_id")
@click.argument("checks", nargs=-1, required=True)
@json_option
@click.pass_context
def rerun(ctx: click.Context, setup_id: str, checks: tuple[str, ...], *, as_json: bool) -> None:
    """Run CHECKS of a Setup, and what depends on them, once more; earlier results stay in the record."""

    async def again(gateway: Gateway) -> Report:
        async with gateway:
            await gateway.vault.open()
            await gateway.reopen(setup_id, checks)
            await _carry_on(gateway, setup_id, ask=not as_json)
            return await gateway.report(setup_id)

    show_report(run_async(again(open_gateway(ctx))), as_json=as_json)


@setup.command(short_help=N_("Write the papers of a Setup."))
@click.argument("setup_id")
@click.option("--out", type=_FOLDER, required=True, help=N_("Folder for the papers."))
@click.option("--paper", "names", multiple=True, help=N_("Only this paper; may be given several times."))
@click.pass_context
def export(ctx: click.Context, setup_id: str, out: Path, names: tuple[str, ...]) -> None:
    """Write the report and the papers of a Setup into a folder."""

    async def write(gateway: Gateway) -> list[Path]:
        async with gateway:
            return await gateway.export(setup_id, out, names)

    for path in run_async(write(open_gateway(ctx))):
        say(str(path))
    finish("ok")
