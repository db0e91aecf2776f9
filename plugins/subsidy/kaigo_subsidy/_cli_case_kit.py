"""What the commands on claims share: the gateway, finding a claim, showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click
from kaigo_gateway.cli.toolkit import print_json, say
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from kaigo_gateway import Gateway
    from kaigo_gateway.model.cases import Case, LifeCycle

    Names = Mapping[str, LifeCycle]

T = TypeVar("T")


def with_gateway(work: Callable[[Gateway], Awaitable[T]]) -> T:
    """Do something with a gateway of the user's settings."""
    from kaigo_gateway import Gateway
    from kaigo_gateway.cli import without_plugins
    from kaigo_gateway.cli.toolkit import run_async

    async def run() -> T:
        async with Gateway(without=without_plugins(click.get_current_context())) as gateway:
            return await work(gateway)

    return run_async(run())


async def find(gateway: Gateway, claim: str, options: dict[str, Any]) -> Case:
    """A claim by its id, or by office number, programme and year."""
    from kaigo_gateway.ledger import CaseHead, UnknownCase

    try:
        return await gateway.claims.case(claim)
    except UnknownCase:
        return await gateway.claims.case(CaseHead(options["programme"], year_of(options), claim).id)


def entry_of(options: dict[str, Any]) -> dict[str, Any]:
    """What the options say of an entry."""
    on: datetime | None = options["on"]
    entry = {"override": options["override"], "by": options["by"]}
    return {**entry, "on": on.date()} if on else entry


def year_of(options: dict[str, Any]) -> int:
    """The fiscal year that was named, else today's."""
    from kaigo_subsidy._calendar import fiscal_year, today_in_japan

    return options["year"] or fiscal_year(today_in_japan())


async def names_of(gateway: Gateway) -> Names:
    """How each programme names the states of its claims."""
    return {each.id: each.life for each in await gateway.claims.programmes()}


def refuse_unknown_state(state: str, names: Names) -> None:
    """Raises :class:`InputError` for a state that no programme knows."""
    known = {code: life.named(code) for life in names.values() for code in life.states}
    if state not in known:
        raise InputError(
            N_("There is no state {state}."),
            N_("States of a claim: {known}."),
            domain="kaigo_subsidy",
            state=state,
            known=list(known.values()) or "-",
        )


def show_case(found: Case, names: Names, *, as_json: bool) -> None:
    """A claim in one line, or whole as JSON."""
    if as_json:
        print_json(document_of(found))
    else:
        say(line_of(found, names))


def document_of(found: Case) -> dict[str, Any]:
    """``kaigo-gateway/case/1``."""
    return {"schema": "kaigo-gateway/case/1", **found.model_dump(mode="json"), "state": found.state}


def line_of(found: Case, names: Names) -> str:
    """Where a claim stands, in one line: the state by its name and its code."""
    last, life = found.entries[-1], names.get(f"{found.programme}/{found.fiscal_year}")
    state = life.named(found.state).shown() if life else found.state
    return f"{found.id}  {state}  {last.on.isoformat()}  {last.evidence or last.override}".rstrip()
