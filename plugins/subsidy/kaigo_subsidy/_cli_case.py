"""``kaigo-gateway grant case``: where each claim stands, kept in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import json_option, print_json, say
from kaigo_gateway.i18n import translate
from kaigo_gateway.model.reasons import fill

from kaigo_subsidy._cli_case_kit import (
    document_of,
    entry_of,
    find,
    line_of,
    names_of,
    refuse_unknown_state,
    show_case,
    with_gateway,
    year_of,
)

if TYPE_CHECKING:
    from kaigo_gateway import Gateway
    from kaigo_gateway.model.cases import Case

    from kaigo_subsidy._cli_case_kit import Names

_FILE = click.Path(dir_okay=False, path_type=Path)


def _(message: str, **values: object) -> str:
    return fill(translate(message, "kaigo_subsidy"), values)


_programme = click.option(
    "--programme",
    default="kiban-office",
    show_default=True,
    help=_("Programme, as `grant programmes` lists it."),
)
_year = click.option(
    "--fiscal-year", "year", type=int, default=None, help=_("Fiscal year (2026 is 令和8年度).")
)
_on = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help=_("Day; default: today."))
_by = click.option("--by", default="", help=_("Who enters it."))


@click.group(help=_("Claims and where they stand: prepared, submitted, returned, decided, paid, closed."))
def case() -> None:
    """Group of the commands on claims."""


@case.command("open", help=_("Begin the claim of an office or of a Setup; a second one is refused."))
@click.argument("office", required=False)
@click.option("--setup", default=None, help=_("The Setup whose work is claimed."))
@click.option("--override", default="", help=_("Why it is opened although another year's claim is there."))
@_programme
@_year
@_on
@_by
@json_option
def open_(office: str | None, setup: str | None, as_json: bool, **options: Any) -> None:
    """Begin a claim."""
    if (office is None) == (setup is None):
        raise click.UsageError(_("Give an office number, or --setup with the id of a Setup."))
    entry = entry_of(options)

    async def begin(gateway: Gateway) -> tuple[Case, Names]:
        if setup is not None:
            begun = await gateway.claims.open_for(setup, entry)
        else:
            assert office is not None
            begun = await gateway.claims.open(options["programme"], year_of(options), office, entry)
        return begun, await names_of(gateway)

    show_case(*with_gateway(begin), as_json=as_json)


@case.command(
    help=_(
        "Move a claim on, with its day and its evidence. STATE: ready, preparing, submitted, returned,"
        " decided, paid, tax-reported or closed."
    )
)
@click.argument("claim")
@click.argument("state")
@click.option("--evidence", default="", help=_("Reception number, reason or notice."))
@click.option("--file", type=_FILE, default=None, help=_("File that proves it; its SHA-256 is kept."))
@click.option("--amount", type=int, default=None, help=_("Yen granted, paid or deductible."))
@click.option(
    "--claim",
    "claim_file",
    type=_FILE,
    default=None,
    help=_("For ready, and submitted after 不備: the claim file; not needed where a Setup is claimed."),
)
@click.option(
    "--attach",
    "attached",
    multiple=True,
    metavar="CODE=FILE",
    help=_("For the same moves: an attachment, such as receipt=r.pdf."),
)
@click.option("--override", default="", help=_("Why it is so although a check is missing or failed."))
@_programme
@_year
@_on
@_by
@json_option
def move(
    claim: str,
    state: str,
    claim_file: Path | None,
    attached: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Enter what happened. CLAIM is the id of a claim, or an office number (--programme, --fiscal-year)."""
    from kaigo_gateway.claims import evidence_of

    entry = {
        **entry_of(options),
        "state": state,
        "evidence": options["evidence"],
        "amount": options["amount"],
    }
    if options["file"] is not None:
        entry["file"] = evidence_of(options["file"])

    async def go_on(gateway: Gateway) -> tuple[Case, Names]:
        found = await find(gateway, claim, options)
        facts = await _looked_at(gateway, found, state, claim_file, attached)
        moved = await gateway.claims.move(found.id, {**entry, "facts": facts})
        return moved, await names_of(gateway)

    show_case(*with_gateway(go_on), as_json=as_json)


async def _looked_at(
    gateway: Gateway, found: Case, state: str, claim_file: Path | None, attached: tuple[str, ...]
) -> dict[str, Any]:
    """What assessment and pre-check said, where the move asks for them and there is a claim to look at."""
    from kaigo_gateway.cli.toolkit import note

    from kaigo_subsidy.intake import read_attachments, read_claim
    from kaigo_subsidy.showing import examined_lines

    programme = await gateway.claims.programme(found.programme, found.fiscal_year)
    examined = programme.life.move(found.state, state).examined
    if not examined and (claim_file or attached):
        raise click.UsageError(_("--claim and --attach belong to moves that look at the claim."))
    if not examined or (claim_file is None and found.setup_id is None):
        return {}
    claim = read_claim(claim_file) if claim_file else await gateway.claims.claim_of(found)
    assert claim is not None
    setup_id = None if claim_file else found.setup_id
    result = await gateway.claims.examine(claim, read_attachments(attached), setup_id)
    for line in examined_lines(result.document):
        note(line)
    return dict(result.facts)


@case.command(help=_("One claim: what happened, what can come next, which days matter."))
@click.argument("claim")
@_programme
@_year
@json_option
def show(claim: str, as_json: bool, **options: Any) -> None:
    """One claim with its history."""
    from kaigo_subsidy.showing import case_lines

    async def look(gateway: Gateway) -> tuple[Case, list[str]]:
        found = await find(gateway, claim, options)
        programme = await gateway.claims.programme(found.programme, found.fiscal_year)
        return found, list(case_lines(found, programme, await gateway.claims.days(found)))

    found, lines = with_gateway(look)
    if as_json:
        print_json(document_of(found))
        return
    for line in lines:
        say(line)


@case.command(help=_("Write the days that follow from where a claim stands as an iCalendar file."))
@click.argument("claim")
@click.option("--out", type=_FILE, required=True, help=_("File to write (.ics)."))
@_programme
@_year
def calendar(claim: str, out: Path, **options: Any) -> None:
    """The days of one claim; importing it again moves those that have changed."""
    from datetime import UTC, datetime

    from kaigo_subsidy._writing import write_whole
    from kaigo_subsidy.casebook import case_calendar
    from kaigo_subsidy.papers import SIMULATED_MARK

    async def make(gateway: Gateway) -> bytes:
        found = await find(gateway, claim, options)
        mark = SIMULATED_MARK if found.simulated else ""
        return case_calendar(found, await gateway.claims.days(found), datetime.now(UTC), mark)

    write_whole(out, with_gateway(make))
    say(str(out))


@case.command("list", help=_("All claims of the ledger, or those of an office or a state."))
@click.option("--office", default=None, help=_("Only this office number."))
@click.option("--state", default=None, help=_("Only claims in this state."))
@json_option
def list_(office: str | None, state: str | None, as_json: bool) -> None:
    """Where every claim stands."""
    wanted = {"office_number": office, "state": state}
    narrowed = {name: value for name, value in wanted.items() if value is not None}

    async def look(gateway: Gateway) -> tuple[list[Case], Names]:
        names = await names_of(gateway)
        if state is not None:
            refuse_unknown_state(state, names)
        return [found async for found in gateway.claims.every(**narrowed)], names

    found, names = with_gateway(look)
    if as_json:
        print_json({"schema": "kaigo-gateway/cases/1", "cases": [document_of(each) for each in found]})
        return
    for each in found:
        say(line_of(each, names))
    if not found and narrowed:
        say(_("No claim is like that. `kaigo-gateway grant case list` shows all."))
    elif not found:
        say(_("No claims yet. `kaigo-gateway grant case open` begins one."))


@case.command("import", help=_("Take over the claims of a register file of earlier days."))
@click.argument("file", type=_FILE)
def import_(file: Path) -> None:
    """Each entry is judged as if it were entered now; one that is refused stops its claim with the reason."""
    from kaigo_subsidy.casebook import entries_of

    claims = entries_of(file)

    async def take(gateway: Gateway) -> tuple[list[Case], Names]:
        found = []
        for (office, programme, year), entries in claims.items():
            opened = await gateway.claims.open(programme, year, office, entries[0])
            for entry in entries[1:]:
                await gateway.claims.move(opened.id, entry)
            found.append(await gateway.claims.case(opened.id))
        return found, await names_of(gateway)

    found, names = with_gateway(take)
    for each in found:
        say(line_of(each, names))
