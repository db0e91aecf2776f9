"""``careplan readiness``."""

from __future__ import annotations

import click
from kaigo_gateway.cli.toolkit import finish, json_option, print_json, say
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import wanted
from kaigo_careplan_link.files._console import progress, t


@click.command(short_help=N_("Judge past sendings for January 2027."))
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help=N_("Number of processes.")
)
@json_option
def readiness(paths: tuple[str, ...], *, jobs: int, as_json: bool) -> None:
    """Judge past sendings, office by office: from January 2027 only 4.1 and 5.0 are accepted."""
    from kaigo_careplan_link.files import readiness as judge

    report = judge(wanted(paths), jobs=jobs, progress=progress(quiet=as_json))
    if as_json:
        print_json(report.as_dict())
        finish(report.overall)
    verdicts = {
        "ready": N_("ready: the newest sending is of 4.1 and has no errors"),
        "fix_first": N_("fix first: the newest sending has errors"),
        "not_ready": N_(
            "not ready: the newest sending is of 3.x, which is no longer accepted from January 2027"
        ),
        "unknown": N_("unknown: no file tells the version"),
    }
    for office in report.offices:
        told = office.as_dict()
        say(f"{office.office}  {t(verdicts[office.verdict])}")
        for todo in told["todo"]:
            say(f"    {todo['code']}×{todo['count']}: {todo['fix']}")
    if report.without_office:
        say(t(N_("{count} files name no sender."), count=report.without_office))
    finish(report.overall)
