"""``careplan validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import json_option
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import DOMAIN, PROFILE_SAYS, PROFILES, explain_option, wanted
from kaigo_careplan_link.files._console import print_stream, print_whole, progress

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(short_help=N_("Check files, folders or a ZIP of a sending."))
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--profile",
    type=PROFILES,
    help=PROFILE_SAYS,
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="CODE=SEVERITY",
    help=N_("Change one rule: error, warning, notice or off. Can be repeated."),
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_('A TOML file with profile = "…" and a table [rules].'),
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help=N_("Number of processes.")
)
@click.option(
    "--show-values",
    is_flag=True,
    help=N_("Show values of personal fields. Handle the output as personal data."),
)
@click.option("--jsonl", is_flag=True, help=N_("Print one JSON object per file and unit as they are done."))
@json_option
@explain_option
def validate(  # noqa: PLR0913 - one parameter per option
    paths: tuple[str, ...],
    *,
    profile: str | None,
    rules: tuple[str, ...],
    settings_file: Path | None,
    jobs: int,
    show_values: bool,
    jsonl: bool,
    as_json: bool,
) -> None:
    """Check files, folders or a ZIP of a sending; exit code 1 on an error. PATH - reads a list from stdin."""
    from kaigo_careplan_link.files import Checking, options_for

    profile, changes = _settings(settings_file, profile, rules)
    options = options_for(profile, rules=changes, show_values=show_values)
    checking = Checking(wanted(paths), options, jobs=jobs, progress=progress(quiet=as_json or jsonl))
    if as_json:
        print_whole(checking)
    else:
        print_stream(checking, jsonl=jsonl)


def _settings(file: Path | None, profile: str | None, rules: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Profile and rules: the settings file first, then the options."""
    from kaigo_gateway.errors import InputError

    loaded: dict[str, Any] = {}
    if file is not None:
        import tomllib

        try:
            loaded = tomllib.loads(file.read_text(encoding="utf-8"))
            loaded["rules"] = dict(loaded.get("rules", {}))
        except (OSError, ValueError, TypeError) as trouble:
            raise InputError(
                N_("{path} is not a TOML file ({reason})."),
                N_('Write profile = "strict" and a table [rules].'),
                domain=DOMAIN,
                path=str(file),
                reason=str(trouble),
            ) from trouble
    changes = {str(code): str(severity) for code, severity in loaded.get("rules", {}).items()}
    changes.update(dict([*rule.partition("=")[::2]] for rule in rules))
    return profile or str(loaded.get("profile", "standard")), changes
