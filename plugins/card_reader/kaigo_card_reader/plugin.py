"""The hooks of this plugin. Kept light: everything heavy is imported inside the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click
    from kaigo_gateway.model.descriptors import Check, PluginInfo, SandboxService, SetupView
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.site import Site

    from kaigo_card_reader.drivers import Driver
    from kaigo_card_reader.settings import CardReaderSettings


@hookimpl
def gateway_plugin_info() -> PluginInfo:
    """Who this plugin is."""
    from kaigo_gateway.i18n import N_
    from kaigo_gateway.model.descriptors import PluginInfo

    from kaigo_card_reader.reasons import REASONS
    from kaigo_card_reader.settings import CardReaderSettings

    return PluginInfo(
        name="card_reader",
        title=N_("Card readers"),
        api_version=1,
        settings_model=CardReaderSettings,
        reasons=REASONS,
        docs="docs/card-readers.md",
    )


@hookimpl
def gateway_card_reader_drivers(settings: CardReaderSettings) -> Sequence[Driver]:
    """PC/SC, like any vendor's driver."""
    from kaigo_card_reader.drivers import PcscDriver

    return [PcscDriver(settings.call_limit)]


@hookimpl
def gateway_checks(site: Site) -> Sequence[Check]:  # noqa: ARG001 - the hook's signature
    """The checks of stage ``reader``."""
    from kaigo_card_reader.checks._run import checks

    return checks()


@hookimpl
def gateway_expenses(setup: SetupView) -> Sequence[ExpenseLine]:
    """What the exercise of the readers proved."""
    from kaigo_card_reader.checks._expenses import expenses

    return expenses(setup)


@hookimpl
def gateway_commands() -> Sequence[click.Command]:
    """``kaigo-gateway reader``."""
    from kaigo_card_reader.cli import reader

    return [reader]


@hookimpl
def gateway_sandbox_services() -> Sequence[SandboxService]:
    """Virtual readers and cards on a private PC/SC service."""
    from kaigo_gateway.i18n import N_
    from kaigo_gateway.model.descriptors import SandboxService

    from kaigo_card_reader.sandbox._service import FAULTS, start

    return [
        SandboxService(
            id="card_reader", title=N_("Card readers (simulated)"), start=start, faults=FAULTS, order=10
        )
    ]
