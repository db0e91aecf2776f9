"""``kaigo-gateway grant precheck``: the attachments of a claim, before they are sent back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from kaigo_gateway.cli.toolkit import json_option, print_json, say
from kaigo_gateway.i18n import translate

from kaigo_subsidy._cli_rules import rules_option

if TYPE_CHECKING:
    from kaigo_gateway.model.claims import Claim

_FILE = click.Path(dir_okay=False, path_type=Path)


def _(message: str) -> str:
    return translate(message, "kaigo_subsidy")


@click.command(help=_("Look at the attachments before applying. Exit code 1: something would be sent back."))
@click.argument("claim", type=_FILE, required=False)
@click.option("--setup", default=None, help=_("The Setup whose work is claimed, instead of a claim file."))
@click.option(
    "--attach",
    "attached",
    multiple=True,
    metavar="CODE=FILE",
    help=_("An attachment, such as receipt=r.pdf."),
)
@rules_option
@json_option
def precheck(
    claim: Path | None, setup: str | None, attached: tuple[str, ...], rules: Path | None, as_json: bool
) -> None:
    """The attachments of a claim, one by one."""
    from kaigo_gateway.cli.toolkit import finish

    from kaigo_subsidy.intake import read_attachments, read_claim
    from kaigo_subsidy.precheck import check_attachments
    from kaigo_subsidy.rules import find_rules
    from kaigo_subsidy.showing import precheck_lines

    if (claim is None) == (setup is None):
        raise click.UsageError(_("Give a claim file, or --setup with the id of a Setup."))
    read = read_claim(claim) if claim is not None else _claim_of_setup(str(setup))
    found = check_attachments(
        read, find_rules(read.programme, read.fiscal_year, rules), read_attachments(attached)
    )
    if as_json:
        print_json(found.document())
    else:
        for line in precheck_lines(found):
            say(line)
    finish(found.overall)


def _claim_of_setup(setup_id: str) -> Claim:
    from kaigo_gateway import Gateway
    from kaigo_gateway.cli import without_plugins
    from kaigo_gateway.cli.toolkit import run_async

    async def ask() -> Claim:
        async with Gateway(without=without_plugins(click.get_current_context())) as gateway:
            _programme, claim = await gateway.claims.of_setup(setup_id)
            return claim

    return run_async(ask())
