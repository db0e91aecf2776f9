"""Entry point ``platform_link``: the checks of stage ``platform`` and the simulated 介護WEBサービス."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import Check, PluginInfo, SandboxService, SetupView
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.site import Site


@hookimpl
def gateway_plugin_info() -> PluginInfo:
    """Who this plugin is."""
    from kaigo_gateway.model.descriptors import PluginInfo

    from kaigo_platform_link.reasons import REASONS
    from kaigo_platform_link.settings import PlatformSettings

    return PluginInfo(
        name="platform_link",
        title=N_("Platform link (介護WEBサービス)"),
        api_version=1,
        settings_model=PlatformSettings,
        reasons=REASONS,
        docs="docs/connectivity.md",
    )


@hookimpl
def gateway_checks(site: Site) -> list[Check]:
    """Terminal readiness and the connection itself."""
    from kaigo_platform_link.checks import checks_for

    return checks_for(site)


@hookimpl
def gateway_expenses(setup: SetupView) -> list[ExpenseLine]:
    """Support lines of the site whose work this Setup proves."""
    from kaigo_platform_link.expenses import proved_lines

    return proved_lines(setup)


@hookimpl
def gateway_shutdown(gateway: Gateway) -> None:  # noqa: ARG001 - pluggy matches arguments by name
    """Drop the cached TLS contexts, and with them the loaded key."""
    from kaigo_gateway.probe import forget_contexts

    forget_contexts()


@hookimpl
def gateway_sandbox_services() -> list[SandboxService]:
    """The simulated 介護WEBサービス."""
    from kaigo_platform_link.sandbox import services

    return services()
