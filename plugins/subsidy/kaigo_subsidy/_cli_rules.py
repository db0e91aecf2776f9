"""The option ``--rules`` of the commands that apply rules to a claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from kaigo_gateway.i18n import translate


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


def _given_or_set(_context: click.Context, _option: click.Parameter, folder: Path | None) -> Path | None:
    """The folder that is named here, else the one of the settings."""
    from kaigo_gateway.settings import load_settings

    return folder or load_settings().rules_folder


def rules_option(command: Any) -> Any:
    """Add ``--rules``."""
    return click.option(
        "--rules",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_given_or_set,
        help=_("Folder with further rule files (*.yaml); default: grant.rules_folder of the settings."),
    )(command)
