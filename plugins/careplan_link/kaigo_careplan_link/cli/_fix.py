"""``careplan fix``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from kaigo_gateway.cli.toolkit import finish, json_option, note, print_json
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import PATHS
from kaigo_careplan_link.files._console import show_fixed, t

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help=N_("Write mended copies; only what is mechanical is changed."))
@click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PATH…")
@click.option("--out", type=PATHS, required=True, help=N_("New folder for the mended files."))
@click.option(
    "--replace-characters",
    is_flag=True,
    help=N_("Also replace characters that MS932 does not have. Confirm names with the person."),
)
@json_option
def fix(paths: tuple[Path, ...], *, out: Path, replace_characters: bool, as_json: bool) -> None:
    """Write mended copies into a new folder, list every change; exit code 1 if a file was not mended."""
    from kaigo_careplan_link.files import fix as fix_files

    report = fix_files(paths, out, replace_characters=replace_characters)
    if as_json:
        print_json(report.as_dict())
    else:
        for file in report.files:
            show_fixed(file.path, file.written, file.left, file.changes)
        note(
            t(
                N_("Every change is listed in {path}. Check the result with 'careplan validate'."),
                path=str(out / "changes.jsonl"),
            )
        )
    finish("fail" if any(file.left for file in report.files) else "ok")
