"""What the site file of a Setup chooses for file validators: which of them, and rules judged otherwise."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.web._keys import GATEWAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aiohttp import web

    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.web._validators import Offer

_ROWS = 20
"""Setups that are offered, newest first."""


@dataclass(frozen=True, slots=True)
class Preset:
    """The validator (by name) and rules that a site file chooses; ``setup`` is the Setup that knows it.

    Without a name the site file says nothing of files.
    """

    name: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)
    setup: str = ""
    office: str = ""


def preset_of(row: SetupRow, offers: Iterable[Offer]) -> Preset:
    """What the site file of a Setup chooses: the first validator that its plugin's settings speak for."""
    settings = row.document["site"].get("plugins", {})
    for offer in offers:
        if offer.plugin.name in settings and offer.validator.preset is not None:
            rules = _chosen(offer, settings[offer.plugin.name])
            if rules is not None:
                return Preset(offer.validator.name, dict(rules), row.id, row.office_name)
    return Preset(setup=row.id, office=row.office_name)


def _chosen(offer: Offer, values: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The rules, or None; settings that do not fit are told by the Setup itself."""
    assert offer.validator.preset is not None
    with suppress(ValueError):
        return offer.validator.preset(offer.plugin.settings(values))
    return None


async def preset_of_setup(request: web.Request, setup_id: str, offers: Iterable[Offer]) -> Preset:
    """The same by a Setup's id. Raises ``UnknownSetup``."""
    return preset_of(await request.config_dict[GATEWAY].ledger.row(setup_id), offers)


async def start_of_page(
    request: web.Request, wanted: str | None, offers: Sequence[Offer]
) -> tuple[Preset, list[SetupRow]]:
    """Where the page starts, and the Setups to choose from.

    ``wanted`` is a Setup's id, "" for none; None takes the newest whose site file says anything of files.
    """
    rows = await request.config_dict[GATEWAY].setups(limit=_ROWS)
    if wanted:
        return await preset_of_setup(request, wanted, offers), rows
    if wanted is None:
        found = (preset_of(row, offers) for row in rows)
        return next((each for each in found if each.name), Preset()), rows
    return Preset(), rows


def rules_of(text: str) -> dict[str, str]:
    """``CODE=SEVERITY`` pairs, separated by commas. Raises :class:`InputError` for one without ``=``."""
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    for pair in pairs:
        if "=" not in pair:
            raise InputError(
                N_("The rule {pair} has no severity."),
                N_("Write CODE=SEVERITY, such as NAME_COPY=off."),
                pair=pair,
            )
    return {code.strip(): severity.strip() for code, _, severity in (pair.partition("=") for pair in pairs)}


def text_of(rules: Mapping[str, str]) -> str:
    """The rules as :func:`rules_of` reads them."""
    return ", ".join(f"{code}={severity}" for code, severity in rules.items())
