"""Help texts in the user's language: docstrings and option helps are message ids like any other."""

from __future__ import annotations

import gettext as _gettext
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_gateway.i18n import current_language, translate

if TYPE_CHECKING:
    import click


def speak(language: str) -> None:
    """Make click's own words (Usage, Options, its errors) follow ``language``.

    click asks the process-wide gettext domain ``messages``; only the command line sets that.
    """
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain("messages", str(Path(__file__).parent.parent / "locale"))


def localise(command: click.Command, domain: str = "kaigo_gateway") -> click.Command:
    """Put a command's texts (and its subcommands') into the current language, once."""
    if getattr(command, "_kaigo_language", None) == current_language():
        return command
    command._kaigo_language = current_language()  # type: ignore[attr-defined] # noqa: SLF001 - our mark
    if command.help:
        command.help = translate(inspect.cleandoc(command.help), domain)
    if command.short_help:
        command.short_help = translate(command.short_help, domain)
    for parameter in command.params:
        text = getattr(parameter, "help", None)
        if text:
            parameter.help = translate(text, domain)
    for child in getattr(command, "commands", {}).values():
        localise(child, domain)
    return command
