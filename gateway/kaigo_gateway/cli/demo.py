"""``kaigo-gateway demo``: the whole job against simulated counterparts."""

from __future__ import annotations

from pathlib import Path

import click

from kaigo_gateway.cli import without_plugins
from kaigo_gateway.cli.toolkit import json_option, note, run_async, show_report
from kaigo_gateway.i18n import N_, gettext


@click.command(short_help=N_("Run the whole job against simulated counterparts."))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("Folder for the report, the expense records and the assessment."),
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SERVICE=FAULT",
    help=N_("Switch a fault of a simulated counterpart on, for example platform=maintenance."),
)
@json_option
@click.pass_context
def demo(ctx: click.Context, out: Path | None, faults: tuple[str, ...], *, as_json: bool) -> None:
    """Run the whole job against simulated counterparts on this machine.

    A demo authority issues a client certificate, a virtual reader holds a virtual card, and simulated
    services demand the certificate. The code is the same as at a real site; the record and every paper are
    marked as simulated.
    """
    from kaigo_gateway.sandbox.demo import run_demo

    switches = _switches(faults)
    if out is not None:
        from kaigo_gateway._papers import prepare_folder

        prepare_folder(out)
    if as_json:  # the text report says it in its first line
        note(gettext("SIMULATED: every counterpart is a simulation on this machine."))
    report = run_async(run_demo(out, switches, without_plugins(ctx), say=note))
    show_report(report, as_json=as_json)


def _switches(faults: tuple[str, ...]) -> dict[str, str]:
    switches = {}
    for fault in faults:
        service, sign, name = fault.partition("=")
        if not (service and sign and name):
            raise click.BadParameter(gettext("write it as SERVICE=FAULT"), param_hint="--fault")
        switches[service] = name
    return switches
