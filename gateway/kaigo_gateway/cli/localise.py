"""Help texts in the user's language: docstrings and option helps are message ids like any other."""

from __future__ import annotations

import gettext as _gettext
import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_gateway.cli.columns import ColumnContext
from kaigo_gateway.i18n import translate

if TYPE_CHECKING:
    import click


def speak(language: str) -> None:
    """Make click's own words (Usage, Options, its errors) follow ``language``.

    click asks the process-wide gettext domain ``messages``; only the command line sets that.
    """
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain("messages", str(Path(__file__).parent.parent / "locale"))


def localise(command: click.Command, domain: str = "kaigo_gateway") -> click.Command:
    """Put a command's texts (and its subcommands') into the current language, measured in columns."""
    original: dict[str, str] = command.__dict__.setdefault("_kaigo_original", _texts_of(command))
    # a plugin's command also has options of our toolkit, whose words are in the core's catalogue
    said = {place: translate(translate(text, domain)) for place, text in original.items()}
    command.context_class = ColumnContext
    command.help = said["help"] or None
    command.short_help = first_sentence(said["short_help"] or said["help"])
    for parameter in command.params:
        if f"--{parameter.name}" in said:
            parameter.help = said[f"--{parameter.name}"]
    for child in getattr(command, "commands", {}).values():
        localise(child, domain)
    return command


def _texts_of(command: click.Command) -> dict[str, str]:
    """The message ids of a command before any translation."""
    texts = {"help": inspect.cleandoc(command.help or ""), "short_help": command.short_help or ""}
    for parameter in command.params:
        text = getattr(parameter, "help", None)
        if text:
            texts[f"--{parameter.name}"] = text
    return texts


def first_sentence(text: str) -> str:
    """What a list of commands says: the first sentence, without its full stop."""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return re.split(r"。|\.(?:\s|$)", paragraph, maxsplit=1)[0]
