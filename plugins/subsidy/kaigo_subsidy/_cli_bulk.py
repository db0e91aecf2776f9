"""``grant assess --bulk``: many offices at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from kaigo_gateway.cli.toolkit import print_json, say
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_subsidy.rules import RuleSet

F = TypeVar("F", bound="Callable[..., Any]")
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_DEFAULT: Final = "kiban-office"
_ONLY_BULK: Final = ("out", "bad_rows", "unclaimed", "programme", "fiscal_year")


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


def bulk_options(command: F) -> F:
    """The options that speak of many offices."""
    for option in reversed((
        click.option("--bulk", type=_FILE, help=_("Assess many offices: CSV or Parquet, one row for each.")),
        click.option("--columns", is_flag=True, help=_("Explain the columns of a file for --bulk.")),
        click.option(
            "--programme", default=_DEFAULT, show_default=True, help=_("With --bulk: programme of all rows.")
        ),
        click.option(
            "--fiscal-year", type=int, help=_("With --bulk: fiscal year of the programme; default: today's.")
        ),
        click.option(
            "--out", type=_FILE, help=_("With --bulk: write every office's result (.csv or .parquet).")
        ),
        click.option(
            "--bad-rows",
            type=_FILE,
            help=_("With --bulk: write wrong rows to this CSV file, assess the others."),
        ),
        click.option(
            "--unclaimed",
            type=click.IntRange(min=0),
            default=20,
            show_default=True,
            help=_("With --bulk: how many offices to list."),
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def refuse_bulk_options(ctx: click.Context) -> None:
    """A claim file names its own programme, and has no rows: an option that would do nothing is refused."""
    given = [
        name
        for name in _ONLY_BULK
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise click.UsageError(_("Only with --bulk: {options}.").format(options=options), ctx)


def _rules_for(programme: str, fiscal_year: int, folder: Path | None, without: tuple[str, ...]) -> RuleSet:
    """Raises :class:`InputError` where only another plugin's assessor knows the programme."""
    from kaigo_subsidy.rules import catalogue, find_rules
    from kaigo_subsidy.vendors import vendor_offer

    if f"{programme}/{fiscal_year}" not in catalogue(folder):
        theirs = {(one.id, one.fiscal_year) for one in vendor_offer(without).programmes}
        if (programme, fiscal_year) in theirs:
            raise InputError(
                N_("The programme {programme} comes from another plugin and cannot be assessed in bulk."),
                N_("Bulk works by rule files; assess its claims one by one with `grant assess CLAIM.toml`."),
                domain="kaigo_subsidy",
                programme=f"{programme}/{fiscal_year}",
            )
    return find_rules(programme, fiscal_year, folder)


def assess_offices(  # noqa: PLR0913 - the options of the command
    bulk: Path,
    *,
    rules: Path | None,
    readings: tuple[str, ...],
    programme: str,
    fiscal_year: int | None,
    out: Path | None,
    bad_rows: Path | None,
    unclaimed: int,
    as_json: bool,
    without: tuple[str, ...],
) -> None:
    """Assess the file, write what was asked for, print the summary. Exit code 1: rows were left out."""
    from kaigo_subsidy._calendar import fiscal_year as year_of
    from kaigo_subsidy._calendar import today_in_japan
    from kaigo_subsidy._showing_bulk import bulk_lines
    from kaigo_subsidy.bulk import assess_bulk
    from kaigo_subsidy.bulk._files import form_of
    from kaigo_subsidy.intake import read_readings

    if out is not None:
        form_of(out)  # before the work, not after it
    today = today_in_japan()
    ruleset = _rules_for(programme, year_of(today) if fiscal_year is None else fiscal_year, rules, without)
    result = assess_bulk(bulk, ruleset, today, read_readings(readings), bad_rows=bad_rows)
    try:
        if out is not None:
            result.write(out)
        summary = result.summary(unclaimed=unclaimed)
    finally:
        result.close()
    if as_json:
        print_json(summary)
    else:
        for line in bulk_lines(summary, ruleset):
            say(line)
    raise SystemExit(1 if summary["bad_rows"] else 0)


def show_columns(
    *, programme: str, fiscal_year: int | None, rules: Path | None, as_json: bool, **_rest: Any
) -> None:
    """What each column of a bulk file means, with the header that may stand instead of its name."""
    from kaigo_subsidy._calendar import fiscal_year as year_of
    from kaigo_subsidy._calendar import today_in_japan
    from kaigo_subsidy.bulk import columns_document, columns_of
    from kaigo_subsidy.rules import find_rules

    ruleset = find_rules(programme, year_of(today_in_japan()) if fiscal_year is None else fiscal_year, rules)
    if as_json:
        print_json(columns_document(ruleset))
        return
    say(_("One row is one office; the header may be in either language. * is required."))
    for column in columns_of(ruleset).values():
        say(f"{'*' if column.required else ' '} {column.name}  {column.ja}")
        say(f"    {_(column.about)}")
