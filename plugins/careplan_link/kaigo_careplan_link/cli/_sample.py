"""``careplan sample``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import json_option
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import PATHS
from kaigo_careplan_link.files._console import show_written

if TYPE_CHECKING:
    from pathlib import Path


_UNITS = (
    "home-1",
    "home-2",
    "home-3",
    "home-4",
    "service-1",
    "service-2",
    "prevention-1",
    "prevention-2",
    "prevention-3",
    "prevention-5",
    "prevention-6",
)


@click.command(short_help=N_("Write a correct sample sending with invented people."))
@click.argument("folder", type=PATHS)
@click.option(
    "--unit",
    type=click.Choice(_UNITS),
    default="home-2",
    show_default=True,
    help=N_("Which files travel together."),
)
@click.option("--sender", default="9970000106", show_default=True, help=N_("Sender's office number."))
@click.option("--sender-service", help=N_("Sender's service type; by default that of the unit."))
@click.option("--receiver", default="9970000205", show_default=True, help=N_("Receiver's office number."))
@click.option("--receiver-service", help=N_("Receiver's service type; by default that of the unit."))
@click.option("--month", default="202701", show_default=True, help=N_("Service month, YYYYMM."))
@click.option(
    "--stamp", default="20261225101500", show_default=True, help=N_("Serial: 14 digits, YYYYMMDDHHMMSS.")
)
@click.option(
    "--people", type=click.IntRange(1, 99), default=2, show_default=True, help=N_("Number of invented users.")
)
@json_option
def sample(
    folder: Path,
    *,
    unit: str,
    sender_service: str | None,
    receiver_service: str | None,
    as_json: bool,
    **parts: Any,
) -> None:
    """Write a correct sample sending of one unit, with invented people only, into FOLDER."""
    from kaigo_careplan_link.files import write_sample

    services = ("11", "43") if unit.startswith("service") else ("43", "11")
    written = write_sample(
        folder,
        unit=unit,
        sender_service=sender_service or services[0],
        receiver_service=receiver_service or services[1],
        **parts,
    )
    show_written(written, as_json=as_json)
