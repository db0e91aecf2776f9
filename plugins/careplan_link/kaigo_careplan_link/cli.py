"""``kaigo-gateway careplan``: check, explain, sample, read, fix and readiness of CarePlan files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import finish, json_option, note, print_json, say
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._console import (
    print_stream,
    print_whole,
    progress,
    show_explanation,
    show_fixed,
    show_written,
    t,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOMAIN = "kaigo_careplan_link"
_PATHS = click.Path(path_type=Path)
_UNITS = (
    "home-1",
    "home-2",
    "home-3",
    "home-4",
    "service-1",
    "service-2",
    "prevention-1",
    "prevention-2",
    "prevention-3",
    "prevention-5",
    "prevention-6",
)


def _explain_and_exit(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        show_explanation(value)
        ctx.exit(0)


_explain_option = click.option(
    "--explain",
    metavar="CODE",
    expose_value=False,
    is_eager=True,
    callback=_explain_and_exit,
    help=N_("Say what a code means, with an example and what to do, and stop."),
)


@click.group(short_help=N_("Check, mend and read CarePlan files of the standard 4.1."))
@_explain_option
def careplan() -> None:
    """Check, mend and read CarePlan files of the standard 4.1 (ケアプランデータ連携標準仕様)."""


@careplan.command(short_help=N_("Check files, folders or a ZIP of a sending."))
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--profile",
    type=click.Choice(["lenient", "standard", "strict"]),
    help=N_("standard: what the text says. strict: for the vendor test. lenient: what receivers tolerate."),
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
@_explain_option
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
    checking = Checking(_wanted(paths), options, jobs=jobs, progress=progress(quiet=as_json or jsonl))
    if as_json:
        print_whole(checking)
    else:
        print_stream(checking, jsonl=jsonl)


def _wanted(paths: Sequence[str]) -> list[str]:
    """The paths, with ``-`` replaced by the lines of standard input."""
    found: list[str] = []
    for path in paths:
        found += [line.rstrip("\r\n") for line in sys.stdin if line.strip()] if path == "-" else [path]
    return found


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
                domain=_DOMAIN,
                path=str(file),
                reason=str(trouble),
            ) from trouble
    changes = {str(code): str(severity) for code, severity in loaded.get("rules", {}).items()}
    changes.update(dict([*rule.partition("=")[::2]] for rule in rules))
    return profile or str(loaded.get("profile", "standard")), changes


@careplan.command(short_help=N_("Say what a code means, with an example and what to do."))
@click.argument("code")
@json_option
def explain(code: str, *, as_json: bool) -> None:
    """Say what a code means: why it matters, an example, what to do and who acts."""
    show_explanation(code, as_json=as_json)


@careplan.command("rules", short_help=N_("List all rules with their severity."))
@click.option(
    "--profile",
    type=click.Choice(["lenient", "standard", "strict"]),
    default="standard",
    show_default=True,
    help=N_("standard: what the text says. strict: for the vendor test. lenient: what receivers tolerate."),
)
@json_option
def list_rules(*, profile: str, as_json: bool) -> None:
    """List all rules with their severity in a profile."""
    from kaigo_careplan_link.files import explain as explain_code
    from kaigo_careplan_link.files import rules

    if as_json:
        print_json({"rules": [explain_code(code) for code in rules()]})
        return
    for code in rules():
        rule = explain_code(code)
        say(f"{code:28} {rule['severity'][profile]:8} {rule['message']}")


@careplan.command(short_help=N_("Write a correct sample sending with invented people."))
@click.argument("folder", type=_PATHS)
@click.option(
    "--unit",
    type=click.Choice(_UNITS),
    default="home-2",
    show_default=True,
    help=N_("Which files travel together."),
)
@click.option("--sender", default="9970000106", show_default=True, help=N_("Sender's office number."))
@click.option("--sender-service", help=N_("Sender's service type; by default that of the unit."))
@click.option("--receiver", default="9970000205", show_default=True, help=N_("Receiver's office number."))
@click.option("--receiver-service", help=N_("Receiver's service type; by default that of the unit."))
@click.option("--month", default="202701", show_default=True, help=N_("Service month, YYYYMM."))
@click.option(
    "--stamp", default="20261225101500", show_default=True, help=N_("Serial: 14 digits, YYYYMMDDHHMMSS.")
)
@click.option(
    "--people", type=click.IntRange(1, 99), default=2, show_default=True, help=N_("Number of invented users.")
)
@json_option
def sample(
    folder: Path,
    *,
    unit: str,
    sender_service: str | None,
    receiver_service: str | None,
    as_json: bool,
    **parts: Any,
) -> None:
    """Write a correct sample sending of one unit, with invented people only, into FOLDER."""
    from kaigo_careplan_link.files import write_sample

    services = ("11", "43") if unit.startswith("service") else ("43", "11")
    written = write_sample(
        folder,
        unit=unit,
        sender_service=sender_service or services[0],
        receiver_service=receiver_service or services[1],
        **parts,
    )
    show_written(written, as_json=as_json)


@careplan.command(short_help=N_("Turn files into JSON or Parquet."))
@click.argument("paths", nargs=-1, required=True, type=_PATHS, metavar="PATH…")
@click.option(
    "--out", type=_PATHS, help=N_("Folder to write into; without it JSON lines go to standard output.")
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
            N_("Parquet cannot go to standard output."), N_("Name a folder with --out."), domain=_DOMAIN
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


@careplan.command(short_help=N_("Write mended copies; only what is mechanical is changed."))
@click.argument("paths", nargs=-1, required=True, type=_PATHS, metavar="PATH…")
@click.option("--out", type=_PATHS, required=True, help=N_("New folder for the mended files."))
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


@careplan.command(short_help=N_("Judge past sendings for January 2027."))
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help=N_("Number of processes.")
)
@json_option
def readiness(paths: tuple[str, ...], *, jobs: int, as_json: bool) -> None:
    """Judge past sendings, office by office: from January 2027 only 4.1 and 5.0 are accepted."""
    from kaigo_careplan_link.files import readiness as judge

    report = judge(_wanted(paths), jobs=jobs, progress=progress(quiet=as_json))
    if as_json:
        print_json(report.as_dict())
        finish(report.overall)
    verdicts = {
        "ready": N_("ready: the newest sending is of 4.1 and has no errors"),
        "fix_first": N_("fix first: the newest sending has errors"),
        "not_ready": N_(
            "not ready: the newest sending is of 3.x, which is no longer accepted from January 2027"
        ),
        "unknown": N_("unknown: no file tells the version"),
    }
    for office in report.offices:
        told = office.as_dict()
        say(f"{office.office}  {t(verdicts[office.verdict])}")
        for todo in told["todo"]:
            say(f"    {todo['code']}×{todo['count']}: {todo['fix']}")
    if report.without_office:
        say(t(N_("{count} files name no sender."), count=report.without_office))
    finish(report.overall)
