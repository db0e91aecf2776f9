"""``careplan read``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import json_option, print_json
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import DOMAIN, PATHS
from kaigo_careplan_link.files._console import show_written

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help=N_("Turn files into JSON or Parquet."))
@click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PATH…")
@click.option(
    "--out", type=PATHS, help=N_("Folder to write into; without it JSON lines go to standard output.")
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json", "parquet"]),
    default="jsonl",
    show_default=True,
    help=N_("What to write: JSON lines, one JSON document, or Parquet."),
)
@click.option(
    "--names",
    type=click.Choice(["ja", "en"]),
    default="ja",
    show_default=True,
    help=N_("Language of the item names."),
)
@json_option
def read(paths: tuple[Path, ...], *, out: Path | None, form: Any, names: Any, as_json: bool) -> None:
    """Turn files into JSON or Parquet. The result is personal data, as the files are."""
    from kaigo_gateway.errors import InputError

    from kaigo_careplan_link.files import find_sources, read_records, read_to

    if out is not None:
        show_written(read_to(paths, out, form=form, names=names), as_json=as_json)
        return
    if form == "parquet":
        raise InputError(
            N_("Parquet cannot go to standard output."), N_("Name a folder with --out."), domain=DOMAIN
        )
    records = (
        {"path": source.shown, "record": record}
        for source in find_sources(paths)[0]
        if source.name.upper().endswith(".CSV")
        for record in read_records(source, names)
    )
    if as_json or form == "json":
        print_json(list(records))
        return
    for record in records:
        click.echo(json.dumps(record))
