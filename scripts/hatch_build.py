"""Build hook: compile the message catalogues, so that a wheel and an editable install speak Japanese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Turn each ``*.po`` into the ``*.mo`` that gettext reads."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files of the wheel are collected."""
        del version, build_data
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for po in Path(self.root).glob("*/**/locale/*/LC_MESSAGES/*.po"):
            if ".venv" in po.parts:
                continue
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parts[-3])
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
