"""The rules that a request over REST asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web import GATEWAY

if TYPE_CHECKING:
    from aiohttp import web

    from kaigo_subsidy.rules import RuleSet


def rules_named(request: web.Request, programme: str, year: int | None) -> RuleSet:
    """By programme and year (today's where none is named), from the bundled files and the settings' folder.

    A request cannot name a folder of its own. Raises :class:`InputError`.
    """
    from kaigo_subsidy._calendar import fiscal_year, today_in_japan
    from kaigo_subsidy.rules import find_rules

    folder = request.config_dict[GATEWAY].settings.rules_folder
    return find_rules(programme, fiscal_year(today_in_japan()) if year is None else year, folder)
