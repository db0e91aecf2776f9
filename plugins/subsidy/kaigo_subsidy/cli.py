"""``kaigo-gateway grant``: programmes, assessment, papers."""

from __future__ import annotations

from pathlib import Path

import click
from kaigo_gateway.cli.toolkit import json_option, print_json, say
from kaigo_gateway.i18n import translate

_FOLDER = click.Path(file_okay=False, path_type=Path)


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


@click.group(help=_("The grant: programmes, assessment of a claim, papers."))
def grant() -> None:
    """Group of the grant's commands."""


_rules_option = click.option(
    "--rules", type=_FOLDER, default=None, help=_("Folder with further rule files (*.yaml).")
)
_reading_option = click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=OPTION",
    help=_("Choose the reading of an open question, such as same_category=once."),
)


@grant.command(help=_("List the programmes, their limits, sources and open questions."))
@_rules_option
@json_option
def programmes(rules: Path | None, as_json: bool) -> None:
    """All programmes that are known here."""
    from kaigo_subsidy.rules import catalogue
    from kaigo_subsidy.showing import programme_lines

    sets = list(catalogue(rules).values())
    if as_json:
        documents = [{**s.rules.model_dump(mode="json", by_alias=True), "hash": s.hash} for s in sets]
        print_json({"schema": "kaigo-gateway/programmes/1", "programmes": documents})
        return
    for line in programme_lines(sets):
        say(line)


@grant.command(help=_("Assess a claim file (TOML or JSON). Exit code 0: eligible, 1: partly or not at all."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_rules_option
@_reading_option
@json_option
def assess(file: Path, rules: Path | None, readings: tuple[str, ...], as_json: bool) -> None:
    """One claim, line by line."""
    from kaigo_subsidy.assessing import assess as assess_claim
    from kaigo_subsidy.intake import read_claim, read_readings
    from kaigo_subsidy.rules import find_rules
    from kaigo_subsidy.showing import assessment_lines

    claim = read_claim(file)
    ruleset = find_rules(claim.programme, claim.fiscal_year, rules)
    assessment = assess_claim(claim, ruleset, read_readings(readings))
    if as_json:
        print_json(assessment.document())
    else:
        for line in assessment_lines(claim, assessment):
            say(line)
    raise SystemExit(0 if assessment.verdict == "eligible" else 1)
