"""Which rule files a Setup may be judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from pydantic import ValidationError

from kaigo_subsidy.rules import RuleSet, bundled, catalogue
from kaigo_subsidy.settings import SubsidySettings

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_gateway.model.descriptors import SetupView
    from kaigo_gateway.model.site import Site


def sets_of(site: Site, settings: SubsidySettings, standing: Path | None) -> dict[str, RuleSet]:
    """Bundled rules and those of the site file's folder, else of the ``standing`` one of the gateway.

    By ``programme/year``. Raises :class:`InputError` for a folder or file that cannot be read.
    """
    folder = settings.rules_folder
    return catalogue(site.path(folder) if folder else standing)


def sets_seen(view: SetupView) -> dict[str, RuleSet]:
    """The same looking back on a Setup; the bundled ones where folder or settings can no longer be read."""
    try:
        settings = SubsidySettings.model_validate(view.site.plugins.get("subsidy", {}))
        return sets_of(view.site, settings, view.rules_folder)
    except (InputError, ValidationError):
        return {ruleset.rules.id: ruleset for ruleset in bundled()}
