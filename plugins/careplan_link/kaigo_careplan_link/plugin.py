"""Entry point ``careplan_link``: the checks of stage ``careplan``, the bundle, and the simulated exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    import click
    from kaigo_gateway.model.descriptors import Check, FileValidator, PluginInfo, SandboxService, SetupView
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.web import Operation


@hookimpl
def gateway_plugin_info() -> PluginInfo:
    """Who this plugin is."""
    from kaigo_gateway.model.descriptors import PluginInfo

    from kaigo_careplan_link.link.settings import CareplanSettings
    from kaigo_careplan_link.reasons import REASONS

    return PluginInfo(
        name="careplan_link",
        title=N_("CarePlan link (ケアプランデータ連携)"),
        api_version=1,
        settings_model=CareplanSettings,
        reasons=REASONS,
        docs="docs/connectivity.md",
    )


@hookimpl
def gateway_checks(site: Site) -> list[Check]:
    """Connection, rehearsal, and the evaluation of the bundle."""
    from kaigo_careplan_link.link.checks import checks_for

    return checks_for(site)


@hookimpl
def gateway_expenses(setup: SetupView) -> list[ExpenseLine]:
    """CarePlan support lines of the site, only where the engagement was bundled."""
    from kaigo_careplan_link.link.expenses import proved_lines

    return proved_lines(setup)


@hookimpl
def gateway_commands() -> list[click.Command]:
    """The family ``careplan`` of the file checker."""
    try:
        from kaigo_careplan_link.cli import careplan
    except ModuleNotFoundError as error:
        if error.name != "kaigo_careplan_link.cli":
            raise
        return []
    return [careplan]


@hookimpl
def gateway_file_validators() -> list[FileValidator]:
    """The checker of CarePlan files, for the page and REST."""
    from kaigo_careplan_link.files import file_validators

    return file_validators()


@hookimpl
def gateway_sandbox_services() -> list[SandboxService]:
    """The simulated exchange."""
    from kaigo_careplan_link.sandbox import services

    return services()


@hookimpl
def gateway_routes() -> list[Operation]:
    """The commands of this plugin over REST."""
    from kaigo_careplan_link.rest import OPERATIONS

    return list(OPERATIONS)
