"""What several commands share: paths, standard input, how a code is explained."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._console import show_explanation

if TYPE_CHECKING:
    from collections.abc import Sequence

DOMAIN: Final = "kaigo_careplan_link"
PATHS: Final = click.Path(path_type=Path)
PROFILES: Final = click.Choice(["lenient", "standard", "strict"])
PROFILE_SAYS: Final = N_(
    "standard: what the text says. strict: for the vendor test. lenient: what receivers tolerate."
)


def _explain_and_exit(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        show_explanation(value)
        ctx.exit(0)


explain_option = click.option(
    "--explain",
    metavar="CODE",
    expose_value=False,
    is_eager=True,
    callback=_explain_and_exit,
    help=N_("Say what a code means, with an example and what to do, and stop."),
)


def wanted(paths: Sequence[str]) -> list[str]:
    """The paths, with ``-`` replaced by the lines of standard input."""
    found: list[str] = []
    for path in paths:
        found += [line.rstrip("\r\n") for line in sys.stdin if line.strip()] if path == "-" else [path]
    return found
