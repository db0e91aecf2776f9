"""``kaigo-gateway grant case``: the register of claims."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from kaigo_gateway.cli.toolkit import json_option, print_json, say
from kaigo_gateway.i18n import translate

if TYPE_CHECKING:
    from datetime import date, datetime

    from kaigo_subsidy.casebook import Case, Readiness
    from kaigo_subsidy.rules import RuleSet

_STATES = ("ready", "preparing", "submitted", "returned", "decided", "paid", "tax-reported", "closed")


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


_register = click.option(
    "--register",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=_("File that keeps the claims; entries are only ever added."),
)
_programme = click.option(
    "--programme",
    default="kiban-office",
    show_default=True,
    help=_("Programme, as `grant programmes` lists it."),
)
_year = click.option("--year", type=int, default=None, help=_("Fiscal year (2026 is 令和8年度)."))
_on = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help=_("Day; default: today."))


@click.group(help=_("Claims and where they stand: prepared, submitted, returned, decided, paid, closed."))
def case() -> None:
    """Group of the register's commands."""


@case.command("open", help=_("Begin the claim of an office; a second one is refused."))
@click.argument("office")
@_register
@_programme
@_year
@_on
def open_(office: str, register: Path, programme: str, year: int | None, on: datetime | None) -> None:
    """Begin a claim."""
    from kaigo_subsidy.casebook import Register

    opened = Register(register).open(office, _rules(programme, year).rules, _day(on))
    say(_line(opened))


@case.command(help=_("Move a claim on, with its day and its evidence."))
@click.argument("office")
@click.argument("state", type=click.Choice(_STATES))
@click.option("--evidence", default="", help=_("Reception number, reason or notice."))
@click.option("--amount", type=int, default=None, help=_("Yen granted, paid or deductible."))
@click.option(
    "--claim",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help=_("For ready: the claim file."),
)
@click.option(
    "--attach",
    "attached",
    multiple=True,
    metavar="CODE=FILE",
    help=_("For ready: an attachment, such as receipt=r.pdf."),
)
@click.option(
    "--override", default="", help=_("For ready: why it is so although a check is missing or failed.")
)
@_register
@_programme
@_year
@_on
def move(  # noqa: PLR0913 - the options of the command
    *,
    office: str,
    state: str,
    evidence: str,
    amount: int | None,
    claim: Path | None,
    attached: tuple[str, ...],
    override: str,
    register: Path,
    programme: str,
    year: int | None,
    on: datetime | None,
) -> None:
    """Enter one event."""
    from kaigo_subsidy.casebook import Event, Register
    from kaigo_subsidy.intake import checked

    ruleset = _rules(programme, year)
    data = {"state": state, "on": _day(on), "evidence": evidence, "amount": amount}
    if state == "ready":
        looked_at = _readiness(office, claim, attached, ruleset)
        data |= {"readiness": looked_at, "override": override}
    elif claim is not None or attached or override:
        raise click.UsageError(_("--claim, --attach and --override belong to the move to ready."))
    event = checked(Event, data, "grant case move")
    say(_line(Register(register).move(office, ruleset.rules, event)))


def _readiness(
    office: str, claim: Path | None, attached: tuple[str, ...], ruleset: RuleSet
) -> Readiness | None:
    """What assessment and pre-check say; None without a claim file."""
    from kaigo_subsidy.casebook import readiness_of
    from kaigo_subsidy.intake import read_attachments, read_claim

    if claim is None:
        return None
    return readiness_of(office, read_claim(claim), ruleset, read_attachments(attached))


@case.command("list", help=_("All claims of a register."))
@_register
@json_option
def list_(register: Path, as_json: bool) -> None:
    """Where every claim stands."""
    from kaigo_subsidy.casebook import Register

    cases = list(Register(register).cases().values())
    if as_json:
        documents = [{**one.model_dump(mode="json"), "state": str(one.state)} for one in cases]
        print_json({"schema": "kaigo-gateway/cases/1", "cases": documents})
        return
    for one in cases:
        say(_line(one))


def _line(one: Case) -> str:
    last = one.events[-1]
    return f"{one.id}  {one.state}  {last.on.isoformat()}  {last.evidence or last.override}".rstrip()


def _day(on: datetime | None) -> date:
    from kaigo_subsidy._calendar import today_in_japan

    return on.date() if on else today_in_japan()


def _rules(programme: str, year: int | None) -> RuleSet:
    from kaigo_subsidy._calendar import fiscal_year, today_in_japan
    from kaigo_subsidy.rules import find_rules

    return find_rules(programme, year or fiscal_year(today_in_japan()))
