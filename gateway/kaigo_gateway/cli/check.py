"""``kaigo-gateway check``: one stage of a site, without a Setup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kaigo_gateway.cli._open import open_gateway
from kaigo_gateway.cli._targets import check_targets, targets_options
from kaigo_gateway.cli.toolkit import json_option, run_async, show_report
from kaigo_gateway.i18n import N_, gettext

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


@check.command("platform", short_help=N_("Check the connection to the platform."))
@click.option(
    "--site",
    "site_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Site file of the office."),
)
@targets_options
@json_option
@click.pass_context
def platform(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    site_file: Path | None,
    targets: Path | None,
    concurrency: int,
    office: str | None,
    ca_file: Path | None,
    trust: Literal["system", "certifi"],
    *,
    as_json: bool,
) -> None:
    """Check the connection to the platform: of one site, or of a whole list of addresses."""
    if (site_file is None) == (targets is None):
        raise click.UsageError(gettext("Give either --site or --targets."))
    if targets is not None:
        run_async(
            check_targets(
                lambda: open_gateway(ctx),
                targets,
                concurrency=concurrency,
                office=office,
                ca_file=ca_file,
                trust=trust,
                as_json=as_json,
            )
        )
    assert site_file is not None
    show_report(run_async(_stage(open_gateway(ctx), site_file, "platform")), as_json=as_json)


check.add_command(_command("careplan", N_("Check the CarePlan data link.")))
check.add_command(_command("certificate", N_("Check a site's client certificate and keep it in the vault.")))
check.add_command(_command("reader", N_("Check the card readers of a site.")))
