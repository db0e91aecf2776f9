"""What this plugin contributes. Light on purpose: everything heavy is imported inside the hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import click
    from kaigo_gateway.model.descriptors import Check, Exporter, GrantProgramme, PluginInfo
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.web import Operation


@hookimpl
def gateway_plugin_info() -> PluginInfo:
    """Who we are."""
    from kaigo_gateway.model.descriptors import PluginInfo

    from kaigo_subsidy.reasons import REASONS
    from kaigo_subsidy.settings import SubsidySettings

    return PluginInfo(
        name="subsidy",
        title=N_("Grant: rules, assessment, expense records and papers"),
        api_version=1,
        settings_model=SubsidySettings,
        reasons=REASONS,
        docs="docs/grant.md",
    )


@hookimpl
def gateway_grant_programmes(rules_folder: Path | None) -> Sequence[GrantProgramme]:
    """The programmes whose rules are bundled, and those of the rule files that the settings name."""
    from kaigo_subsidy.programmes import programmes_here

    return programmes_here(rules_folder)


@hookimpl
def gateway_checks(site: Site) -> Sequence[Check]:
    """The assessment of a Setup's expenses."""
    from kaigo_subsidy.check import expense_checks

    return expense_checks(site)


@hookimpl
def gateway_exporters() -> Sequence[Exporter]:
    """Expense records, assessment and papers."""
    from kaigo_subsidy.papers import exporters

    return exporters()


@hookimpl
def gateway_commands() -> Sequence[click.Command]:
    """``kaigo-gateway grant …``."""
    from kaigo_subsidy.cli import grant

    return [grant]


@hookimpl
def gateway_routes() -> list[Operation]:
    """The commands of this plugin over REST."""
    from kaigo_subsidy.rest import OPERATIONS

    return list(OPERATIONS)
