"""What every command shares: JSON alone on stdout, text that any console can show, exit codes 0/1/2/3."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from kaigo_gateway.report.model import Report

T = TypeVar("T")

EXIT_CODES = {"ok": 0, "warn": 0, "skip": 0, "fail": 1, "error": 3}


def json_option(command: Callable[..., T]) -> Callable[..., T]:
    """Add ``--json`` (parameter ``as_json``): JSON alone on stdout, everything else on stderr."""
    return click.option("--json", "as_json", is_flag=True, help=N_("Print JSON alone on standard output."))(
        command
    )


def print_json(data: Any) -> None:
    """One JSON document on stdout, ASCII-escaped so that it survives any code page."""
    import json

    click.echo(json.dumps(data, ensure_ascii=True, indent=2))


def say(text: str = "") -> None:
    """A line for people on stdout."""
    for line in as_wide_as_the_terminal(text.split("\n"), sys.stdout):
        click.echo(line)


def note(text: str) -> None:
    """A line for people on stderr, so that it never mixes with JSON."""
    for line in as_wide_as_the_terminal(text.split("\n"), sys.stderr):
        click.echo(line, err=True)


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    import asyncio

    return asyncio.run(coroutine)


def finish(status: str) -> NoReturn:
    """End the command with the exit code of an overall status."""
    raise SystemExit(EXIT_CODES[str(status)])


def show_report(report: Report, *, as_json: bool) -> NoReturn:
    """Print a report as JSON or as text and end with its exit code."""
    if as_json:
        print_json(report.document())
    else:
        from kaigo_gateway.report.console import report_lines

        for line in report_lines(report):
            say(line)
    finish(report.overall)


def as_wide_as_the_terminal(lines: Iterable[str], stream: TextIO) -> Iterable[str]:
    """Lines folded to a terminal's width; whole where ``stream`` is a file or a pipe."""
    if not stream.isatty():
        return lines
    from kaigo_gateway.cli.columns import fold_hanging

    return fold_hanging(lines, shutil.get_terminal_size().columns - 1)


def prepare_streams() -> None:
    """Never fail over a character that the console cannot show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
