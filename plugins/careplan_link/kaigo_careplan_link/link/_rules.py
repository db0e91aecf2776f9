"""The dated data of ``rules.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Routes, standards and the bundle's rule; months are the first day of that month."""

    version: str
    move: date
    move_reference: str
    api_from: date
    api_reference: str
    before_move: tuple[str, ...]
    web_standards: tuple[str, ...]
    api_standards: tuple[str, ...]
    bundle_version: str
    bundle_reference: str


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


@cache
def link_rules() -> LinkRules:
    """The rules of this release."""
    text = resources.files("kaigo_careplan_link.link").joinpath("rules.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    standards = data["standards"]
    return LinkRules(
        version=data["version"],
        move=_first(data["move"]["month"]),
        move_reference=data["move"]["reference"],
        api_from=_first(data["api"]["from_month"]),
        api_reference=data["api"]["reference"],
        before_move=tuple(standards["before_move"]),
        web_standards=tuple(standards["after_move"]["web"]),
        api_standards=tuple(standards["after_move"]["api"]),
        bundle_version=data["bundle"]["version"],
        bundle_reference=data["bundle"]["reference"],
    )
