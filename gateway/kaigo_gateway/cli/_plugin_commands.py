"""Commands that plugins bring, asked for without loading the plugins in earnest.

``--help`` has to stay quick: a plugin's module is imported and its ``gateway_commands`` called, nothing else.
Whether the plugin as a whole is in order is looked at when it is used.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kaigo_gateway.cli._entry_points import entry_points
from kaigo_gateway.cli.localise import localise
from kaigo_gateway.cli.toolkit import note
from kaigo_gateway.hookspecs import ENTRY_POINT_GROUP
from kaigo_gateway.i18n import gettext

if TYPE_CHECKING:
    from collections.abc import Callable


def plugin_commands(without: tuple[str, ...]) -> dict[str, click.Command]:
    """The commands of all installed plugins by name; a plugin that fails is named on standard error."""
    found: dict[str, click.Command] = {}
    if "*" in without:
        return found
    for name, load in _installed():
        if name not in without:
            found.update(_commands_of(name, load))
    return found


def _installed() -> list[tuple[str, Callable[[], Any]]]:
    listed = entry_points(ENTRY_POINT_GROUP)
    if listed is not None:
        return [(name, partial(_import, target)) for name, target in listed]
    from kaigo_gateway.plugins._loader import discover

    return [(candidate.name, candidate.load) for candidate in discover()]


def _import(target: str) -> Any:
    module, _, path = target.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in filter(None, path.split(".")):
        found = getattr(found, attribute)
    return found


def _commands_of(name: str, load: Callable[[], Any]) -> dict[str, click.Command]:
    try:
        module = load()
        hook = getattr(module, "gateway_commands", None)
        commands = list(hook() or ()) if hook is not None else []
        domain = str(getattr(module, "__name__", name)).partition(".")[0]
        return {
            command.name: localise(command, domain)
            for command in commands
            if isinstance(command, click.Command) and command.name
        }
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - an import may raise anything, also SystemExit
        note(f"[{gettext('ERROR')}] {_who(name)}: {_described(error)}")
        return {}


def _who(name: str) -> str:
    """A plugin with its distribution and version, looked up only where something went wrong."""
    from kaigo_gateway.plugins._loader import discover

    candidate = next((each for each in discover() if each.name == name), None)
    return name if candidate is None else f"{name} ({candidate.distribution} {candidate.version})"


def _described(error: BaseException) -> str:
    from kaigo_gateway.plugins._loader import describe

    return describe(error)
