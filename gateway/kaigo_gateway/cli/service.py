"""``kaigo-gateway service``: start the local service with the machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kaigo_gateway.cli.toolkit import finish, json_option, note, print_json, say
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

_FILE = click.Path(path_type=Path, dir_okay=False)
_kind = click.option(
    "--kind",
    type=click.Choice(["systemd", "task-scheduler"]),
    default="task-scheduler" if os.name == "nt" else "systemd",
    help=N_("Which kind of definition; the default fits this system."),
)
_settings = click.option("--settings", type=_FILE, help=N_("Settings file that the service shall use."))
_port = click.option("--port", type=click.IntRange(1, 65535), default=8720, help=N_("Port of the service."))


@click.group(short_help=N_("Install the local service to start with the machine."))
def service() -> None:
    """Install the local service to start with the machine."""


@service.command(short_help=N_("Print the definition."))
@_kind
@_settings
@_port
def show(kind: str, settings: Path | None, port: int) -> None:
    """Print the systemd unit or the Task Scheduler XML; nothing is written."""
    from kaigo_gateway.web.service import definition

    say(definition(kind, settings=settings, port=port))


@service.command(short_help=N_("Write the definition and say how to switch it on."))
@_kind
@_settings
@_port
@click.option("--out", type=_FILE, help=N_("File to write (default: where the system looks for it)."))
@click.option("--force", is_flag=True, help=N_("Overwrite an existing file."))
def install(kind: str, settings: Path | None, port: int, out: Path | None, *, force: bool) -> None:
    """Write the systemd user unit or the Task Scheduler XML, and say which command switches it on.

    The Task Scheduler XML was not run on Windows.
    """
    from kaigo_gateway.web.service import write_definition

    path, command = write_definition(kind, out, settings=settings, port=port, force=force)
    say(fill(gettext("Written: {path}"), {"path": path}))
    say(fill(gettext("Switch it on with: {command}"), {"command": command}))
    if kind == "task-scheduler":
        note(gettext("This definition was not run on Windows."))
    else:
        note(gettext("To have it start before you sign in: loginctl enable-linger"))
    note(fill(gettext("Take it back with: {command}"), {"command": "kaigo-gateway service uninstall"}))


_file = click.option(
    "--file", "path", type=_FILE, help=N_("The definition (default: where `install` puts it).")
)


@service.command(short_help=N_("Remove the definition and say how to switch it off."))
@_kind
@_file
def uninstall(kind: str, path: Path | None) -> None:
    """Remove the definition that `install` wrote, and say which command ends the service.

    Tokens, ledger and vault stay where they are.
    """
    from kaigo_gateway.web.service import remove_definition, switch_off

    removed = remove_definition(kind, path)
    say(fill(gettext("Removed: {path}"), {"path": removed}))
    say(fill(gettext("Switch it off with: {command}"), {"command": switch_off(kind)}))
    if kind == "task-scheduler":
        note(gettext("This definition was not run on Windows."))


@service.command(short_help=N_("Say whether the service is installed and answers."))
@_kind
@_file
@_port
@json_option
def status(kind: str, path: Path | None, port: int, *, as_json: bool) -> None:
    """Say whether the definition is there, what the system says of it, and whether the service answers.

    Exit codes: 0 it is installed and answers, 1 it does not.
    """
    from kaigo_gateway.web._service_status import service_status

    found = service_status(kind, path, port)
    if as_json:
        print_json(found.document())
        finish(found.overall)
    here = gettext("installed") if found.installed else gettext("not installed")
    say(fill(gettext("Definition: {path} ({state})"), {"path": found.file, "state": here}))
    if found.system:
        say(fill(gettext("The system says: {text}"), {"text": found.system}))
    if found.version is None:
        say(fill(gettext("Nothing answers at {address}."), {"address": found.address}))
    else:
        text = gettext("It answers at {address} (version {version}).")
        say(fill(text, {"address": found.address, "version": found.version}))
    finish(found.overall)
