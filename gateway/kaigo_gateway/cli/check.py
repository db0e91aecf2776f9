"""``kaigo-gateway check``: one stage of a site, without a Setup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaigo_gateway.cli._open import open_gateway
from kaigo_gateway.cli.toolkit import json_option, run_async, show_report
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.report.model import Report


@click.group(short_help=N_("Check the platform or the CarePlan link of a site."))
def check() -> None:
    """Check the platform or the CarePlan link of a site; nothing is recorded."""


async def _stage(gateway: Gateway, site_file: Path, stage: str) -> Report:
    from kaigo_gateway.model.results import Stage
    from kaigo_gateway.sitefile import read_site

    site = read_site(site_file)
    async with gateway:
        return await gateway.check(site, Stage(stage))


def _command(stage: str, summary: str) -> click.Command:
    @click.command(stage, short_help=summary, help=summary)
    @click.option(
        "--site",
        "site_file",
        type=click.Path(path_type=Path, dir_okay=False),
        required=True,
        help=N_("Site file of the office."),
    )
    @json_option
    @click.pass_context
    def command(ctx: click.Context, site_file: Path, *, as_json: bool) -> None:
        show_report(run_async(_stage(open_gateway(ctx), site_file, stage)), as_json=as_json)

    return command


check.add_command(_command("platform", N_("Check the connection to the platform.")))
check.add_command(_command("careplan", N_("Check the CarePlan data link.")))
check.add_command(_command("certificate", N_("Check the client certificate of a site file.")))
check.add_command(_command("reader", N_("Check the card readers of a site.")))
