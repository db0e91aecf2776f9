"""Commands that plugins bring, asked for without loading the plugins in earnest.

``--help`` has to stay quick: a plugin's module is imported and its ``gateway_commands`` called, nothing else.
Whether the plugin as a whole is in order is looked at when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kaigo_gateway.cli.localise import localise
from kaigo_gateway.cli.toolkit import note
from kaigo_gateway.i18n import gettext

if TYPE_CHECKING:
    from kaigo_gateway.plugins import Candidate


def plugin_commands(without: tuple[str, ...]) -> dict[str, click.Command]:
    """The commands of all installed plugins by name; a plugin that fails is named on standard error."""
    from kaigo_gateway.plugins._loader import discover

    found: dict[str, click.Command] = {}
    for candidate in discover():
        if "*" not in without and candidate.name not in without:
            found.update(_commands_of(candidate))
    return found


def _commands_of(candidate: Candidate) -> dict[str, click.Command]:
    from kaigo_gateway.plugins._loader import describe

    try:
        module = candidate.load()
        hook = getattr(module, "gateway_commands", None)
        commands = list(hook() or ()) if hook is not None else []
        domain = str(getattr(module, "__name__", candidate.name)).partition(".")[0]
        return {
            command.name: localise(command, domain)
            for command in commands
            if isinstance(command, click.Command) and command.name
        }
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - an import may raise anything, also SystemExit
        who = f"{candidate.name} ({candidate.distribution} {candidate.version})"
        note(f"[{gettext('ERROR')}] {who}: {describe(error)}")
        return {}
