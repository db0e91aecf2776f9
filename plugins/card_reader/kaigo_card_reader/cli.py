"""``kaigo-gateway reader``: list the readers, exercise them, never spend a PIN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from kaigo_gateway.cli.toolkit import json_option, note, print_json, say, show_report
from kaigo_gateway.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_card_reader.drivers._find import Found
    from kaigo_card_reader.drivers._interface import Driver, DriverError
    from kaigo_card_reader.drivers._record import RecordingDriver
    from kaigo_card_reader.settings import CardReaderSettings

DOMAIN = "kaigo_card_reader"
_FILE = click.Path(dir_okay=False, path_type=Path)
_site_option = click.option(
    "--site", type=_FILE, help=N_("Take the settings of the plugins from a site file.")
)


def _(message: str) -> str:
    return translate(message, DOMAIN)


@click.group(help=N_("Card readers: list and exercise them. No command here ever asks for or sends a PIN."))
def reader() -> None:
    """Group of the reader's commands."""


@reader.command("list", help=N_("List the connected readers and what is known of their models."))
@click.option("--watch", type=click.FloatRange(0, 3600), help=N_("Then report changes for so many seconds."))
@_site_option
@json_option
def list_(watch: float | None, site: Path | None, as_json: bool) -> None:
    """What is connected."""
    from kaigo_card_reader.checks._listing import listing
    from kaigo_card_reader.drivers._interface import DriverError

    drivers = _drivers(*_settings(site)).drivers
    try:
        found = listing(drivers)
    except DriverError as error:
        _refuse(error, as_json=as_json)
    if as_json:
        print_json(found)
    elif not found["readers"]:
        say(_("No card reader is found."))
    else:
        for row in found["readers"]:
            say(f"{row['name']}  [{', '.join(row['states'])}]  {row['model'] or '-'}")
    if watch:
        _watch(drivers, watch)
    raise SystemExit(0 if found["readers"] else 1)


@reader.command(
    help=N_(
        "Exercise the readers with a My Number card on each: service, reader, card kind, tries left of each "
        "PIN (asking costs none), end of the certificate. NAME is a reader's name or a part of it."
    )
)
@click.argument("name", required=False)
@click.option(
    "--repeat", type=click.IntRange(1, 100_000), help=N_("Stress: so many cycles, with error rate and times.")
)
@click.option(
    "--reinsert", is_flag=True, help=N_("With --repeat: have the card taken off before each cycle.")
)
@click.option(
    "--second-card", is_flag=True, help=N_("On trouble, ask for a second card to tell card from reader.")
)
@click.option("--wait", type=click.FloatRange(0, 600), help=N_("Seconds to wait for a card."))
@click.option("--limit", type=click.FloatRange(0.1, 60), help=N_("Seconds for one call to a reader."))
@click.option("--record", type=_FILE, help=N_("Write a redacted recording for a bug report."))
@click.option("--replay", type=_FILE, help=N_("Check a recording instead of real readers."))
@_site_option
@json_option
def check(  # noqa: PLR0913, PLR0917 - one parameter per option
    name: str | None,
    repeat: int | None,
    reinsert: bool,
    second_card: bool,
    wait: float | None,
    limit: float | None,
    record: Path | None,
    replay: Path | None,
    site: Path | None,
    as_json: bool,
) -> None:
    """One run over the wanted readers."""
    from kaigo_card_reader.checks._standalone import Run, Wishes
    from kaigo_card_reader.settings import by_part

    settings, plugins = _settings(site)
    given = {"call_limit": limit, "wait_for_card": wait, "readers": (by_part(name),) if name else None}
    chosen = {key: value for key, value in given.items() if value is not None}
    settings = settings.model_copy(update=chosen)
    found = _drivers(settings, plugins, replay)
    recorders = _recording(found.drivers) if record else None
    wishes = Wishes(repeat or 0, reinsert, second_card, note)
    report = Run(recorders or found.drivers, settings, wishes, problems=found.problems).report()
    if record and recorders:
        _save(recorders, record)
    show_report(report, as_json=as_json)


def _drivers(settings: CardReaderSettings, plugins: Mapping[str, Any], replay: Path | None = None) -> Found:
    from kaigo_gateway.cli import without_plugins
    from kaigo_gateway.plugins import PluginHost

    from kaigo_card_reader.drivers._find import Found, find_drivers
    from kaigo_card_reader.drivers._replay import ReplayDriver

    if replay is not None:
        return Found([ReplayDriver.from_file(replay)])
    host = PluginHost(without=without_plugins(click.get_current_context()))
    return find_drivers(settings, lambda hook: host.call_with_settings(hook, plugins))


def _settings(site: Path | None) -> tuple[CardReaderSettings, dict[str, dict[str, Any]]]:
    """This plugin's settings and those of all plugins, from a site file where there is one."""
    from kaigo_gateway.sitefile import read_site

    from kaigo_card_reader.settings import CardReaderSettings

    plugins = read_site(site).plugins if site else {}
    return CardReaderSettings.model_validate(plugins.get("card_reader", {})), plugins


def _recording(drivers: Sequence[Driver]) -> list[RecordingDriver]:
    from kaigo_card_reader.drivers._record import RecordingDriver

    events: list[dict[str, Any]] = []
    return [RecordingDriver(driver, events) for driver in drivers]


def _save(recorders: Sequence[RecordingDriver], path: Path) -> None:
    from kaigo_gateway.errors import CouldNotRun

    try:
        recorders[0].save(path)
    except OSError as error:
        raise CouldNotRun(
            N_("The recording {path} cannot be written: {why}."),
            N_("Give a file in a folder that exists and can be written."),
            domain=DOMAIN,
            path=path,
            why=error.strerror or type(error).__name__,
        ) from None
    note(_("Recorded (redacted; read it before you pass it on):") + f" {path}")


def _watch(drivers: Sequence[Driver], seconds: float) -> None:
    from kaigo_card_reader.drivers._interface import WatchingDriver

    for driver in (getattr(one, "inner", one) for one in drivers):
        if isinstance(driver, WatchingDriver):
            for event in driver.watch(seconds):
                note(f"{event.reader}  [{', '.join(sorted(event.states))}]")


def _refuse(error: DriverError, *, as_json: bool) -> NoReturn:
    """The trouble of a listing, shown as the report of check ``reader.service``."""
    from kaigo_gateway.report.model import make_report

    from kaigo_card_reader.checks._standalone import result_of
    from kaigo_card_reader.drivers._codes import name_of
    from kaigo_card_reader.reasons import REASONS

    name = "-" if error.code is None else name_of(error.code)
    finding = REASONS.finding(error.reason, seen={"name": name, "step": error.where, "limit": 5})
    show_report(make_report([result_of("reader.service", finding, 0.0)]), as_json=as_json)
