"""``check platform --targets``: a support centre's whole list at once, results as they come."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from kaigo_gateway.cli.toolkit import finish, note, print_json, say
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.probe import ClientIdentity, ProbeResult
    from kaigo_gateway.report.model import Result

_MOST = 1000


async def check_targets(  # noqa: PLR0913 - one parameter per option
    open_gateway: Callable[[], Gateway],
    file: Path,
    *,
    concurrency: int,
    office: str | None,
    ca_file: Path | None,
    as_json: bool,
) -> None:
    """Probe every target of ``file`` and end with the exit code of the gravest result.

    With ``office`` its certificate from the vault is shown; without, none is. As text each result is printed
    when it is there; as JSON one report is printed at the end.
    """
    from kaigo_gateway.model.results import overall
    from kaigo_gateway.probe import ProxyChoice, Trust, probe_many
    from kaigo_gateway.probe.targets import read_targets

    count = sum(1 for _ in read_targets(file))  # a bad line is told before anything is sent
    results: list[Result] = []
    async with AsyncExitStack() as exits:
        identity = await _identity(open_gateway, office, exits) if office else None
        stream = probe_many(
            read_targets(file), concurrency=min(concurrency, _MOST), trust=Trust.pinned(ca_file),
            identity=identity, proxy=ProxyChoice(),
        )  # fmt: skip
        async for probed in stream:
            results.append(_result(probed))
            _tell(results[-1], probed, len(results), count, as_json=as_json)
    if as_json:
        from kaigo_gateway.report.model import make_report

        print_json(make_report(results).document())
    else:
        counts = Counter(result.reason_code for result in results)
        say(f"= {', '.join(f'{code} {number}' for code, number in counts.most_common())}")
    finish(overall([result.status for result in results]))


async def _identity(
    open_gateway: Callable[[], Gateway], office: str, exits: AsyncExitStack
) -> ClientIdentity:
    gateway = await exits.enter_async_context(open_gateway())
    identity = await gateway.vault.identity(office)
    if identity is None:
        raise InputError(
            N_("No client certificate of office {office} is in the vault."),
            N_("Install it with `kaigo-gateway cert install`."),
            office=office,
        )
    return identity


def _result(probed: ProbeResult) -> Result:
    from kaigo_gateway._version import __version__
    from kaigo_gateway.model.results import Stage
    from kaigo_gateway.probe import REASONS
    from kaigo_gateway.report.model import result_from_finding

    return result_from_finding(
        probed.finding(subject=probed.target.name),
        check_id="platform.target",
        stage=Stage.PLATFORM,
        plugin="kaigo-gateway",
        version=__version__,
        duration_ms=sum(phase.ms for phase in probed.phases),
        books=[REASONS],
    )


def _tell(result: Result, probed: ProbeResult, number: int, count: int, *, as_json: bool) -> None:
    from kaigo_gateway.report.console import word

    if as_json:
        note(f"{number}/{count} {probed.target.url} {result.reason_code}")
        return
    say(f"{word(result.status)} {result.reason_code} {result.duration_ms:.0f} ms  {result.message}")


def targets_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of the load mode."""
    from pathlib import Path

    path = click.Path(path_type=Path, dir_okay=False)
    for option in (
        click.option("--ca-file", type=path, help=N_("With --targets: PEM of the only CA to trust.")),
        click.option("--office", help=N_("With --targets: show the certificate of this office number.")),
        click.option(
            "--concurrency", type=click.IntRange(1, _MOST), default=20, show_default=True,
            help=N_("With --targets: how many at once."),
        ),
        click.option("--targets", type=path, help=N_("A list of addresses to check at once, one per line.")),
    ):  # fmt: skip
        command = option(command)
    return command
