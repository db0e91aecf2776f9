"""``kaigo-gateway grant``: programmes, assessment, papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import json_option, note, print_json, say
from kaigo_gateway.i18n import translate

from kaigo_subsidy._cli_bulk import assess_offices, bulk_options, refuse_bulk_options, show_columns
from kaigo_subsidy._cli_case import case
from kaigo_subsidy._cli_precheck import precheck
from kaigo_subsidy._cli_rules import rules_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.model.claims import Assessment, Claim

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


@click.group(help=_("The grant: programmes, assessment of a claim, papers."))
def grant() -> None:
    """Group of the grant's commands."""


_reading_option = click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=OPTION",
    help=_("Choose the reading of an open question, such as same_category=once."),
)


@grant.command(help=_("List the programmes, their limits, sources and open questions."))
@rules_option
@json_option
def programmes(rules: Path | None, as_json: bool) -> None:
    """All programmes that are known here."""
    from kaigo_subsidy.rules import catalogue
    from kaigo_subsidy.showing import programme_lines
    from kaigo_subsidy.vendors import vendor_offer

    sets, offer = list(catalogue(rules).values()), vendor_offer(_left_out())
    others = offer.programmes
    for problem in offer.told():
        note(problem)
    if as_json:
        documents = [{**s.rules.model_dump(mode="json", by_alias=True), "hash": s.hash} for s in sets]
        documents += [
            {"programme": o.id, "fiscal_year": o.fiscal_year, "title": o.title, **o.rules} for o in others
        ]
        print_json({"schema": "kaigo-gateway/programmes/1", "programmes": documents})
        return
    _say_all(programme_lines(sets))
    _say_all(f"{one.id}/{one.fiscal_year}  {one.title}" for one in others)


@grant.command(help=_("Assess a claim file (TOML or JSON). Exit code 0: eligible, 1: partly or not at all."))
@click.argument("file", type=_FILE, required=False)
@rules_option
@_reading_option
@bulk_options
@json_option
@click.pass_context
def assess(
    ctx: click.Context, /, file: Path | None, bulk: Path | None, columns: bool, **options: Any
) -> None:
    """One claim line by line, or a file of many offices."""
    if sum((file is not None, bulk is not None, columns)) != 1:
        raise click.UsageError(_("Give a claim file, or --bulk with a file of offices, or --columns."), ctx)
    if columns:
        show_columns(**options)
    elif bulk is not None:
        assess_offices(bulk, without=_left_out(), **options)
    elif file is not None:
        refuse_bulk_options(ctx)
        _assess_one(file, **options)


def _assess_one(
    file: Path, *, rules: Path | None, readings: tuple[str, ...], as_json: bool, **_rest: Any
) -> None:
    from kaigo_subsidy.intake import read_claim
    from kaigo_subsidy.showing import assessment_lines

    claim = read_claim(file)
    assessment = _assessment(claim, rules, readings)
    if as_json:
        print_json(assessment.document())
    else:
        _say_all(assessment_lines(claim, assessment))
    raise SystemExit(0 if assessment.verdict == "eligible" else 1)


def _assessment(claim: Claim, rules: Path | None, readings: tuple[str, ...]) -> Assessment:
    """By the rules known here; by another plugin's programme where they do not have it."""
    from kaigo_subsidy.assessing import assess as assess_claim
    from kaigo_subsidy.intake import read_readings
    from kaigo_subsidy.rules import catalogue, find_rules
    from kaigo_subsidy.vendors import vendor_assessment, vendor_offer

    if f"{claim.programme}/{claim.fiscal_year}" not in catalogue(rules):
        offer = vendor_offer(_left_out())
        found = vendor_assessment(claim, offer.programmes)
        if found is not None:
            return found
        for problem in offer.told():
            note(problem)
    ruleset = find_rules(claim.programme, claim.fiscal_year, rules)
    return assess_claim(claim, ruleset, read_readings(readings))


def _left_out() -> tuple[str, ...]:
    """What ``--no-plugins`` names, where the root command has it."""
    given = click.get_current_context().find_root().params.get("no_plugins")
    return tuple(name.strip() for name in given.split(",") if name.strip()) if given else ()


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)


@grant.command(help=_("Write the papers of a Setup: all default ones, or those named with --format."))
@click.argument("setup")
@click.option(
    "--format", "formats", multiple=True, metavar="NAME", help=_("Paper to write; may be repeated.")
)
@click.option("--out", type=_FOLDER, required=True, help=_("Folder for the papers."))
@json_option
def export(setup: str, formats: tuple[str, ...], out: Path, as_json: bool) -> None:
    """The papers of one Setup, from its ledgered record."""
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.cli.toolkit import run_async

    async def write() -> list[Path]:
        async with Gateway() as gateway:
            return await gateway.export(setup, out, formats)

    written = [str(path) for path in run_async(write())]
    if as_json:
        print_json({"schema": "kaigo-gateway/papers/1", "papers": written})
    else:
        _say_all(written)


@grant.command(help=_("Write the days of a claim as an iCalendar file."))
@click.argument("claim", type=_FILE)
@click.option("--out", type=_FILE, required=True, help=_("File to write (.ics)."))
@rules_option
def calendar(claim: Path, out: Path, rules: Path | None) -> None:
    """The days of a claim for a calendar program."""
    from datetime import UTC, datetime

    from kaigo_subsidy._writing import write_whole
    from kaigo_subsidy.assessing import assess as assess_claim
    from kaigo_subsidy.casebook import calendar_file
    from kaigo_subsidy.intake import read_claim
    from kaigo_subsidy.rules import find_rules

    read = read_claim(claim)
    assessment = assess_claim(read, find_rules(read.programme, read.fiscal_year, rules))
    write_whole(out, calendar_file(assessment, read.office, datetime.now(UTC)))
    say(str(out))


@grant.command(help=_("What other programmes that lean on the CarePlan link ask for, and what is met."))
@click.argument("facts", type=_FILE, required=False)
@json_option
def related(facts: Path | None, as_json: bool) -> None:
    """Statements of eligibility; without a file of facts everything is still to be found out."""
    from kaigo_subsidy._calendar import today_in_japan
    from kaigo_subsidy.related import document_of, read_facts, statements
    from kaigo_subsidy.showing import related_lines

    found = statements(read_facts(facts) if facts else {})
    if as_json:
        print_json(document_of(found, today_in_japan()))
    else:
        _say_all(related_lines(found, today_in_japan()))


grant.add_command(case)
grant.add_command(precheck)
