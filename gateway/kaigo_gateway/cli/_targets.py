"""``check platform --targets``: a support centre's whole list at once, results as they come."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Literal

import click

from kaigo_gateway.cli.toolkit import EXIT_CODES, finish, note, print_json, say
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.results import Status
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
    trust: Literal["system", "certifi"],
    as_json: bool,
) -> None:
    """Probe every target of ``file`` and end with the exit code of the gravest result.

    With ``office`` its certificate from the vault is shown; without, none is. As text each result is printed
    when it is there; as JSON one report is printed at the end.
    """
    from kaigo_gateway.probe import ProxyChoice, Trust, probe_many
    from kaigo_gateway.probe.targets import count_targets, read_targets

    count = count_targets(file)  # every bad line is told before anything is sent
    tally = _Tally(count, as_json=as_json)
    async with AsyncExitStack() as exits:
        identity = await _identity(open_gateway, office, exits) if office else None
        stream = probe_many(
            read_targets(file), concurrency=min(concurrency, _MOST), identity=identity,
            trust=Trust.pinned(ca_file) if ca_file else Trust(trust), proxy=ProxyChoice(),
        )  # fmt: skip
        try:
            async for probed in stream:
                tally.add(probed)
        except asyncio.CancelledError:  # Ctrl-C: what is known is told, the rest was not begun
            tally.end(interrupted=True)
            note(gettext("Interrupted; the other targets were not checked."))
            raise SystemExit(EXIT_CODES["error"]) from None
    finish(tally.end())


class _Tally:
    """What came back so far: numbers alone, so that a list of any length takes no memory; for JSON all."""

    def __init__(self, count: int, *, as_json: bool) -> None:
        self.count, self.as_json = count, as_json
        self.codes: Counter[str] = Counter()
        self.statuses: Counter[Status] = Counter()
        self.results: list[Result] = []

    def add(self, probed: ProbeResult) -> None:
        """Tell one result, and count it."""
        result = _result(probed)
        self.codes[result.reason_code] += 1
        self.statuses[result.status] += 1
        if self.as_json:
            self.results.append(result)
        _tell(result, probed, self.codes.total(), self.count, as_json=self.as_json)

    def end(self, *, interrupted: bool = False) -> Status:
        """The report (none if ``interrupted``), or the line that sums up; gives the gravest status."""
        from kaigo_gateway.model.results import Status, overall
        from kaigo_gateway.report.console import word
        from kaigo_gateway.report.model import make_report

        gravest = Status.ERROR if interrupted else overall(list(self.statuses))
        if self.as_json:
            if not interrupted:
                print_json(make_report(self.results).document())
            return gravest
        codes = ", ".join(f"{code} {number}" for code, number in self.codes.most_common())
        good = self.statuses[Status.OK] + self.statuses[Status.WARN]
        values = {"good": good, "done": self.codes.total(), "count": self.count, "codes": codes or "-"}
        text = gettext("{good} of {done} checked are in order ({count} in the list): {codes}")
        say(f"{word(gravest)} {fill(text, values)}")
        return gravest


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
        click.option(
            "--trust", type=click.Choice(["system", "certifi"]), default="system", show_default=True,
            help=N_("With --targets, without --ca-file: the system's authorities or Mozilla's list."),
        ),
        click.option("--office", help=N_("With --targets: show the certificate of this office number.")),
        click.option(
            "--concurrency", type=click.IntRange(1, _MOST), default=20, show_default=True,
            help=N_("With --targets: how many at once."),
        ),
        click.option("--targets", type=path, help=N_("A list of addresses to check at once, one per line.")),
    ):  # fmt: skip
        command = option(command)
    return command
